import { createHash } from "node:crypto";
import { createReadStream, mkdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Reject } from "../db/campaigns.ts";
import type { FileReport } from "../db/reports.ts";
import { bucketOf } from "../domain/bucket.ts";
import { REPORT_COLUMNS, REQUIRED_IMPORT_COLUMNS, type ReportColumn } from "../domain/vocabulary.ts";

type Format = "csv" | "json" | "parquet";

const FORMATS: Readonly<Record<string, Format>> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".ndjson": "json",
  ".jsonl": "json",
  ".parquet": "parquet",
};

const KNOWN_COLUMNS = ["device_id", "update_status", ...REPORT_COLUMNS] as const;

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
 * @param scratch folder for what is too big for memory; the caller owns it.
 * @throws SentinelError exit 2 where the file is missing, damaged, or lacks a column.
 */
export async function openImport(file: string, scratch: string): Promise<ImportFile> {
  const format = FORMATS[path.extname(file).toLowerCase()];
  if (!format)
    throw unusable(
      file,
      "its name does not end in .csv, .tsv, .ndjson, .jsonl, .json or .parquet",
      "Rename or convert it.",
    );
  const sha256 = await hashOf(file);
  mkdirSync(scratch, { recursive: true });
  const table = path.join(scratch, `import-${process.pid}.duckdb`);
  const instance = await DuckDBInstance.create(table, { memory_limit: "160MB", threads: "2", temp_directory: scratch });
  const connection = await instance.connect();
  const close = (): void => {
    connection.closeSync();
    instance.closeSync();
    for (const rest of [table, `${table}.wal`]) rmSync(rest, { force: true });
  };
  try {
    await connection.run(text("kept"));
    await read(connection, file, format);
    const reported = await judge(connection, file, format);
    return { name: path.basename(file), sha256, reported, ...(await verdict(connection)), reports, close };
  } catch (error) {
    close();
    throw error;
  }

  async function* reports(size: number): AsyncGenerator<FileReport[]> {
    const values = KNOWN_COLUMNS.map((column) => `kept(${column}) AS ${column}`).join(", ");
    const result = await connection.stream(text("reports").replace(":values", values));
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
}

/** Lines in which DuckDB shows our own statement, and empty ones. */
const QUOTED_SQL = /^LINE |^[\s^]*$/;

function text(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8");
}

type FileRow = Readonly<Record<string, string | null>> & { readonly row_no: number };

function reportOf({ row_no: rowNo, device_id, update_status, ...columns }: FileRow): FileReport {
  const deviceId = device_id ?? "";
  return { rowNo, bucket: bucketOf(deviceId), deviceId, updateStatus: update_status, ...columns } as FileReport;
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    const { code } = error as { code?: string };
    const what =
      code === "ENOENT" ? "it is not there" : code === "EISDIR" ? "it is a folder" : `it cannot be read (${code})`;
    throw unusable(file, what, "Check the path after --from.", error);
  }
  return hash.digest("hex");
}

const DELIMITERS = [",", ";", "\t", "|"] as const;
const HEADER_BYTES = 65_536;

/** What separates the columns of a CSV: of the usual separators the one that its first line has most of. */
async function delimiterOf(file: string): Promise<string> {
  const handle = await open(file);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER_BYTES)).finally(() => handle.close());
  const header = buffer.toString("utf8", 0, bytesRead).split(/[\r\n]/, 1)[0] ?? "";
  const parts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[parts.indexOf(Math.max(...parts))] ?? ",";
}

async function read(connection: DuckDBConnection, file: string, format: Format): Promise<void> {
  try {
    const query = text(`read_${format}`).replace(":file", () => `'${file.replaceAll("'", "''")}'`);
    await connection.run(format === "csv" ? query.replace(":delimiter", `'${await delimiterOf(file)}'`) : query);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const lines = message.split("\n").filter((line) => !QUOTED_SQL.test(line));
    throw unusable(
      file,
      `it is damaged or no ${format}: ${lines.slice(0, 2).join(" ")}`,
      "Correct the file; nothing was stored.",
      error,
    );
  }
}

/** Picks the columns by name, whatever their case, and finds the rows that can't be stored. */
async function judge(connection: DuckDBConnection, file: string, format: Format): Promise<ReportColumn[]> {
  const reader = await connection.runAndReadAll(text(format === "json" ? "keys" : "columns"));
  const present = new Map<string, string>();
  for (const { name } of reader.getRowObjectsJS() as { name: string }[]) present.set(name.trim().toLowerCase(), name);
  const missing = REQUIRED_IMPORT_COLUMNS.filter((column) => !present.has(column));
  if (missing.length > 0) {
    const found = [...present.values()].slice(0, 12).join(", ") || "none";
    throw unusable(
      file,
      `it has no ${missing.join(", ")}; its columns are: ${found}`,
      "Name its columns as docs/import.md says.",
    );
  }
  const columns = KNOWN_COLUMNS.map((column) => `${source(format, present.get(column))} AS ${column}`).join(", ");
  await connection.run(
    text("judge")
      .replace(":columns", () => columns)
      .replace(":values", KNOWN_COLUMNS.join(", ")),
  );
  return REPORT_COLUMNS.filter((column) => present.has(column));
}

/** The column, or the field of the object, as text; NULL where the file has none. */
function source(format: Format, name: string | undefined): string {
  if (name === undefined) return "CAST(NULL AS VARCHAR)";
  if (format === "json") return `(object ->> '$."${name.replaceAll('"', '\\"').replaceAll("'", "''")}"')`;
  return `CAST("${name.replaceAll('"', '""')}" AS VARCHAR)`;
}

async function verdict(connection: DuckDBConnection): Promise<{ devices: number; rejects: Reject[] }> {
  const counted = await connection.runAndReadAll(text("count"));
  const rejected = await connection.runAndReadAll(text("rejects"));
  const rows = rejected.getRowObjectsJS() as { row_no: bigint; reason: string; device_id: string | null }[];
  return {
    devices: Number(counted.getRowObjectsJS()[0]?.devices ?? 0),
    rejects: rows.map(({ row_no, reason, device_id }) => ({ rowNo: Number(row_no), reason, deviceId: device_id })),
  };
}

function unusable(file: string, what: string, remedy: string, cause?: unknown): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause: `${file} can't be imported: ${what}.`, remedy }, { cause });
}
