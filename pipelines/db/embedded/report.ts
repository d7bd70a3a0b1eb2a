import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { EmbeddedStatus } from "./server.ts";
import { describeUsers } from "./users.ts";

/** The status for programs: one object, its names part of the contract. */
export function jsonStatus(status: EmbeddedStatus, bytes: number) {
  return {
    running: status.running,
    pid: status.pid ?? null,
    port: status.port ?? null,
    pinned: status.pinned,
    users: status.users.map(({ pid, command }) => ({ pid, command })),
    data_folder: status.dataFolder ?? null,
    log: status.log,
    bytes,
  };
}

/** The status for people: one line a fact. */
export function describeStatus(status: EmbeddedStatus, bytes: number): string {
  const where = status.running ? `yes, port ${status.port}, process ${status.pid}` : "no";
  const facts: [string, string][] = [
    ["running", where],
    ["pinned", status.pinned ? "yes, until: npm run db -- stop" : "no"],
    ["users", status.users.length === 0 ? "none" : describeUsers(status.users)],
    ["data", status.dataFolder ? `${status.dataFolder} (${Math.round(bytes / 1_000_000)} MB)` : "none yet"],
    ["log", status.log],
  ];
  return facts.map(([name, fact]) => `${name.padEnd(11)} ${fact}\n`).join("");
}

/** What the files below the folder hold; files that vanish meanwhile, or can't be read, don't count. */
export function folderBytes(folder: string): number {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.reduce((sum, entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sum + folderBytes(path);
      return sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
  } catch {
    return 0;
  }
}
