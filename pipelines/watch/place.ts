import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";

/** Who took the place of the watcher. */
export interface Holder {
  readonly pid: number;
  /** ISO 8601. */
  readonly taken_at: string;
}

const NAME = /^watch-place-(\d+)\.json$/;

/**
 * Takes the place of a checkout's watcher: two would write one report, and whoever looks at the heartbeat would be told of each in turn. Places
 * are numbered files, and the highest is never taken away: of all who find that its holder is gone, one alone can make the next.
 * @param folder where the places are.
 * @throws SentinelError exit 2 where the holder keeps it.
 */
export function takePlace(folder: string, now: Date, keeps: (holder: Holder) => boolean): void {
  mkdirSync(folder, { recursive: true });
  const mine = path.join(folder, `watch-place.${process.pid}`);
  writeFileSync(mine, JSON.stringify({ pid: process.pid, taken_at: now.toISOString() } satisfies Holder));
  try {
    let taken: number | undefined;
    while (taken === undefined) {
      const last = highest(folder);
      const holder = holderOf(folder, last);
      if (holder && keeps(holder)) throw refusal(holder);
      taken = takeAfter(folder, last, mine);
    }
    for (const place of places(folder)) if (place < taken) rmSync(fileOf(folder, place), { force: true });
  } finally {
    rmSync(mine);
  }
}

/** Makes the place after the last one; undefined where another process was faster. */
function takeAfter(folder: string, last: number, mine: string): number | undefined {
  const file = fileOf(folder, last + 1);
  try {
    linkSync(mine, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined;
    throw error;
  }
  // Others may have come and gone since the last one was looked up, and cleared the place away that this one made again.
  if (highest(folder) === last + 1) return last + 1;
  rmSync(file, { force: true });
  return undefined;
}

function holderOf(folder: string, place: number): Holder | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(folder, place), "utf8")) as Holder;
  } catch (error) {
    // None yet, or another one has followed meanwhile, and is found when this one tries to.
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

const fileOf = (folder: string, place: number): string => path.join(folder, `watch-place-${place}.json`);
const places = (folder: string): number[] =>
  readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number);
const highest = (folder: string): number => Math.max(0, ...places(folder));

function refusal({ pid }: Holder): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: `This checkout has a watcher already: process ${pid}.`,
    remedy: "Stop that one first, or watch from a checkout of its own, which has a report and a heartbeat of its own:",
    command: `kill ${pid}`,
  });
}
