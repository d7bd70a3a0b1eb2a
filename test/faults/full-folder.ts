import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { smallDisk, unmount } from "../support/small-disk.ts";
import { type Broken, begin, bounded, type Place } from "./place.ts";

const DISK_MEGABYTES = 8;

/** Runs with the folder that is written to, and all that stands beside it, on a disk that has room for so many bytes. */
export async function inRoom(words: readonly string[], place: Place, bytes: number): Promise<Broken> {
  const folder = dirname(place.file ?? "");
  const kept = `${folder}-kept`;
  cpSync(folder, kept, { recursive: true });
  const disk = smallDisk(folder, DISK_MEGABYTES);
  if (!disk) throw new Error("a disk to fill needs the right to mount one");
  try {
    cpSync(kept, folder, { recursive: true });
    disk.fill(bytes);
    const ended = await bounded(begin(words, place), place);
    disk.empty();
    rmSync(kept, { recursive: true });
    cpSync(folder, kept, { recursive: true });
    return { ...ended, struck: /its disk is full/.test(ended.stderr) };
  } finally {
    unmount(folder);
    rmSync(folder, { recursive: true });
    mkdirSync(folder);
    cpSync(kept, folder, { recursive: true });
    rmSync(kept, { recursive: true });
  }
}
