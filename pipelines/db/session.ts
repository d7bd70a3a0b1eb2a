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
  #link: Promise<Link> | undefined;

  constructor(target: Target) {
    this.#target = target;
  }

  /** The connection; a fresh one at first, and whenever asked. Who asks while it is being made gets the same one. */
  async link(fresh = false): Promise<Link> {
    if (fresh) await this.close();
    this.#link ??= this.#connect();
    return this.#link;
  }

  async #connect(): Promise<Link> {
    try {
      const client = await connect(this.#target);
      const pipeline = new CopyPipeline(client);
      return { client, put: (parts, then) => pipeline.put(parts, then) };
    } catch (error) {
      this.#link = undefined;
      throw error;
    }
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.then(({ client }) => client.end()).catch(() => {});
  }
}
