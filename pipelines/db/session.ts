import type pg from "pg";
import { connect, type Target } from "./connect.ts";

/** One connection that can be replaced: after a failed COPY or a lost link the old one is of no use. */
export class Session {
  readonly #target: Target;
  #client: pg.Client | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The connection; a fresh one at first, and whenever asked. */
  async client(fresh = false): Promise<pg.Client> {
    if (fresh) await this.close();
    this.#client ??= await connect(this.#target);
    return this.#client;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => {});
  }
}
