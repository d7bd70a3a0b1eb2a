import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { databaseError } from "./failure.ts";
import { isLive, ownProcess, type ProcessId } from "./process.ts";

const POLL_MS = 5;
const PATIENCE_MS = 180_000;

/** One process's place in the queue. All of it is in the file's name: "<ticket>.<pid>.<started>.<count>". */
interface Claim extends ProcessId {
  readonly name: string;
  /** 0 while it is still choosing. */
  readonly ticket: number;
  readonly count: number;
}

let taken = 0;

/**
 * Runs the work while no other process (or other caller in this one) holds the folder's lock.
 * Lamport's bakery over file names: a dead process's claim is passed over, so nothing has ever to be stolen.
 */
export async function withLock<T>(folder: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  const claim = drawTicket(folder);
  try {
    await waitForTurn(folder, claim, signal);
    return await work();
  } finally {
    rmSync(join(folder, claim.name), { force: true });
  }
}

/** Whether another process holds the lock or waits for it. */
export function isLocked(folder: string): boolean {
  return readClaims(folder).some((claim) => claim.pid !== process.pid && isLive(claim));
}

function drawTicket(folder: string): Claim {
  const self = ownProcess();
  const count = ++taken;
  const choosing = nameOf(0, self, count);
  writeFileSync(join(folder, choosing), "");
  const ticket = 1 + Math.max(0, ...readClaims(folder).map((claim) => claim.ticket));
  const name = nameOf(ticket, self, count);
  renameSync(join(folder, choosing), join(folder, name));
  return { ...self, name, ticket, count };
}

async function waitForTurn(folder: string, own: Claim, signal: AbortSignal | undefined): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const ahead = claimAhead(folder, own);
    if (!ahead) return;
    if (performance.now() > deadline) {
      throw databaseError(
        `Process ${ahead.pid} has been starting or stopping the embedded database for ${PATIENCE_MS / 60_000} minutes.`,
        "See what it is doing, and end it if it hangs.",
        `ps -fp ${ahead.pid}`,
      );
    }
    await pause(POLL_MS, undefined, signal ? { signal } : {});
  }
}

function claimAhead(folder: string, own: Claim): Claim | undefined {
  // A scan can miss a file that is renamed meanwhile (once in its life): the second one then sees it.
  const claims = [...readClaims(folder), ...readClaims(folder)];
  return claims.find((claim) => claim.name !== own.name && isAhead(claim, own) && !passOver(folder, claim));
}

function isAhead(claim: Claim, own: Claim): boolean {
  if (claim.ticket !== own.ticket) return claim.ticket < own.ticket;
  return claim.pid !== own.pid ? claim.pid < own.pid : claim.count < own.count;
}

function passOver(folder: string, claim: Claim): boolean {
  if (isLive(claim)) return false;
  rmSync(join(folder, claim.name), { force: true });
  return true;
}

function nameOf(ticket: number, self: ProcessId, count: number): string {
  return `${ticket}.${self.pid}.${self.started}.${count}`;
}

function readClaims(folder: string): Claim[] {
  return readdirSync(folder).flatMap((name) => {
    const [ticket, pid, started, count] = name.split(".");
    if (count === undefined) return [];
    return [{ name, ticket: Number(ticket), pid: Number(pid), started: started ?? "", count: Number(count) }];
  });
}
