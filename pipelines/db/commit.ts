import { committedRows, type Pass } from "./ledger.ts";
import { isDuplicate, isRefusal, withRetry } from "./retry.ts";
import type { Link, Session } from "./session.ts";

/** How batches commit, one transaction each. */
export interface Committer<Prepared> {
  /** Commits the batch with its ledger row and returns how many rows it has. */
  commit(link: Link, batch: number, prepared: Prepared): Promise<number>;
  /** Does so where the server refused it for what a row holds: finds such rows, and commits the batch without what it refuses. */
  sift(link: Link, batch: number, prepared: Prepared): Promise<Sifted>;
}

/** What became of a batch of which the server refused something. */
export interface Sifted {
  /** Rows that committed. */
  readonly rows: number;
  /** What was done instead, to be told after their number, for example "devices are held for triage". */
  readonly instead: string;
  /** Each refused row: what it is, and the words of the server. */
  readonly refused: readonly string[];
}

/** A batch whose commit failed. */
export interface FailedBatch<Prepared> {
  readonly batch: number;
  readonly prepared: Prepared;
  readonly error: unknown;
}

export interface AgainOptions {
  readonly pass: Pass;
  /** Asked before each wait: whether the run was told to stop. */
  readonly stopped: () => boolean;
  readonly onRetry: (batch: number, reason: string, attempt: number) => void;
  readonly onRefused: (batch: number, sifted: Sifted) => void;
}

/**
 * Brings a batch that failed to its end on a fresh session: the ledger knows whether it committed, what can pass is tried again, and rows
 * that the server refuses are left out.
 * @returns rows that committed.
 * @throws what the server says, where no more attempts may help.
 */
export function commitAgain<Prepared>(
  session: Session,
  { commit, sift }: Committer<Prepared>,
  { batch, prepared, error }: FailedBatch<Prepared>,
  { pass, stopped, onRetry, onRefused }: AgainOptions,
): Promise<number> {
  return withRetry(
    async (attempt) => {
      if (attempt === 1) return without(error);
      const rows = await committed();
      if (rows !== undefined) return rows;
      return commit(await session.link(), batch, prepared).catch(without);
    },
    { stopped, random: Math.random, onRetry: (reason, attempt) => onRetry(batch, String(reason), attempt) },
  );

  async function committed(): Promise<number | undefined> {
    const { client } = await session.link(true);
    return committedRows(client, pass, batch);
  }

  /** Ends a batch that the server refused without what it refuses. Every other error is thrown on. */
  async function without(reason: unknown): Promise<number> {
    if (!isRefusal(reason)) throw reason;
    // The session of a command that was killed may live on just long enough to commit the same batch.
    const overtaken = await committed();
    if (overtaken !== undefined) return overtaken;
    if (isDuplicate(reason)) throw reason;
    const sifted = await sift(await session.link(), batch, prepared);
    if (sifted.refused.length > 0) onRefused(batch, sifted);
    return sifted.rows;
  }
}

const REFUSALS_SHOWN = 3;

/** The refused rows of a batch as a line for people. */
export function refusedLine(batch: number, { refused, instead }: Sifted): string {
  const shown = refused.slice(0, REFUSALS_SHOWN).join("; ");
  const more = refused.length > REFUSALS_SHOWN ? "; .." : "";
  return `batch ${batch}: ${refused.length} ${instead}: ${shown}${more}`;
}

/** A batch that is tried again, as a line for people. */
export function retryLine(batch: number, reason: string, attempt: number): string {
  return `batch ${batch} again (${attempt}): ${reason}`;
}
