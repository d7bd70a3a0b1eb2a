import type pg from "pg";
import { Checksum } from "../domain/checksum.ts";
import type { DeviceReport, FleetWords } from "../domain/fleet.ts";
import { OUTCOME_COLUMNS, PROFILE_COLUMNS } from "../domain/vocabulary.ts";
import { copyLine } from "./copy.ts";
import { type CopyPart, copyIn } from "./copy-in.ts";
import { CopyLines } from "./copy-lines.ts";
import { ledgerEntry, type Pass } from "./ledger.ts";
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

/** Combinations of words in the order in which they first came, each with its number. */
class WordList {
  readonly #numbers = new Map<string, number>();
  #added: Words[] = [];

  constructor(known: readonly Words[]) {
    for (const words of known) this.#numbers.set(JSON.stringify(words), this.#numbers.size);
  }

  numberOf(words: Words): number {
    const key = JSON.stringify(words);
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

/** Stores the reports of a file, batch after batch in its order; new combinations of words commit with the batch that brings them. */
export class ReportStore {
  readonly #client: pg.ClientBase;
  readonly #pass: Pass;
  readonly #profiles: WordList;
  readonly #outcomes: WordList;

  private constructor(client: pg.ClientBase, pass: Pass, profiles: readonly Words[], outcomes: readonly Words[]) {
    this.#client = client;
    this.#pass = pass;
    this.#profiles = new WordList(profiles);
    this.#outcomes = new WordList(outcomes);
  }

  /** Goes on with the words that are stored already. */
  static async open(client: pg.ClientBase, pass: Pass): Promise<ReportStore> {
    const wordsOf = async (name: string, columns: readonly string[]): Promise<Words[]> => {
      const { rows } = await client.query<Record<string, string | null>>(sql(name), [pass.campaignId]);
      return rows.map((row) => columns.map((column) => row[column] ?? null));
    };
    const profiles = await wordsOf("generate.profiles", PROFILE_COLUMNS);
    return new ReportStore(client, pass, profiles, await wordsOf("generate.outcomes", OUTCOME_COLUMNS));
  }

  /** Stores one batch with its ledger row, in one transaction. `firstNo` is the place of its first device in the campaign. */
  async store(batch: number, reports: readonly DeviceReport[], firstNo: number): Promise<void> {
    const campaign = this.#pass.campaignId;
    const lines = new CopyLines();
    const checksum = new Checksum();
    for (const [at, report] of reports.entries()) {
      const profile = this.#profiles.numberOf(PROFILE_COLUMNS.map((column) => report[column]));
      const { firmware_reported, last_stage, error_code, updateStatus } = report;
      const outcome = this.#outcomes.numberOf([firmware_reported, last_stage, error_code, updateStatus]);
      const { battery_voltage, signal_strength, storage_free_mb } = report;
      lines.add([
        ...[report.bucket, campaign, firstNo + at, profile, outcome, report.deviceId, report.attempts],
        ...[battery_voltage, signal_strength, storage_free_mb, report.reported_at],
      ]);
      checksum.addText(report.deviceId, firstNo + at);
    }
    const [profiles, outcomes] = [this.#profiles.takeAdded(), this.#outcomes.takeAdded()];
    const into = bind(sql("generate.store"), { campaign });
    await copyIn(
      this.#client,
      [
        ...wordParts(campaign, profiles.words, outcomes.words, [profiles.from, outcomes.from]),
        { into, lines: lines.bytes() },
      ],
      ledgerEntry(this.#pass, { batch, worker: 0, rows: reports.length, checksum: String(checksum) }),
    );
  }
}
