import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Vitals } from "./vitals.ts";

/** The file by which a monitor knows that the watcher lives. */
export function heartbeatFile(projectRoot: string): string {
  return path.join(projectRoot, "data", "local", "watch.json");
}

/**
 * Writes the vitals into a file at once and in the given interval, whatever else goes on; who reads it never sees half of one.
 * @returns what ends that, with a last beat that says so.
 */
export function keepHeartbeat(file: string, vitals: Vitals, everyMs: number): () => void {
  const beat = (isStopped: boolean): void => {
    const next = `${file}.${process.pid}`;
    writeFileSync(next, `${JSON.stringify({ ...vitals.beat(), stopped: isStopped }, null, 2)}\n`);
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
