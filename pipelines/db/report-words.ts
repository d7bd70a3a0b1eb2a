import type pg from "pg";
import { countedStatus } from "../domain/contradiction.ts";
import { OUTCOME_COLUMNS, PROFILE_COLUMNS, type ReportedStatus } from "../domain/vocabulary.ts";
import { ByteCache } from "./byte-cache.ts";
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

/** The combinations of words of a campaign and those that a file brings, each with its number. */
export class ReportWords {
  readonly #profiles: WordList;
  readonly #outcomes: WordList;
  readonly #reported = new Map<string, Outcome>();
  readonly #profileCache = new ByteCache<number>();
  readonly #outcomeCache = new ByteCache<Outcome>();

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
    const { bytes } = batch;
    const [from, to] = [batch.from(row, PLACE.region), batch.to(row, PLACE.firmware_to) + 1];
    return (
      this.#profileCache.get(bytes, from, to) ??
      this.#profileCache.put(bytes, from, to, this.#profileAt(batch, row, bytes.toString("latin1", from, to)))
    );
  }

  outcomeOf(batch: FileBatch, row: number, profile: number): number {
    const known = this.#reportedIn(batch, row);
    const [from, to] = [batch.from(row, PLACE.update_status) + 1, batch.to(row, PLACE.update_status)];
    if (statusIn(batch.bytes, from, to) !== "Success") {
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

  #profileAt(batch: FileBatch, row: number, key: string): number {
    return this.#profiles.numberOf(key, () => PROFILE_COLUMNS.map((column) => batch.text(row, column)));
  }

  #reportedIn(batch: FileBatch, row: number): Outcome {
    const { bytes } = batch;
    const [from, to] = [batch.from(row, PLACE.firmware_reported), batch.to(row, PLACE.error_code) + 1];
    const cached = this.#outcomeCache.get(bytes, from, to);
    if (cached) return cached;
    const key = bytes.toString("latin1", from, to);
    const known = this.#reported.get(key) ?? { success: new Map() };
    this.#reported.set(key, known);
    return this.#outcomeCache.put(bytes, from, to, known);
  }

  #numbered(batch: FileBatch, row: number, updateStatus: ReportedStatus): number {
    const told = (["firmware_reported", "last_stage", "error_code"] as const).map((column) => batch.text(row, column));
    const [firmware_reported = null] = told;
    const counted = countedStatus({ updateStatus, firmware_reported, firmware_to: batch.text(row, "firmware_to") });
    const words = [...told, updateStatus, counted];
    return this.#outcomes.numberOf(keyOf(words), () => words);
  }
}

/** The key of words that are no bytes yet, as the bytes of their fields side by side, which tell them from all others. */
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
