import { setTimeout as sleep } from "node:timers/promises";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import type { ApiError } from "../db/cloud-sql/api-error.ts";
import type { Api, Change, Instance, Operation, Request } from "./api.ts";
import { fullName } from "./instance-name.ts";

/** What changing an instance needs beside the API. */
export interface Work {
  readonly api: Api;
  readonly isDryRun: boolean;
  readonly signal: AbortSignal;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly note: (line: string) => void;
  /** Gets each request that a dry run does not send. */
  readonly show: (request: Request) => void;
  /** The command line that goes on where this one was stopped. */
  readonly again: string;
}

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const NOTE_EVERY_MS = 10_000;
const LONGEST_OPERATION_MS = 3_600_000;
const BASE_MS = 500;
const CAP_MS = 16_000;
const MOST_ATTEMPTS = 8;

/** Milliseconds to wait before an attempt: exponential, with full jitter. */
const backoff = (attempt: number, random: () => number): number => random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);

/**
 * Brings an instance to where it is wanted, and says whether it had to: what is under way is waited for, the instance is read, and what `wanted`
 * answers for it is asked for, until it has nothing to ask for. So a command that was stopped, a lost answer and somebody
 * else's change all come to the same: look again.
 * @throws SentinelError exit 3, where an operation fails or others keep changing the instance.
 */
export async function converge(
  work: Work,
  wanted: (instance: Instance | undefined) => Change | undefined,
): Promise<{ instance: Instance | undefined; isChanged: boolean }> {
  let isChanged = false;
  let last: unknown;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    if (!work.isDryRun) await settle(work);
    const instance = await patiently(work, () => work.api.instance());
    const change = wanted(instance);
    if (!change) return { instance, isChanged };
    if (work.isDryRun) {
      work.show(await work.api.request(change));
      return { instance, isChanged: true };
    }
    last = await tried(work, change);
    if (last === undefined) isChanged = true;
    else await pause(work, backoff(attempt, work.random));
  }
  throw last ?? unsettled(work);
}

/** Undefined once it is done; the error, where it is worth looking again. */
async function tried(work: Work, change: Change): Promise<unknown> {
  try {
    const operation = await work.api.send(change);
    work.note(`${change.what}: asked for`);
    await finish(work, operation, change.what);
    return undefined;
  } catch (error) {
    if (work.signal.aborted) throw stopped(work);
    if (!isPassing(error)) throw error;
    work.note(`${change.what}: ${(error as Error).message} Looking again.`);
    return error;
  }
}

/** Sends one change that can be asked for again without harm, and waits for it. */
export async function carryOut(work: Work, change: Change): Promise<void> {
  if (work.isDryRun) return work.show(await work.api.request(change));
  let last: unknown;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    await settle(work);
    last = await tried(work, change);
    if (last === undefined) return;
    await pause(work, backoff(attempt, work.random));
  }
  throw last;
}

/** Asks until there is an answer: a quota, a failure of the server and a lost link pass. */
export async function patiently<T>(
  work: Pick<Work, "signal" | "random" | "note" | "again">,
  ask: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (work.signal.aborted) throw stopped(work);
      if (!isPassing(error) || attempt + 1 >= MOST_ATTEMPTS) throw error;
      work.note(`${(error as Error).message} Asking again.`);
      await pause(work, backoff(attempt, work.random));
    }
  }
}

/** 409: an operation is under way; 412: somebody changed it meanwhile. The link's own errors have codes of Node's. */
const PASSING = /^CLOUD_(409|412|429|500|502|503|504)$|^E(CONN|TIMEDOUT|PIPE|HOSTUNREACH|NETUNREACH|AI_AGAIN)/;

/** A name stays taken for a while after its instance was deleted: that does not pass soon. */
function isPassing(error: unknown): boolean {
  const { code, reason } = error as Partial<ApiError>;
  return PASSING.test(String(code)) && reason !== "instanceAlreadyExists";
}

/** Waits for what is under way already, whoever began it. */
async function settle(work: Work): Promise<void> {
  for (const operation of await patiently(work, () => work.api.underWay())) {
    const what = `${String(operation.operationType).toLowerCase()} of ${operation.insertTime}, found under way`;
    // That it failed is for who began it; here only counts how the instance is then.
    await finish(work, operation, what).catch((error: unknown) => {
      if (!(error instanceof OperationFailed)) throw error;
      work.note(`${what}: ${error.message}`);
    });
  }
}

/** Waits until an operation is done. */
async function finish(work: Work, begun: Operation, what: string): Promise<void> {
  const began = Date.now();
  let told = began;
  let operation = begun;
  for (let wait = FIRST_WAIT_MS; operation.status !== "DONE"; wait = Math.min(LONGEST_WAIT_MS, wait * 1.5)) {
    if (Date.now() - began > LONGEST_OPERATION_MS) throw unfinished(work, what);
    await pause(work, wait);
    operation = await patiently(work, () => work.api.operation(begun.name ?? ""));
    if (Date.now() - told < NOTE_EVERY_MS) continue;
    told = Date.now();
    work.note(`${what}: ${String(operation.status).toLowerCase()} for ${count((told - began) / 1_000)} s`);
  }
  const errors = operation.error?.errors ?? [];
  if (errors.length > 0) throw new OperationFailed(work, what, errors);
  work.note(`${what}: done`);
}

/** An operation that was begun and came to nothing. */
class OperationFailed extends SentinelError {
  constructor({ api }: Work, what: string, errors: readonly { code?: string | null; message?: string | null }[]) {
    const words = errors.map(({ code, message }) => [code, message].filter(Boolean).join(": ")).join("; ");
    super({
      exitCode: EXIT.database,
      cause: `Cloud SQL began, but could not end it (${what}): ${words}.`,
      remedy: "See how the instance is; the same command again tries once more:",
      command: `npm run cloud -- status --instance ${fullName(api.name)}`,
    });
  }
}

async function pause(work: Pick<Work, "signal" | "again">, milliseconds: number): Promise<void> {
  await sleep(milliseconds, undefined, { signal: work.signal }).catch(() => {
    throw stopped(work);
  });
}

function stopped({ again }: Pick<Work, "again">): SentinelError {
  return new SentinelError({
    exitCode: EXIT.interrupted,
    cause: "Stopped on request. What Cloud SQL has begun goes on there.",
    remedy: "The same command again finds it and waits for it:",
    command: again,
  });
}

function unfinished({ again }: Work, what: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.resumable,
    cause: `Cloud SQL has not ended it in an hour (${what}).`,
    remedy: "It goes on there. The same command again waits for it:",
    command: again,
  });
}

function unsettled({ api, again }: Work): SentinelError {
  return new SentinelError({
    exitCode: EXIT.database,
    cause: `${fullName(api.name)} was changed ${MOST_ATTEMPTS} times, and is not as it was asked to be: somebody else changes it too.`,
    remedy: "Find out who, then try again:",
    command: again,
  });
}
