import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isAlive } from "../workspace.ts";
import type { Holder } from "./place.ts";
import type { Vitals } from "./vitals.ts";

/** The file by which a monitor knows that the watcher lives. */
export function heartbeatFile(projectRoot: string): string {
  return path.join(projectRoot, "data", "local", "watch.json");
}

/** A heart that has not beaten for so many of its intervals, and for so long, has stopped. */
const BEATS = 3;
const STILL_MS = 10_000;

/**
 * Whether the process that took the place of this checkout's watcher still has it: it runs, and its heart beats in the file, or it has only just
 * begun. Once a process has ended, its number may be another's.
 */
export function keepsPlace({ pid, taken_at }: Holder, file: string, now: Date): boolean {
  if (pid === process.pid || !isAlive(pid)) return false;
  const taken = Date.parse(taken_at);
  const last = lastBeat(file);
  const beat = last?.pid === pid && Date.parse(last.beat_at) >= taken ? last : undefined;
  if (beat?.stopped) return false;
  const silentMs = now.getTime() - (beat ? Date.parse(beat.beat_at) : taken);
  return silentMs < Math.max(STILL_MS, BEATS * 1000 * (beat?.every_seconds ?? 0));
}

interface Beat {
  readonly pid: number;
  readonly beat_at: string;
  readonly every_seconds: number;
  readonly stopped: boolean;
}

/** Undefined where there is none that can be read. */
function lastBeat(file: string): Beat | undefined {
  try {
    const beat = JSON.parse(readFileSync(file, "utf8")) as Beat | null;
    return Number.isInteger(beat?.pid) ? (beat as Beat) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Writes the vitals into a file at once and in the given interval, whatever else goes on; who reads it never sees half of one.
 * @returns what ends that, with a last beat that says so.
 */
export function keepHeartbeat(file: string, vitals: Vitals, everyMs: number): () => void {
  const beat = (isStopped: boolean): void => {
    const next = `${file}.${process.pid}`;
    const says = { ...vitals.beat(), every_seconds: everyMs / 1000, stopped: isStopped };
    writeFileSync(next, `${JSON.stringify(says, null, 2)}\n`);
    renameSync(next, file);
  };
  mkdirSync(path.dirname(file), { recursive: true });
  beat(false);
  const timer = setInterval(() => beat(false), everyMs);
  return () => {
    clearInterval(timer);
    beat(true);
  };
}
