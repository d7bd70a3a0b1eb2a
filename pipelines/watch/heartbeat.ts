import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { isAlive } from "../workspace.ts";
import type { Vitals } from "./vitals.ts";

/** The file by which a monitor knows that the watcher lives. */
export function heartbeatFile(projectRoot: string): string {
  return path.join(projectRoot, "data", "local", "watch.json");
}

/** A heart that has not beaten for so many of its intervals, and for so long, has stopped. */
const BEATS = 3;
const STILL_MS = 10_000;

/**
 * Looks whether another watcher's heart beats in that file: two would write one report, and whoever looks at the file would be told of each in turn.
 * @throws SentinelError exit 2 where one does.
 */
export function refuseSecond(file: string, now: Date): void {
  const beat = lastBeat(file);
  if (!beat || beat.stopped || beat.pid === process.pid) return;
  const silentMs = now.getTime() - Date.parse(beat.beat_at);
  // Once its process has ended, the number may be another's.
  if (!(silentMs < Math.max(STILL_MS, BEATS * 1000 * beat.every_seconds)) || !isAlive(beat.pid)) return;
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `This checkout has a watcher already: process ${beat.pid}.`,
    remedy: "Stop that one first, or watch from a checkout of its own, which has a report and a heartbeat of its own:",
    command: `kill ${beat.pid}`,
  });
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
