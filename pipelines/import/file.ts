import path from "node:path";
import { SentinelError } from "../cli/errors.ts";
import { count, printable } from "../cli/format.ts";
import type { Reject } from "../db/campaigns.ts";
import type { FileReport } from "../db/reports.ts";
import { bucketOf } from "../domain/bucket.ts";
import type { ReportColumn } from "../domain/vocabulary.ts";
import {
  assertComplete,
  assertFewSpellings,
  assertUnique,
  KNOWN_COLUMNS,
  reportedBy,
  type Spellings,
  selection,
  spellingsOf,
} from "./columns.ts";
import { filled, ImportEngine } from "./engine.ts";
import { LIMITS } from "./limits.ts";
import { type Prepared, prepare, tooMany } from "./prepare.ts";
import { lookAt, type SourceFile } from "./source-file.ts";
import { unusable } from "./unusable.ts";

/** An imported file, read into a table of its own on disk: the fleet is never in memory. */
export interface ImportFile {
  readonly name: string;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  readonly reported: readonly ReportColumn[];
  readonly devices: number;
  readonly rejects: readonly Reject[];
  /** The reports that can be stored, in the order of the file, so many at a time. */
  reports(size: number): AsyncGenerator<FileReport[]>;
  close(): void;
}

/**
 * Reads a CSV, NDJSON, JSON or Parquet file with DuckDB, columns by name.
 * @param scratch folder of this import alone for what is too big for memory; the caller removes it.
 * @throws SentinelError exit 2 where the file is missing, damaged as a whole, above a limit, or lacks a column.
 */
export async function openImport(file: string, scratch: string): Promise<ImportFile> {
  const source = await lookAt(file);
  const prepared = await prepare(source, scratch);
  const engine = await ImportEngine.open(scratch, prepared.readable);
  try {
    const reported = await explained(source, () => READ[source.format](engine, source, prepared));
    const found = await explained(source, () => verdict(engine, file, prepared));
    const name = printable(path.basename(file));
    const reports = (size: number) => reportsOf(engine, size);
    return { name, sha256: prepared.sha256, reported, ...found, reports, close: () => engine.close() };
  } catch (error) {
    engine.close();
    throw error;
  }
}

type Read = (engine: ImportEngine, source: SourceFile, prepared: Prepared) => Promise<ReportColumn[]>;

/** Makes the table or view `source`: every row with the columns that Sentinel knows, as text, and how it is damaged. */
const READ: Readonly<Record<SourceFile["format"], Read>> = { csv: readCsv, json: readJson, parquet: readParquet };

async function readCsv(...[engine, { file }, { csv }]: Parameters<Read>): Promise<ReportColumn[]> {
  const { delimiter = ",", names = [] } = csv ?? {};
  const spellings = checked(file, names);
  await engine.set("delimiter", delimiter);
  const places = names.map((_, at) => `c${at}`);
  await engine.run("read_csv", {
    columns: selection(spellings, (name) => `c${names.indexOf(name)}`),
    names: ["damage", ...places].map((place) => `${place}: 'VARCHAR'`).join(", "),
  });
  return reportedBy(spellings);
}

async function readJson(...[engine, { file }]: Parameters<Read>): Promise<ReportColumn[]> {
  await engine.run("read_json");
  await engine.set("known", KNOWN_COLUMNS);
  await engine.set("most_spellings", LIMITS.spellings);
  const names = namesIn(await engine.run("columns_json"));
  assertFewSpellings(file, names);
  const spellings = spellingsOf(names);
  assertComplete(file, spellings, namesIn(await engine.run("other_names")));
  const field = (name: string): string => `(object ->> '$."${name.replaceAll('"', '\\"').replaceAll("'", "''")}"')`;
  await engine.run("source_json", { columns: selection(spellings, field) });
  return reportedBy(spellings);
}

async function readParquet(...[engine, { file }]: Parameters<Read>): Promise<ReportColumn[]> {
  const spellings = checked(file, namesIn(await engine.run("columns_parquet")));
  await engine.set("most_rows", LIMITS.rows);
  const columns = selection(spellings, (name) => `CAST("${name.replaceAll('"', '""')}" AS VARCHAR)`);
  await engine.run("read_parquet", { columns });
  return reportedBy(spellings);
}

function checked(file: string, names: readonly string[]): Spellings {
  const spellings = spellingsOf(names);
  assertComplete(file, spellings, names);
  assertUnique(file, spellings);
  return spellings;
}

const namesIn = (rows: readonly Record<string, unknown>[]): string[] => rows.map(({ name }) => String(name));

/** Finds the rows that can't be stored. */
async function verdict(
  engine: ImportEngine,
  file: string,
  prepared: Prepared,
): Promise<{ devices: number; rejects: Reject[] }> {
  await engine.run("judge", { values: KNOWN_COLUMNS.join(", ") });
  const [counted] = (await engine.run("count")) as [{ rows: number; devices: number; rejects: number }];
  const { rows, devices, rejects } = counted;
  if (prepared.rows !== undefined && prepared.rows !== rows)
    throw new Error(`${count(rows)} of ${count(prepared.rows)} rows of the import were read`);
  if (rows > LIMITS.rows) throw tooMany(file, `it has more than ${count(LIMITS.rows)} rows`);
  if (rejects > LIMITS.rejects) throw tooMany(file, `${count(rejects)} of its rows can't be stored`);
  const rejected = (await engine.run("rejects")) as { row_no: bigint; reason: string; device_id: string | null }[];
  return {
    devices,
    rejects: rejected.map(({ row_no, reason, device_id }) => ({ rowNo: Number(row_no), reason, deviceId: device_id })),
  };
}

async function* reportsOf({ connection }: ImportEngine, size: number): AsyncGenerator<FileReport[]> {
  const values = KNOWN_COLUMNS.map((column) => `kept(${column}) AS ${column}`).join(", ");
  const result = await connection.stream(filled("reports", { values }));
  let batch: FileReport[] = [];
  for await (const rows of result.yieldRowObjectJs()) {
    for (const row of rows) {
      batch.push(reportOf(row as FileRow));
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) yield batch;
}

type FileRow = Readonly<Record<string, string | null>> & { readonly row_no: number };

function reportOf({ row_no: rowNo, device_id, update_status, ...columns }: FileRow): FileReport {
  const deviceId = device_id ?? "";
  return { rowNo, bucket: bucketOf(deviceId), deviceId, updateStatus: update_status, ...columns } as FileReport;
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
