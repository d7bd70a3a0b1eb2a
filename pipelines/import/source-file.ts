import { lstatSync, type Stats, statSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { count } from "../cli/format.ts";
import { LIMITS } from "./limits.ts";
import { unusable } from "./unusable.ts";

export type Format = "csv" | "json" | "parquet";

/** A file that may be read, and the first of it. */
export interface SourceFile {
  readonly file: string;
  readonly format: Format;
  /** One JSON object a line, whatever the file begins with. */
  readonly isLines: boolean;
  /** Its first bytes, so many that the head of a CSV is among them. */
  readonly start: Buffer;
}

const FORMATS: Readonly<Record<string, Format>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".ndjson": "json",
  ".jsonl": "json",
  ".parquet": "parquet",
};

/** How the names of files end that can be imported. */
export const ENDINGS: readonly string[] = Object.keys(FORMATS);

/**
 * Looks at a file before it is read: it has to be a regular file at the very place that was asked for, of a kind and a size that are taken.
 * @throws SentinelError exit 2.
 */
export async function lookAt(file: string): Promise<SourceFile> {
  const ending = path.extname(file).toLowerCase();
  const format = FORMATS[ending];
  if (!format)
    throw unusable(
      file,
      "its name does not end in .csv, .tsv, .ndjson, .jsonl, .json or .parquet",
      "Rename or convert it.",
    );
  const { size } = regular(file, "--from");
  if (size > LIMITS.file)
    throw unusable(file, `it has ${count(size)} bytes, more than ${count(LIMITS.file)}`, "Import it in parts.");
  const start = await startOf(file);
  if (format !== "parquet" && /^(fffe|feff)/.test(start.toString("hex", 0, 2)))
    throw unusable(file, "it is UTF-16", "Save it as UTF-8.");
  return { file, format, isLines: ending === ".ndjson" || ending === ".jsonl", start };
}

/** Reading a pipe or a device might never end; what a link leads to is not where it was asked for. */
export function regular(file: string, option: "--from" | "--map"): Stats {
  const found = attempt(file, option, () => lstatSync(file));
  if (found.isSymbolicLink()) {
    attempt(file, option, () => statSync(file));
    throw unusable(file, "it is a link to another place", `Name the file itself after ${option}.`);
  }
  if (found.isFile()) return found;
  const what = found.isDirectory() ? "it is a folder" : "it is a pipe or a device, not a file";
  throw unusable(file, what, `Check the path after ${option}.`);
}

function attempt<T>(file: string, option: string, look: () => T): T {
  try {
    return look();
  } catch (error) {
    throw unreadable(file, error, option);
  }
}

export function unreadable(file: string, error: unknown, option = "--from"): Error {
  const { code } = error as NodeJS.ErrnoException;
  const isMissing = code === "ENOENT" || code === "ENOTDIR";
  const what = isMissing ? "it is not there" : `it cannot be read (${code})`;
  return unusable(file, what, `Check the path after ${option}.`, error);
}

async function startOf(file: string): Promise<Buffer> {
  try {
    const handle = await open(file);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LIMITS.row)).finally(() => handle.close());
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw unreadable(file, error);
  }
}
