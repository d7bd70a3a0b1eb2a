import { createHash } from "node:crypto";
import path from "node:path";
import { SentinelError } from "../cli/errors.ts";
import { count, printable } from "../cli/format.ts";
import type { Reject } from "../db/campaigns.ts";
import { type FileBatch, inBatches } from "../db/file-batch.ts";
import type { ReportColumn } from "../domain/vocabulary.ts";
import { type Choice, type Known, type Ways, waysOf } from "./choose.ts";
import { KNOWN_COLUMNS } from "./columns.ts";
import { ImportEngine } from "./engine.ts";
import type { Layout } from "./layout.ts";
import { LIMITS } from "./limits.ts";
import { type Prepared, prepare, tooMany } from "./prepare.ts";
import { READ } from "./read.ts";
import { lookAt, type SourceFile } from "./source-file.ts";
import { unusable } from "./unusable.ts";

/** A status word that no table has, and how many stored devices have it. */
export interface UnknownWord {
  readonly word: string;
  readonly devices: number;
}

/** An imported file, read into tables of its own, most of which lie on disk: the fleet is never in memory. */
export interface ImportFile {
  readonly name: string;
  /** SHA-256 of the file, and of the map where it is read by one; hexadecimal. */
  readonly sha256: string;
  readonly reported: readonly ReportColumn[];
  readonly devices: number;
  readonly rejects: readonly Reject[];
  /** Reports of a device of which a later one is stored. */
  readonly earlier: number;
  /** How it is read, where that is not by our own columns. */
  readonly notes: readonly string[];
  /** The map that was guessed, as JSON. */
  readonly guess: string | undefined;
  readonly unknown: { readonly words: number; readonly devices: number; readonly shown: readonly UnknownWord[] };
  /** The rows that can be stored, in the order of the file, so many at a time. */
  batches(size: number): AsyncGenerator<FileBatch>;
  close(): void;
}

/**
 * Reads a CSV, NDJSON, JSON or Parquet file with DuckDB: by our own columns, as the tool's that it comes from, or by a map.
 * @param scratch folder of this import alone for what is too big for memory; the caller removes it.
 * @throws SentinelError exit 2 where the file is missing, damaged as a whole, above a limit, or nobody can tell how to read it.
 */
export async function openImport(file: string, scratch: string, known: Known): Promise<ImportFile> {
  const source = await lookAt(file);
  const ways = waysOf(known);
  const prepared = await prepare(source, scratch, listsFor(ways));
  const engine = await ImportEngine.open(scratch, prepared.readable);
  try {
    const choice = await explained(source, () => READ[source.format](engine, source, prepared, ways));
    const found = await explained(source, () => verdict(engine, file, prepared, choice.layout));
    const name = printable(path.basename(file));
    const batches = (size: number) => inBatches(pagesOf(engine), size, found.devices);
    const { notes, guess } = choice;
    const sha256 = identity(prepared, choice);
    return {
      name,
      sha256,
      reported: choice.layout.reported,
      ...found,
      notes,
      guess,
      batches,
      close: () => engine.close(),
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** Names of the fields that may hold the rows of a JSON object. */
function listsFor({ map, format, shapes }: Ways): readonly string[] {
  if (map?.list !== undefined) return [map.list];
  return (format ?? shapes()).flatMap(({ list }) => (list === undefined ? [] : [list]));
}

/** The same file read by another map is another fleet. */
function identity({ sha256 }: Prepared, { layout: { mapping } }: Choice): string {
  if (!mapping) return sha256;
  return createHash("sha256").update(sha256).update(JSON.stringify(mapping)).digest("hex");
}

/** Finds the rows that can't be stored, and of several reports of a device the one that counts. */
async function verdict(engine: ImportEngine, file: string, prepared: Prepared, { mapping, signals }: Layout) {
  const several = mapping?.several ?? "reject";
  await engine.set("several", several);
  await engine.run("judge", { values: KNOWN_COLUMNS.join(", "), fields: FIELDS });
  await engine.run(`several_${several}`);
  const [counted] = (await engine.run("count")) as [{ rows: number; rejects: number; earlier: number }];
  const { rows, rejects, earlier } = counted;
  if (prepared.rows !== undefined && prepared.rows !== rows)
    throw new Error(`${count(rows)} of ${count(prepared.rows)} rows of the import were read`);
  if (rows > LIMITS.rows) throw tooMany(file, `it has more than ${count(LIMITS.rows)} rows`);
  if (rejects > LIMITS.rejects) throw tooMany(file, `${count(rejects)} of its rows can't be stored`);
  return {
    rows,
    devices: rows - rejects - earlier,
    rejects: await rejectsOf(engine),
    earlier,
    unknown: await unknownWords(engine, signals),
  };
}

async function rejectsOf(engine: ImportEngine): Promise<Reject[]> {
  const rows = (await engine.run("rejects")) as { row_no: bigint; reason: string; device_id: string | null }[];
  return rows.map(({ row_no, reason, device_id }) => ({ rowNo: Number(row_no), reason, deviceId: device_id }));
}

async function unknownWords(engine: ImportEngine, signals: string | undefined): Promise<ImportFile["unknown"]> {
  const rows = (signals === undefined ? [] : await engine.run("unknown_words")) as {
    word: string;
    devices: number;
    all_devices: number;
    all_words: number;
  }[];
  const [first] = rows;
  const shown = rows.map(({ word, devices }) => ({ word, devices }));
  return { words: first?.all_words ?? 0, devices: first?.all_devices ?? 0, shown };
}

/** The known columns as fields of a record. */
const FIELDS = KNOWN_COLUMNS.map((column) => `if(${column} IS NULL, '', '='), ${column}, chr(0)`).join(", ");

/** The records page by page; the next one is made while the last is worked at. */
async function* pagesOf(engine: ImportEngine): AsyncGenerator<Buffer> {
  const ends = (await engine.run("pages")).map(({ until }) => Number(until));
  const page = async (no: number): Promise<Buffer | undefined> => {
    const until = ends[no];
    if (until === undefined) return undefined;
    await engine.set("after", ends[no - 1] ?? 0);
    await engine.set("until", until);
    const [found] = (await engine.run("page")) as [{ records: Uint8Array }];
    return Buffer.from(found.records.buffer, found.records.byteOffset, found.records.byteLength);
  };
  let next = page(0);
  try {
    for (let no = 1; ; no++) {
      const records = await next;
      if (records === undefined) return;
      next = page(no);
      yield records;
    }
  } finally {
    // Who ends earlier closes the engine, which must not be at work then.
    await Promise.allSettled([next]);
  }
}

/** Lines in which DuckDB shows our own statement, and empty ones. */
const QUOTED_SQL = /^LINE |^[\s^]*$/;
/** What DuckDB says where it is wrong itself, and not the file. */
const OUR_FAULT = /^(Parser|Binder|Catalog) Error/;

async function explained<T>({ file, format }: SourceFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof SentinelError || OUR_FAULT.test(message)) throw error;
    const lines = message.split("\n").filter((line) => !QUOTED_SQL.test(line));
    const what = `it is damaged or no ${format}: ${lines.slice(0, 2).join(" ").slice(0, 400)}`;
    throw unusable(file, what, "Correct the file; nothing was stored.", error);
  }
}
