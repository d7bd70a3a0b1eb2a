import type pg from "pg";
import type { FleetWords } from "../domain/fleet.ts";
import { refusedAmong } from "./bisect.ts";
import type { Committer, Sifted } from "./commit.ts";
import { copyLine } from "./copy.ts";
import { type CopyPart, copyIn } from "./copy-in.ts";
import type { FileBatch } from "./file-batch.ts";
import { ledgerEntry, type Pass } from "./ledger.ts";
import { type NumberedRows, reportLines } from "./report-lines.ts";
import { ReportWords, type Words } from "./report-words.ts";
import type { Link } from "./session.ts";
import { bind, sql } from "./sql.ts";

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

/** A batch of a file, with its lines where they were made before its turn came. */
export interface PreparedBatch {
  readonly records: FileBatch;
  readonly made: Made | undefined;
}

/** Whether words come with a batch that may not be stored yet: those that it brings, or where nobody knows. */
export function bringsWords({ made }: PreparedBatch): boolean {
  return made?.bringsWords ?? true;
}

/** Lines of a batch with the new words that they name, which hold as long as the words that are stored do. */
interface Made {
  readonly words: ReportWords;
  readonly parts: readonly CopyPart[];
  readonly checksum: string;
  readonly bringsWords: boolean;
}

/** Stores the rows of a file, batch after batch in its order; new combinations of words commit with the batch that brings them. */
export class ReportStore implements Committer<PreparedBatch> {
  readonly #pass: Pass;
  readonly #batchSize: number;
  readonly #encode: ReturnType<typeof reportLines>;
  /** Those that are stored, and those of batches on their way; unknown before the first batch and after one that failed. */
  #words: ReportWords | undefined;

  constructor(pass: Pass, batchSize: number) {
    this.#pass = pass;
    this.#encode = reportLines(pass.campaignId);
    this.#batchSize = batchSize;
  }

  /** Makes the lines of a batch while others commit, none of which failed. */
  prepare(batch: number, records: FileBatch): PreparedBatch {
    const words = this.#words;
    return { records, made: words && this.#made(this.#whole(batch, records), words) };
  }

  readonly commit = async ({ client }: Link, batch: number, { records, made }: PreparedBatch): Promise<number> => {
    const { rows } = records;
    await this.#put(client, this.#whole(batch, records), { made, behind: (sum) => this.#entry(batch, rows, sum) });
    return rows;
  };

  readonly sift = async ({ client }: Link, batch: number, { records }: PreparedBatch): Promise<Sifted> => {
    const campaign = this.#pass.campaignId;
    const all = this.#whole(batch, records);
    const refused = await refusedAmong(client, all.rows, (rows) => this.#put(client, { ...all, rows }));
    this.#words = undefined; // What was tried was rolled back.
    const apart = new Set(refused.map(({ item }) => item));
    const rows = all.rows.filter((row) => !apart.has(row));
    const rowNo = (row: number) => records.rowNo(row);
    const rejects = refused.map(({ item, state }) =>
      copyLine([campaign, rowNo(item), `the server refuses it (SQLSTATE ${state})`, null]),
    );
    const beside = [{ into: sql("campaign.store_rejects"), lines: Buffer.from(rejects.join("")) }];
    const behind = (checksum: string) =>
      `${bind(sql("campaign.set_apart"), { campaign, rows: apart.size })};${this.#entry(batch, rows.length, checksum)}`;
    await this.#put(client, { ...all, rows }, { beside, behind });
    return {
      rows: rows.length,
      instead: "rows can't be stored and are in import_reject",
      refused: refused.map(({ item, reason }) => `row ${rowNo(item)}: ${reason}`),
    };
  };

  #whole(batch: number, records: FileBatch): NumberedRows {
    const rows = Array.from({ length: records.rows }, (_, row) => row);
    return { batch: records, rows, firstNo: batch * this.#batchSize };
  }

  #entry(batch: number, rows: number, checksum: string): string {
    return ledgerEntry(this.#pass, { batch, worker: 0, rows, checksum });
  }

  /** Sends rows with the words that are new, further rows and last the statements that `behind` makes, as one message. */
  async #put(
    client: pg.ClientBase,
    rows: NumberedRows,
    { made, beside = [], behind = () => "" }: { made?: Made | undefined } & Beside = {},
  ): Promise<void> {
    this.#words ??= await ReportWords.of(client, this.#pass.campaignId);
    const { parts, checksum } = made?.words === this.#words ? made : this.#made(rows, this.#words);
    try {
      await copyIn(client, [...parts, ...beside], behind(checksum));
    } catch (error) {
      this.#words = undefined;
      throw error;
    }
  }

  #made(rows: NumberedRows, words: ReportWords): Made {
    const campaign = this.#pass.campaignId;
    const { lines, checksum } = this.#encode(rows, words);
    const { profiles, outcomes } = words.takeAdded();
    const added = wordParts(campaign, profiles.words, outcomes.words, [profiles.from, outcomes.from]);
    const bringsWords = profiles.words.length + outcomes.words.length > 0;
    return {
      words,
      parts: [...added, { into: bind(sql("generate.store"), { campaign }), lines }],
      checksum,
      bringsWords,
    };
  }
}

/** What is stored with rows of a file. */
interface Beside {
  readonly beside?: readonly CopyPart[];
  /** Makes the last statements, of the checksum. */
  readonly behind?: (checksum: string) => string;
}
