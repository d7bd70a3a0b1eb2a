import type pg from "pg";
import { countedStatus } from "../domain/contradiction.ts";
import { OUTCOME_COLUMNS, PROFILE_COLUMNS, type ReportedStatus } from "../domain/vocabulary.ts";
import { type FileBatch, PLACE } from "./file-batch.ts";
import { sql } from "./sql.ts";
import { statusIn } from "./status-word.ts";

export type Words = readonly (string | null)[];

/** New combinations, and the number of the first of them. */
export interface AddedWords {
  readonly words: readonly Words[];
  readonly from: number;
}

/** An outcome as it was reported, and the numbers it has with each status; what a success counts as hangs on the device's profile. */
interface Outcome {
  partial?: number;
  readonly success: Map<number, number>;
}

const FIRST_OF = { profile: PLACE.region, outcome: PLACE.firmware_reported } as const;
const LAST_OF = { profile: PLACE.firmware_to, outcome: PLACE.error_code } as const;

/** The combinations of words of a campaign and those that a file brings, each with its number. */
export class ReportWords {
  readonly #profiles: WordList;
  readonly #outcomes: WordList;
  readonly #reported = new Map<string, Outcome>();

  private constructor(profiles: readonly Words[], outcomes: readonly Words[]) {
    this.#profiles = new WordList(profiles);
    this.#outcomes = new WordList(outcomes);
  }

  /** Those that are stored. */
  static async of(client: pg.ClientBase, campaignId: number): Promise<ReportWords> {
    const wordsOf = async (name: string, columns: readonly string[]): Promise<Words[]> => {
      const { rows } = await client.query<Record<string, string | null>>(sql(name), [campaignId]);
      return rows.map((row) => columns.map((column) => row[column] ?? null));
    };
    const profiles = await wordsOf("generate.profiles", PROFILE_COLUMNS);
    return new ReportWords(profiles, await wordsOf("generate.outcomes", OUTCOME_COLUMNS));
  }

  profileOf(batch: FileBatch, row: number): number {
    return this.#profiles.numberOf(keyIn(batch, row, "profile"), () =>
      PROFILE_COLUMNS.map((column) => batch.text(row, column)),
    );
  }

  outcomeOf(batch: FileBatch, row: number, profile: number): number {
    const key = keyIn(batch, row, "outcome");
    let known = this.#reported.get(key);
    if (known === undefined) {
      known = { success: new Map() };
      this.#reported.set(key, known);
    }
    const { bytes } = batch;
    const [from, to] = [batch.from(row, PLACE.update_status) + 1, batch.to(row, PLACE.update_status)];
    if (statusIn(bytes, from, to) !== "Success") {
      known.partial ??= this.#numbered(batch, row, "Partial");
      return known.partial;
    }
    const number = known.success.get(profile) ?? this.#numbered(batch, row, "Success");
    known.success.set(profile, number);
    return number;
  }

  /** What came since it was last asked. */
  takeAdded(): { profiles: AddedWords; outcomes: AddedWords } {
    return { profiles: this.#profiles.takeAdded(), outcomes: this.#outcomes.takeAdded() };
  }

  #numbered(batch: FileBatch, row: number, updateStatus: ReportedStatus): number {
    const told = (["firmware_reported", "last_stage", "error_code"] as const).map((column) => batch.text(row, column));
    const [firmware_reported = null] = told;
    const counted = countedStatus({ updateStatus, firmware_reported, firmware_to: batch.text(row, "firmware_to") });
    const words = [...told, updateStatus, counted];
    return this.#outcomes.numberOf(keyOf(words), () => words);
  }
}

/** The bytes of fields that stand side by side, which tell them from all others. */
function keyIn(batch: FileBatch, row: number, which: keyof typeof FIRST_OF): string {
  return batch.bytes.toString("latin1", batch.from(row, FIRST_OF[which]), batch.to(row, LAST_OF[which]) + 1);
}

/** The key of words that are no bytes yet, as {@link keyIn} has it. */
function keyOf(words: Words): string {
  return Buffer.from(words.map((word) => (word === null ? "\0" : `=${word}\0`)).join("")).toString("latin1");
}

/** Combinations of words in the order in which they first came, each with its number. */
class WordList {
  readonly #numbers = new Map<string, number>();
  #added: Words[] = [];

  constructor(known: readonly Words[]) {
    for (const words of known) this.#numbers.set(keyOf(words), this.#numbers.size);
  }

  numberOf(key: string, words: () => Words): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(key, number);
    this.#added.push(words());
    return number;
  }

  takeAdded(): AddedWords {
    const words = this.#added;
    this.#added = [];
    return { words, from: this.#numbers.size - words.length };
  }
}
