import type pg from "pg";
import { Checksum } from "../domain/checksum.ts";
import { countedStatus } from "../domain/contradiction.ts";
import type { DeviceReport, FleetWords } from "../domain/fleet.ts";
import { OUTCOME_COLUMNS, PROFILE_COLUMNS } from "../domain/vocabulary.ts";
import { refusedAmong } from "./bisect.ts";
import type { Committer, Sifted } from "./commit.ts";
import { copyLine } from "./copy.ts";
import { type CopyPart, copyIn } from "./copy-in.ts";
import { CopyLines } from "./copy-lines.ts";
import { ledgerEntry, type Pass } from "./ledger.ts";
import type { Link } from "./session.ts";
import { bind, sql } from "./sql.ts";

type Words = readonly (string | null)[];

/** The words of a campaign as rows of `device_profile` and `update_outcome`, each list numbered from `from`. */
export function wordParts(
  campaignId: number,
  profiles: readonly Words[],
  outcomes: readonly Words[],
  from = [0, 0],
): CopyPart[] {
  const lines = (list: readonly Words[], first = 0) =>
    Buffer.from(list.map((words, at) => copyLine([campaignId, first + at, ...words])).join(""));
  return [
    { into: sql("generate.store_profiles"), lines: lines(profiles, from[0]) },
    { into: sql("generate.store_outcomes"), lines: lines(outcomes, from[1]) },
  ];
}

/** Enters the words of a generated fleet that has none: one that was begun before they were stored apart. */
export async function enterWords(
  client: pg.ClientBase,
  campaignId: number,
  { profiles, outcomes }: FleetWords,
): Promise<void> {
  const { rowCount } = await client.query(sql("generate.profiles"), [campaignId]);
  if (!rowCount) await copyIn(client, wordParts(campaignId, profiles, outcomes));
}

/** A report of a file. */
export type FileReport = DeviceReport & {
  /** Of its row in the file, from 1, header not counted. */
  readonly rowNo: number;
};

/** A report and the number of its device in the campaign. */
interface Numbered {
  readonly report: FileReport;
  readonly deviceNo: number;
}

/** Stores the reports of a file, batch after batch in its order; new combinations of words commit with the batch that brings them. */
export class ReportStore implements Committer<readonly FileReport[]> {
  readonly #pass: Pass;
  readonly #batchSize: number;
  /** Those that are stored; unknown before the first batch and after one that failed. */
  #words: { readonly profiles: WordList; readonly outcomes: WordList } | undefined;

  constructor(pass: Pass, batchSize: number) {
    this.#pass = pass;
    this.#batchSize = batchSize;
  }

  readonly commit = async ({ client }: Link, batch: number, reports: readonly FileReport[]): Promise<number> => {
    await this.#put(client, this.#numbered(batch, reports), [], (checksum) =>
      this.#entry(batch, reports.length, checksum),
    );
    return reports.length;
  };

  readonly sift = async ({ client }: Link, batch: number, reports: readonly FileReport[]): Promise<Sifted> => {
    const campaign = this.#pass.campaignId;
    const all = this.#numbered(batch, reports);
    const refused = await refusedAmong(client, all, (part) => this.#put(client, part));
    this.#words = undefined; // What was tried was rolled back.
    const apart = new Set(refused.map(({ item }) => item));
    const left = all.filter((item) => !apart.has(item));
    const rejects = refused.map(({ item: { report }, state }) =>
      copyLine([campaign, report.rowNo, `the server refuses it (SQLSTATE ${state})`, null]),
    );
    await this.#put(
      client,
      left,
      [{ into: sql("campaign.store_rejects"), lines: Buffer.from(rejects.join("")) }],
      (checksum) =>
        `${bind(sql("campaign.set_apart"), { campaign, rows: apart.size })};${this.#entry(batch, left.length, checksum)}`,
    );
    return {
      rows: left.length,
      instead: "rows can't be stored and are in import_reject",
      refused: refused.map(({ item, reason }) => `row ${item.report.rowNo}: ${reason}`),
    };
  };

  #numbered(batch: number, reports: readonly FileReport[]): Numbered[] {
    return reports.map((report, at) => ({ report, deviceNo: batch * this.#batchSize + at }));
  }

  #entry(batch: number, rows: number, checksum: string): string {
    return ledgerEntry(this.#pass, { batch, worker: 0, rows, checksum });
  }

  /** Sends reports with the words that are new, further rows and last the statements that `then` makes, as one message. */
  async #put(
    client: pg.ClientBase,
    reports: readonly Numbered[],
    beside: readonly CopyPart[] = [],
    then: (checksum: string) => string = () => "",
  ): Promise<void> {
    const campaign = this.#pass.campaignId;
    const words = this.#words ?? (await this.#stored(client));
    this.#words = undefined;
    const lines = new CopyLines();
    const checksum = new Checksum();
    for (const { report, deviceNo } of reports) {
      const profile = words.profiles.numberOf(PROFILE_COLUMNS.map((column) => report[column]));
      const { firmware_reported, last_stage, error_code, updateStatus } = report;
      const counted = countedStatus(report);
      const outcome = words.outcomes.numberOf([firmware_reported, last_stage, error_code, updateStatus, counted]);
      const { battery_voltage, signal_strength, storage_free_mb } = report;
      lines.add([
        ...[report.bucket, campaign, deviceNo, profile, outcome, report.deviceId, report.attempts],
        ...[battery_voltage, signal_strength, storage_free_mb, report.reported_at],
      ]);
      checksum.addText(report.deviceId, deviceNo);
    }
    const [profiles, outcomes] = [words.profiles.takeAdded(), words.outcomes.takeAdded()];
    const into = bind(sql("generate.store"), { campaign });
    await copyIn(
      client,
      [
        ...wordParts(campaign, profiles.words, outcomes.words, [profiles.from, outcomes.from]),
        { into, lines: lines.bytes() },
        ...beside,
      ],
      then(String(checksum)),
    );
    this.#words = words;
  }

  async #stored(client: pg.ClientBase) {
    const wordsOf = async (name: string, columns: readonly string[]): Promise<WordList> => {
      const { rows } = await client.query<Record<string, string | null>>(sql(name), [this.#pass.campaignId]);
      return new WordList(rows.map((row) => columns.map((column) => row[column] ?? null)));
    };
    const profiles = await wordsOf("generate.profiles", PROFILE_COLUMNS);
    return { profiles, outcomes: await wordsOf("generate.outcomes", OUTCOME_COLUMNS) };
  }
}

/** What tells words from all others: a sign before each that is there, and NUL between them, which PostgreSQL's text can't hold. */
const keyOf = (words: Words): string => {
  let key = "";
  for (const word of words) key += word === null ? "\0" : `\0=${word}`;
  return key;
};

/** Combinations of words in the order in which they first came, each with its number. */
class WordList {
  readonly #numbers = new Map<string, number>();
  #added: Words[] = [];

  constructor(known: readonly Words[]) {
    for (const words of known) this.#numbers.set(keyOf(words), this.#numbers.size);
  }

  numberOf(words: Words): number {
    const key = keyOf(words);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    this.#added.push(words);
    return number;
  }

  /** What came since it was last asked, and the number of the first of it. */
  takeAdded(): { words: readonly Words[]; from: number } {
    const words = this.#added;
    this.#added = [];
    return { words, from: this.#numbers.size - words.length };
  }
}
