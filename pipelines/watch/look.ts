import type pg from "pg";
import { writerNow } from "../db/lease.ts";
import { sql } from "../db/sql.ts";

/** A campaign that has something to be done. */
export interface Waiting {
  readonly campaign_id: number;
  readonly name: string;
  /** Another one whenever something changed the campaign. */
  readonly mark: string;
}

/** Campaigns that failed beyond those are forgotten, the oldest first: they are tried once more. */
const MOST_FAILED = 1_000;

/** Campaigns that could not be dealt with, each as it was then. */
export class Failed {
  readonly #marks = new Map<number, string>();

  add({ campaign_id: id, mark }: Waiting): void {
    this.#marks.delete(id);
    this.#marks.set(id, mark);
    const oldest = this.#marks.keys().next().value;
    if (this.#marks.size > MOST_FAILED && oldest !== undefined) this.#marks.delete(oldest);
  }

  /** Numbers and marks, as the statement takes them. */
  get lists(): [number[], string[]] {
    return [[...this.#marks.keys()], [...this.#marks.values()]];
  }
}

/** Not to be waited for: somebody holds a table to himself, or the server had too much to do. */
const BUSY = ["55P03", "57014"];

/** What is to be done; undefined while somebody else writes, who may be at it. */
export async function look(
  client: pg.ClientBase,
  failed: Failed,
): Promise<{ next: Waiting | undefined; shown: string | undefined } | undefined> {
  if (await writerNow(client)) return undefined;
  try {
    const { rows: waiting } = await client.query<Waiting>(sql("watch.next"), failed.lists);
    const { rows: shown } = await client.query<{ mark: string }>(sql("watch.shown"));
    return { next: waiting[0], shown: shown[0]?.mark };
  } catch (error) {
    if (BUSY.includes(String((error as { code?: unknown }).code))) return undefined;
    throw error;
  }
}
