import { lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { diskRefusal, refusalWords } from "../cli/disk.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { bytes } from "../cli/format.ts";

/** Bytes: about two million rows. */
const LARGEST = 256 << 20;

/**
 * Reads the text of a regular file.
 * @throws SentinelError exit 2, where there is none, or it is too large or not UTF-8.
 */
export function readText(file: string): string {
  const place = path.resolve(file);
  const found = attempt(place, () => lstatSync(place));
  if (!found.isFile()) throw unusable(place, "it is no regular file");
  if (found.size > LARGEST) throw unusable(place, `it has ${bytes(found.size)}, more than ${bytes(LARGEST)}`);
  const content = attempt(place, () => readFileSync(place));
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    throw unusable(place, "it is not UTF-8: save it as CSV UTF-8");
  }
}

/**
 * Writes a file whole or not at all.
 * @param mayReplace whether one that is there may go; what a person wrote into it would be lost.
 * @throws SentinelError exit 2.
 */
export function writeText(file: string, text: string, mayReplace: boolean): string {
  const place = path.resolve(file);
  if (!mayReplace) {
    attempt(place, () => writeFileSync(place, text, { flag: "wx", flush: true }));
    return place;
  }
  const beside = `${place}.${process.pid}.part`;
  try {
    attempt(place, () => writeFileSync(beside, text, { flush: true }));
    attempt(place, () => renameSync(beside, place));
  } finally {
    rmSync(beside, { force: true });
  }
  return place;
}

function attempt<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const refusal = diskRefusal(error);
    if (!refusal) throw unusable(file, `the system says ${(error as NodeJS.ErrnoException).code}`, error);
    const wayOut = refusal === "taken" ? "; use --replace, or another name" : "";
    throw unusable(file, `${refusalWords(refusal)}${wayOut}`, error);
  }
}

/** A file that can't be used as it was asked to. */
export function unusable(file: string, what: string, cause?: unknown): SentinelError {
  return new SentinelError(
    { exitCode: EXIT.usage, cause: `${file} can't be used: ${what}.`, remedy: "Nothing was changed. Check the path." },
    { cause },
  );
}
