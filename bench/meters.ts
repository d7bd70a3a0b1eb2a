import { isIP } from "node:net";
import type pg from "pg";
import { familySeconds, processTimes, programOf } from "./proc.ts";
import type { Cost } from "./side.ts";
import { statement } from "./statement.ts";

const MEMORY_POLL_MS = 10;

/** Begins to count what a piece of work costs. The function that it returns says what it came to. */
export async function startMeters(client: pg.ClientBase): Promise<() => Promise<Cost>> {
  const postmaster = await localPostmaster(client);
  const walBefore = await walPosition(client);
  const memory = watchMemory();
  const serverBefore = serverSeconds(postmaster);
  const nodeBefore = nodeSeconds();
  return async () => {
    const cpuSeconds = nodeSeconds() - nodeBefore;
    const serverAfter = serverSeconds(postmaster);
    const rssBytes = memory.largest();
    const walBytes = (await walPosition(client)) - walBefore;
    const serverCpuSeconds = serverBefore === null || serverAfter === null ? null : serverAfter - serverBefore;
    return { cpuSeconds, serverCpuSeconds, rssBytes, walBytes };
  };
}

async function walPosition(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ bytes: string }>(statement("wal_position"));
  return Number(rows[0]?.bytes);
}

/** The server's first process, where the server runs on this machine and the machine tells of it. */
async function localPostmaster(client: pg.ClientBase): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number; address: string | null }>(statement("backend"));
  const { pid = 0, address = null } = rows[0] ?? {};
  if (address !== null && isIP(address) > 0 && !/^(127\.|::1$)/.test(address)) return undefined;
  return programOf(pid) === "postgres" ? processTimes(pid)?.parent : undefined;
}

function serverSeconds(postmaster: number | undefined): number | null {
  return postmaster === undefined ? null : (familySeconds(postmaster) ?? null);
}

function nodeSeconds(): number {
  const { userCPUTime, systemCPUTime } = process.resourceUsage();
  return (userCPUTime + systemCPUTime) / 1_000_000 + (processTimes("self")?.children ?? 0);
}

/** The kernel's own high-water mark is of the whole life of the process, so it is asked again and again. */
function watchMemory(): { largest: () => number } {
  let largest = process.memoryUsage.rss();
  const look = (): void => {
    largest = Math.max(largest, process.memoryUsage.rss());
  };
  const timer = setInterval(look, MEMORY_POLL_MS).unref();
  return {
    largest() {
      clearInterval(timer);
      look();
      return largest;
    },
  };
}
