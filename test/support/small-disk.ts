import { execFileSync } from "node:child_process";
import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk that a test can fill. */
export interface SmallDisk {
  /** Leaves so many bytes on it, in pages of 4,096. */
  fill(room?: number): void;
  empty(): void;
}

/** A file system in memory in the place of a folder, which only root may have; undefined where we may not. */
export function smallDisk(folder: string, megabytes: number): SmallDisk | undefined {
  if (!canMount()) return undefined;
  execFileSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  const filler = join(folder, "filler");
  return {
    fill(room = 0) {
      const file = openSync(filler, "w");
      for (const size of [1 << 20, 4096, 1]) writeAll(file, Buffer.alloc(size));
      ftruncateSync(file, fstatSync(file).size - room);
      closeSync(file);
    },
    empty: () => rmSync(filler, { force: true }),
  };
}

/** Takes a disk away, with what is on it; a folder that has none stays. */
export function unmount(folder: string): void {
  try {
    execFileSync("umount", [folder], { stdio: "ignore" });
  } catch {
    // It is on the disk of the machine.
  }
}

/** Writes the same bytes again and again, until the disk is full. */
function writeAll(file: number, bytes: Buffer): void {
  try {
    while (writeSync(file, bytes) === bytes.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  }
}

/** Whether a disk can be had: as root, on Linux, where mounting is not forbidden. */
export function canMount(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  const folder = mkdtempSync(join(tmpdir(), "sentinel-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder], { stdio: "ignore" });
    execFileSync("umount", [folder]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
