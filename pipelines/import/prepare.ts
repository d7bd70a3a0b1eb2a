import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import path from "node:path";
import { count } from "../cli/format.ts";
import { CsvRows } from "./csv-rows.ts";
import { isSpread, JsonEnvelope, JsonObjects, listIn } from "./json-envelope.ts";
import { isJsonList, JsonLines, JsonList } from "./json-rows.ts";
import { LIMITS } from "./limits.ts";
import { Cut, RowBuffer, type RowCutter } from "./rows.ts";
import { type SourceFile, unreadable } from "./source-file.ts";
import { unusable } from "./unusable.ts";

/** A file that DuckDB can read row by row. */
export interface Prepared {
  /** SHA-256 of the file as it came, hexadecimal. */
  readonly sha256: string;
  /** The file itself, or a copy of it in which damaged rows are set apart. */
  readonly readable: string;
  /** Rows that the copy has; unknown where there is none. */
  readonly rows?: number;
  readonly csv?: { readonly delimiter: string; readonly names: readonly string[] };
}

const CHUNK = 1 << 20;

/**
 * Reads a file once, whatever its size in little memory: hashes it, and copies the rows of a CSV or JSON file into the scratch folder.
 * @param lists names of the fields that may hold the rows of a JSON object.
 * @throws SentinelError exit 2 where it is above a limit, or damaged as a whole.
 */
export async function prepare(source: SourceFile, scratch: string, lists: readonly string[]): Promise<Prepared> {
  const { file, format } = source;
  if (format === "parquet") return { sha256: await pour(source), readable: file };
  const readable = path.join(scratch, `rows.${format}`);
  if (format === "json") {
    const cutter = jsonCutter(source, lists);
    const sha256 = await pour(source, { cutter, readable });
    return { sha256, readable, rows: cutter.rows };
  }
  const delimiter = delimiterOf(source.start);
  const cutter = new CsvRows(delimiter);
  const sha256 = await pour(source, { cutter, readable });
  const { names = [], headDamage } = cutter;
  if (headDamage) throw damaged(source, `of its first line ${headDamage}`);
  if (names.length > LIMITS.columns)
    throw unusable(
      file,
      `it has ${count(names.length)} columns, more than ${count(LIMITS.columns)}`,
      "Leave some out.",
    );
  return { sha256, readable, rows: cutter.rows, csv: { delimiter, names } };
}

/** By the name of the file and the first of it: one object a line, a list, an object that holds a list, or objects over several lines. */
function jsonCutter({ isLines, start }: SourceFile, lists: readonly string[]): RowCutter {
  if (isLines) return new JsonLines();
  if (isJsonList(start)) return new JsonList();
  const list = listIn(start, lists);
  if (list !== undefined) return new JsonEnvelope(list);
  return isSpread(start) ? new JsonObjects() : new JsonLines();
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** What separates the columns of a CSV: of the usual separators the one that its first line has most of. */
function delimiterOf(start: Buffer): string {
  const head = start.toString("utf8").split(/[\r\n]/, 1)[0] ?? "";
  const parts = DELIMITERS.map((delimiter) => head.split(delimiter).length);
  return DELIMITERS[parts.indexOf(Math.max(...parts))] ?? ",";
}

async function pour(source: SourceFile, copy?: { cutter: RowCutter; readable: string }): Promise<string> {
  const hash = createHash("sha256");
  const target = copy && (await open(copy.readable, "w", 0o600));
  const into = new RowBuffer();
  try {
    for await (const chunk of createReadStream(source.file, { highWaterMark: CHUNK })) {
      hash.update(chunk as Buffer);
      if (!copy) continue;
      copy.cutter.push(chunk as Buffer, into);
      await write(target, into);
      hold(source, copy.cutter);
    }
    copy?.cutter.end(into);
    await write(target, into);
    if (copy) hold(source, copy.cutter);
  } catch (error) {
    if (error instanceof Cut) throw damaged(source, error.message);
    throw (error as NodeJS.ErrnoException).syscall ? unreadable(source.file, error) : error;
  } finally {
    await target?.close();
  }
  return hash.digest("hex");
}

async function write(target: FileHandle | undefined, into: RowBuffer): Promise<void> {
  if (into.at > 0) await target?.writeFile(into.taken());
  into.at = 0;
}

function hold({ file }: SourceFile, { rows, damaged: bad }: RowCutter): void {
  if (rows > LIMITS.rows) throw tooMany(file, `it has more than ${count(LIMITS.rows)} rows`);
  if (bad > LIMITS.rejects) throw tooMany(file, `more than ${count(LIMITS.rejects)} of its rows can't be stored`);
}

export const tooMany = (file: string, what: string): Error =>
  unusable(file, what, "Look whether it is a fleet; import it in parts.");

function damaged({ file, format }: SourceFile, what: string): Error {
  return unusable(file, `it is damaged or no ${format}: ${what}`, "Correct the file; nothing was stored.");
}
