import type pg from "pg";
import { connect, type Target } from "./connect.ts";
import { CopyPipeline } from "./copy-in.ts";

/** A connection, and the way to store batches through it without waiting for each answer. */
export interface Link {
  readonly client: pg.Client;
  readonly put: CopyPipeline["put"];
}

/** One connection that can be replaced: after a lost link the old one is of no use. */
export class Session {
  readonly #target: Target;
  #link: Link | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The connection; a fresh one at first, and whenever asked. */
  async link(fresh = false): Promise<Link> {
    if (fresh) await this.close();
    if (!this.#link) {
      const client = await connect(this.#target);
      const pipeline = new CopyPipeline(client);
      this.#link = { client, put: (parts, then) => pipeline.put(parts, then) };
    }
    return this.#link;
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.client.end().catch(() => {});
  }
}
