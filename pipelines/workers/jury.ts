import type pg from "pg";
import { sql } from "../db/sql.ts";
import { type Class, type Judge, type Report, SOURCES, type Source } from "../domain/judge.ts";
import { ClassCache, type Classifier, TimeClassCache } from "./class-cache.ts";

/** What judges a device by its line of `recover.read`. */
export interface Jury {
  readonly judge: Judge;
  /** Of the judge's sources, in their order. */
  readonly classifiers: readonly Classifier[];
  /** The report in words, by the values of the judge's sources. */
  readonly reportOf: (raws: readonly (string | null)[]) => Report;
}

type Words = ReadonlyMap<string, readonly (string | null)[]>;

/** Reads the words that numbers stand for, where they are asked about: a few hundred of them, which do not change any more. */
export async function juryOf(client: pg.ClientBase, judge: Judge, campaign: number): Promise<Jury> {
  const numbered = new Map<Source, Words>();
  for (const source of judge.sources)
    if (source === "profile_no" || source === "outcome_no")
      numbered.set(source, await wordsIn(client, sql(`recover.${source}`), campaign));
  const wordsOf = (source: Source, raw: string | null): readonly (string | null)[] => {
    const words = numbered.get(source);
    return words ? (words.get(raw ?? "") ?? []) : [raw];
  };
  const classifiers = judge.sources.map((source) => {
    const classOf = (raw: string | null): Class => judge.classOf(source, wordsOf(source, raw));
    return source === "reported_at" ? new TimeClassCache(classOf) : new ClassCache(classOf);
  });
  const reportOf: Jury["reportOf"] = (raws) =>
    Object.fromEntries(
      judge.sources.flatMap((source, no) => {
        const words = wordsOf(source, raws[no] ?? null);
        return SOURCES[source].map((field, at) => [field, words[at] ?? null]);
      }),
    );
  return { judge, classifiers, reportOf };
}

async function wordsIn(client: pg.ClientBase, text: string, campaign: number): Promise<Words> {
  const { rows } = await client.query<(string | null)[]>({ text, values: [campaign], rowMode: "array" });
  return new Map(rows.map(([no, ...words]) => [no ?? "", words]));
}
