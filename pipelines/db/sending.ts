import { setImmediate as turn } from "node:timers/promises";
import { type AgainOptions, type Committer, commitAgain } from "./commit.ts";
import type { Session } from "./session.ts";

export interface SendingOptions extends AgainOptions {
  /** Batches that may be under way at once. */
  readonly inFlight: number;
  readonly onStored: (rows: number) => void;
}

/** A batch that is on its way to the server. */
interface Sent<Prepared> {
  readonly batch: number;
  readonly prepared: Prepared;
  readonly session: Session;
  readonly rows: Promise<number>;
}

/** Commits batches while others are made: by turns over its sessions, so many under way at once. */
export class Sending<Prepared> {
  readonly #sessions: readonly Session[];
  readonly #kind: Committer<Prepared>;
  readonly #options: SendingOptions;
  readonly #sent: Sent<Prepared>[] = [];
  #turns = 0;

  constructor(sessions: readonly Session[], kind: Committer<Prepared>, options: SendingOptions) {
    this.#sessions = sessions;
    this.#kind = kind;
    this.#options = options;
  }

  /** Sends a batch once there is room for it. Stopped meanwhile, it sends none and returns false. */
  async send(batch: number, prepared: Prepared): Promise<boolean> {
    if (this.#sent.length === this.#options.inFlight) await this.#settleFirst();
    if (this.#options.stopped()) return false;
    const session = this.#sessions[this.#turns++ % this.#sessions.length] as Session;
    const rows = session.link().then((link) => this.#kind.commit(link, batch, prepared));
    rows.catch(() => {});
    this.#sent.push({ batch, prepared, session, rows });
    // What was sent leaves before the next batch takes the thread.
    await turn();
    return true;
  }

  /** Waits until none is under way. */
  async settled(): Promise<void> {
    while (this.#sent.length > 0) await this.#settleFirst();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#sent.map(({ rows }) => rows));
    for (const session of this.#sessions) await session.close();
  }

  /** Waits for the oldest. Where it failed, all that are under way are brought to their end before anything new begins. */
  async #settleFirst(): Promise<void> {
    const { onStored } = this.#options;
    const first = this.#sent.shift();
    if (!first) return;
    const [end] = await Promise.allSettled([first.rows]);
    if (end.status === "fulfilled") {
      onStored(end.value);
      return;
    }
    const others = this.#sent.splice(0);
    const ends = await Promise.allSettled(others.map(({ rows }) => rows));
    const failed = others.flatMap((one, at) =>
      ends[at]?.status === "rejected" ? [{ one, error: ends[at].reason }] : [],
    );
    for (const other of ends) if (other.status === "fulfilled") onStored(other.value);
    for (const { one, error } of [{ one: first, error: end.reason }, ...failed])
      onStored(await this.#again(one, error));
  }

  #again({ batch, prepared, session }: Sent<Prepared>, error: unknown): Promise<number> {
    return commitAgain(session, this.#kind, { batch, prepared, error }, this.#options);
  }
}
