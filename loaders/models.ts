import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { type Header, parseHeader } from "./header.ts";

/** A .sql file that makes or asks one relation. */
export interface Model extends Header {
  readonly sql: string;
  /** Models of its folder that it names. */
  readonly madeFrom: readonly string[];
}

/** The folders of models, in the order in which they run. Within a folder a model runs after those that it names, else by its name. */
export const LAYERS = ["staging", "intermediate", "marts", "checks"] as const;
export type Layer = (typeof LAYERS)[number];

/** The models of a folder, in the order in which they run. */
export function readModels(layer: Layer): readonly Model[] {
  const texts = readFolder(layer).map(({ name, sql }) => {
    const header = parseHeader(sql);
    if (header.name !== name) throw new Error(`${layer}/${name}.sql calls itself ${header.name}`);
    return { ...header, sql };
  });
  const names = new Set(texts.map(({ name }) => name));
  const models = texts.map((text) => ({
    ...text,
    madeFrom: namedIn(text.sql, names).filter((name) => name !== text.name),
  }));
  return inOrder(models, layer);
}

/** The names of a set that stand in SQL, comments aside. */
function namedIn(sql: string, names: ReadonlySet<string>): string[] {
  const words = sql.replaceAll(/^--.*$/gm, "").match(/\w+/g) ?? [];
  return [...new Set(words)].filter((word) => names.has(word));
}

function inOrder(models: readonly Model[], layer: Layer): Model[] {
  const ordered: Model[] = [];
  const visit = (model: Model, above: readonly Model[]): void => {
    if (ordered.includes(model)) return;
    if (above.includes(model)) throw new Error(`${layer}/${model.name}.sql names what is made from it`);
    for (const other of models) if (model.madeFrom.includes(other.name)) visit(other, [...above, model]);
    ordered.push(model);
  };
  for (const model of models) visit(model, []);
  return ordered;
}

/** The .sql files of a folder, in the order of their names. */
export function readFolder(folder: string): { name: string; sql: string }[] {
  return readdirSync(new URL(`./${folder}/`, import.meta.url))
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .map((file) => ({ name: file.slice(0, -4), sql: readSql(`${folder}/${file.slice(0, -4)}`) }));
}

/** The text of one .sql file, named without its ending. */
export function readSql(name: string): string {
  return readFileSync(new URL(`./${name}.sql`, import.meta.url), "utf8");
}

/** SHA-256 of all SQL that reads a snapshot, and of what else decides the outcome: changed SQL makes another snapshot. */
export function readerFingerprint(...others: readonly string[]): string {
  const hash = createHash("sha256");
  const texts = ["macros", "reference", ...LAYERS].flatMap((folder) => readFolder(folder).map(({ sql }) => sql));
  for (const text of [...texts, readSql("snapshot"), ...others]) hash.update(text).update("\0");
  return hash.digest("hex");
}
