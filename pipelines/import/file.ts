import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { SentinelError } from "../cli/errors.ts";
import { count, printable } from "../cli/format.ts";
import type { Reject } from "../db/campaigns.ts";
import { readCopyField } from "../db/copy.ts";
import { type FileBatch, inBatches, RowSet } from "../db/file-batch.ts";
import type { ReportColumn } from "../domain/vocabulary.ts";
import { type Choice, type Known, waysOf } from "./choose.ts";
import { ImportEngine } from "./engine.ts";
import { REASON } from "./judge.ts";
import type { Layout } from "./layout.ts";
import { LIMITS } from "./limits.ts";
import { CHUNK, tooMany } from "./pour.ts";
import { READ } from "./read.ts";
import { Records } from "./records.ts";
import { ScratchFile } from "./scratch-file.ts";
import { lookAt, type SourceFile, unreadable } from "./source-file.ts";
import { unusable } from "./unusable.ts";

/** A status word that no table has, and how many stored devices have it. */
export interface UnknownWord {
  readonly word: string;
  readonly devices: number;
}

/** An imported file, whose rows lie in the scratch folder as records: the fleet is never in memory. */
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
 * Reads a CSV, NDJSON, JSON or Parquet file: by our own columns, as the tool's that it comes from, or by a map.
 * @param scratch folder of this import alone, for what is made of the file; the caller removes it.
 * @throws SentinelError exit 2 where the file is missing, damaged as a whole, above a limit, or nobody can tell how to read it.
 */
export async function openImport(file: string, scratch: string, known: Known): Promise<ImportFile> {
  const source = await lookAt(file);
  const ways = waysOf(known);
  const records = await Records.open(scratch);
  const copy = await ScratchFile.open(path.join(scratch, `rows.${source.format}`));
  const raw = path.join(scratch, "raw");
  const readable = source.format === "parquet" ? file : copy.path;
  const files = { file: readable, raw, keys: records.files.keys };
  const engine = await ImportEngine.open(scratch, files, source.format === "json" ? 1 : 2);
  try {
    const { sha256, choice } = await explained(source, () =>
      READ[source.format]({ source, ways, engine, records, copy, raw }),
    ).finally(() => Promise.all([records.close(), copy.close()]));
    await rm(copy.path);
    const { apart, ...found } = await explained(source, () => verdict(engine, file, records, choice.layout));
    const { notes, guess, layout } = choice;
    return {
      name: printable(path.basename(file)),
      sha256: identity(sha256, choice),
      reported: layout.reported,
      ...{ ...found, notes, guess },
      batches: (size) =>
        inBatches(createReadStream(records.files.records, { highWaterMark: CHUNK }), size, found.devices, apart),
      close: () => engine.close(),
    };
  } catch (error) {
    engine.close();
    throw error;
  }
}

/** The same file read by another map is another fleet. */
function identity(sha256: string, { layout: { mapping } }: Choice): string {
  if (!mapping) return sha256;
  return createHash("sha256").update(sha256).update(JSON.stringify(mapping)).digest("hex");
}

/** Finds what stands twice, and of several reports of a device the one that counts. */
async function verdict(engine: ImportEngine, file: string, records: Records, { mapping, signals }: Layout) {
  const several = mapping?.several ?? "reject";
  await engine.run("keys");
  await engine.run(`several_${several}`);
  const [counted] = (await engine.run("count")) as [{ rows: number }];
  const [again, earlier] = several === "reject" ? [counted.rows, 0] : [0, counted.rows];
  const rejected = records.rejects.length + again;
  if (rejected > LIMITS.rejects) throw tooMany(file, `${count(rejected)} of its rows can't be stored`);
  const rejects = [...records.rejects, ...(again > 0 ? await rejectsOf(engine) : [])];
  return {
    devices: records.rows - rejected - earlier,
    rejects: rejects.sort((one, other) => one.rowNo - other.rowNo),
    earlier,
    unknown: await unknownWords(engine, signals),
    apart: counted.rows > 0 ? await rowsApart(engine, records.rows) : undefined,
  };
}

async function rejectsOf(engine: ImportEngine): Promise<Reject[]> {
  const rows = (await engine.run("rejects")) as { row_no: number; device_id: string }[];
  return rows.map(({ row_no, device_id }) => ({
    rowNo: row_no,
    reason: REASON.again,
    deviceId: readCopyField(device_id),
  }));
}

async function rowsApart(engine: ImportEngine, rows: number): Promise<RowSet> {
  const apart = new RowSet(rows);
  for await (const numbers of engine.numbers("apart")) for (const rowNo of numbers) apart.add(rowNo);
  return apart;
}

async function unknownWords(engine: ImportEngine, signals: string | undefined): Promise<ImportFile["unknown"]> {
  const rows = (signals === undefined ? [] : await engine.run("unknown_words")) as {
    word: string;
    devices: number;
    all_devices: number;
    all_words: number;
  }[];
  const [first] = rows;
  const shown = rows.map(({ word, devices }) => ({ word: readCopyField(word) ?? word, devices }));
  return { words: first?.all_words ?? 0, devices: first?.all_devices ?? 0, shown };
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
    if ((error as NodeJS.ErrnoException).syscall) throw unreadable(file, error);
    const lines = message.split("\n").filter((line) => !QUOTED_SQL.test(line));
    const what = `it is damaged or no ${format}: ${lines.slice(0, 2).join(" ").slice(0, 400)}`;
    throw unusable(file, what, "Correct the file; nothing was stored.", error);
  }
}
