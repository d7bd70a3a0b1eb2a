import type pg from "pg";
import { connect, type Target } from "./connect.ts";
import { CopyPipeline } from "./copy-in.ts";
import { actAs } from "./writer-role.ts";

/** A connection, and the way to store batches through it without waiting for each answer. */
export interface Link {
  readonly client: pg.Client;
  readonly put: CopyPipeline["put"];
}

/** One connection that can be replaced: after a lost link the old one is of no use. */
export class Session {
  readonly #target: Target;
  #met: Promise<pg.Client> | undefined;
  #link: Promise<Link> | undefined;

  /** @param met a session with the same server that acts as no role yet, to begin with; of no use, it is replaced. */
  constructor(target: Target, met?: Promise<pg.Client>) {
    this.#target = target;
    this.#met = met;
  }

  /** The connection; a fresh one at first, and whenever asked. Who asks while it is being made gets the same one. */
  async link(fresh = false): Promise<Link> {
    if (fresh) await this.close();
    this.#link ??= this.#connect();
    return this.#link;
  }

  async #connect(): Promise<Link> {
    try {
      const client = (await this.#begin()) ?? (await connect(this.#target));
      const pipeline = new CopyPipeline(client);
      return { client, put: (parts, then) => pipeline.put(parts, then) };
    } catch (error) {
      this.#link = undefined;
      throw error;
    }
  }

  /** The session that is there from the beginning; undefined where there is none any more, or it is of no use. */
  async #begin(): Promise<pg.Client | undefined> {
    const met = this.#met;
    this.#met = undefined;
    const client = await met?.catch(() => undefined);
    try {
      if (client && this.#target.role !== undefined) await actAs(client, this.#target.role);
      return client;
    } catch {
      // A server that says nothing takes no leave either.
      void client?.end().catch(() => {});
      return undefined;
    }
  }

  async close(): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    await link?.then(({ client }) => client.end()).catch(() => {});
  }
}
