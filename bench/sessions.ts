import type pg from "pg";
import { connect, type Target } from "../pipelines/db/connect.ts";
import { BUCKET_COUNT } from "../pipelines/domain/vocabulary.ts";

/** Workers of ours and sessions of a limit: as many on every side. */
export const LANES = 2;

/** First and last bucket of the n-th lane's share. */
export function bucketsOf(lane: number): readonly [first: number, last: number] {
  const size = BUCKET_COUNT / LANES;
  return [lane * size, (lane + 1) * size - 1];
}

/** The sessions of a limit, opened before the clock runs. */
export class Sessions {
  readonly #target: Target;
  #clients: readonly pg.Client[] = [];

  constructor(target: Target) {
    this.#target = target;
  }

  async open(): Promise<void> {
    if (this.#clients.length > 0) return;
    this.#clients = await Promise.all(Array.from({ length: LANES }, () => connect(this.#target)));
  }

  /** Has all of them work at once. */
  each<T>(work: (client: pg.Client, lane: number) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#clients.map(work));
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.end()));
    this.#clients = [];
  }
}
