import { setTimeout as sleep } from "node:timers/promises";

const TRANSIENT_STATES = new Set(
  "40001 40P01 55P03 57P01 57P02 57P03 57P05 25P03 25P04 53300 53200 08000 08001 08003 08004 08006 08007 40003".split(
    " ",
  ),
);
const TRANSIENT_CODES = new Set(
  "ECONNRESET EPIPE ETIMEDOUT ECONNREFUSED EHOSTUNREACH ENETUNREACH EAI_AGAIN CLOUD_LATE CLOUD_429 CLOUD_500 CLOUD_502 CLOUD_503 CLOUD_504".split(
    " ",
  ),
);
const TRANSIENT_MESSAGE = /Connection terminated|timeout expired|not queryable|connection error/i;

/** Whether the same transaction, begun anew on a fresh session, may succeed. Looks through wrapped errors. */
export function isTransient(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as { code?: unknown };
    if (typeof code === "string" && (TRANSIENT_STATES.has(code) || TRANSIENT_CODES.has(code))) return true;
    if (TRANSIENT_MESSAGE.test(at.message)) return true;
  }
  return false;
}

/** Whether a row is there already. A killed command's session may have committed it a moment ago: the ledger knows. */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === "23505";
}

/** An error of the server about what a row holds. */
export type Refusal = Error & { readonly code: string };

/** Whether the server refuses what a row holds: the others of its batch can be stored without it, see `refusedAmong`. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && /^(22|23|54)/.test(String((error as { code?: unknown }).code));
}

export interface RetryOptions {
  /** Asked before each wait: whether the run was told to stop, so that an error is final. */
  readonly stopped: () => boolean;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly onRetry: (error: unknown, attempt: number) => void;
  /** Milliseconds after which a transient error is final. */
  readonly deadlineMs?: number;
}

const BASE_MS = 50;
const CAP_MS = 2_000;
const DEADLINE_MS = 30_000;

/**
 * Runs a whole transaction again after a transient error, with exponential backoff and full jitter. The work must ask the
 * ledger itself whether an attempt whose COMMIT was lost did commit.
 */
export async function withRetry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  const deadline = performance.now() + (options.deadlineMs ?? DEADLINE_MS);
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      if (!isTransient(error) || options.stopped() || performance.now() > deadline) throw error;
      options.onRetry(error, attempt);
      await sleep(options.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt));
    }
  }
}
