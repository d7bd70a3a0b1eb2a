import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Home } from "./home.ts";
import { isLive, ownProcess, type ProcessId } from "./process.ts";

/** A process that uses the embedded server. */
export interface User extends ProcessId {
  /** The stage it runs, such as "recover". */
  readonly command: string;
}

let registered = 0;

/** Notes this process as a user. Returns what takes the note back. */
export function register(home: Home): () => void {
  const file = join(home.users, `${process.pid}.${++registered}.json`);
  const user: User = { ...ownProcess(), command: ownCommand() };
  // Renamed into place, so that nobody reads half a note.
  writeFileSync(`${file}.new`, JSON.stringify(user));
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/** Those that still live. */
export function liveUsers(home: Home): User[] {
  return notes(home).flatMap(({ user }) => (user ? [user] : []));
}

/** Removes the notes of the dead. Only under the lock: it also takes notes that are being written for dead. */
export function forgetDeadUsers(home: Home): void {
  for (const { file, user } of notes(home)) if (!user) rmSync(file, { force: true, recursive: true });
}

/** One line a process, for people. */
export function describeUsers(users: readonly User[]): string {
  const lines = users.map((user) => `process ${user.pid} (${user.command})`);
  return [...new Set(lines)].join(", ");
}

export const isPinned = (home: Home): boolean => existsSync(home.pin);
export const pin = (home: Home): void => writeFileSync(home.pin, "");
export const unpin = (home: Home): void => rmSync(home.pin, { force: true });

function notes(home: Home): { file: string; user: User | undefined }[] {
  if (!existsSync(home.users)) return [];
  return readdirSync(home.users).map((name) => {
    const file = join(home.users, name);
    const user = name.endsWith(".json") ? readUser(file) : undefined;
    return { file, user: user && isLive(user) ? user : undefined };
  });
}

function readUser(file: string): User | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as User;
  } catch {
    return undefined;
  }
}

/** The script and its first word; no more, since options may hold a password. */
function ownCommand(): string {
  const [, script = "node", word = ""] = process.argv;
  return /^[a-z]+$/.test(word) ? word : basename(script);
}
