import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { DuckDBInstance } from "@duckdb/node-api";
import type { FileBatch } from "../../pipelines/db/file-batch.ts";
import { bucketOf } from "../../pipelines/domain/bucket.ts";
import type { DeviceReport } from "../../pipelines/domain/fleet.ts";
import { REPORT_COLUMNS, type ReportColumn } from "../../pipelines/domain/vocabulary.ts";
import type { Known } from "../../pipelines/import/choose.ts";
import { type ImportFile, openImport } from "../../pipelines/import/file.ts";
import type { Wanted } from "../../pipelines/import/map-file.ts";
import { reference } from "../../pipelines/reference.ts";

/** A row of a file to import; a column that is absent from the first row is absent from the file. */
export type ImportRow = Readonly<Record<string, string | null>>;
export type ImportFormat = "csv" | "ndjson" | "json" | "parquet";

/** What an import knows of other tools, and what is asked of it. */
export const known = (wanted: Wanted = {}): Known => ({
  ...reference(fileURLToPath(new URL("../..", import.meta.url))),
  wanted,
});

type Telemetry = Record<ReportColumn, string | null>;

/** A report of a file. */
export type FileReport = DeviceReport & {
  /** Of its row in the file, from 1, header not counted. */
  readonly rowNo: number;
};

/** The rows of a batch as objects. */
export function reportsIn(batch: FileBatch): FileReport[] {
  return Array.from({ length: batch.rows }, (_, row) => {
    const deviceId = batch.text(row, "device_id") ?? "";
    return {
      ...(Object.fromEntries(REPORT_COLUMNS.map((column) => [column, batch.text(row, column)])) as Telemetry),
      rowNo: batch.rowNo(row),
      bucket: bucketOf(deviceId),
      deviceId,
      updateStatus: batch.text(row, "update_status")?.trim().toLowerCase() === "success" ? "Success" : "Partial",
    };
  });
}

/** What an import makes of a file, with its reports. */
export type Imported = Omit<ImportFile, "batches" | "close"> & { readonly reports: readonly FileReport[] };

/** A folder of a test's own. */
export interface Folder {
  readonly path: string;
  /** Writes bytes as they are. */
  file(name: string, content: string | Buffer): string;
  /** Writes rows so that every value can be read back to the byte. */
  rows(name: string, format: ImportFormat, rows: readonly ImportRow[]): Promise<string>;
  /** Reads a file as an import does. */
  imported(file: string, wanted?: Wanted): Promise<Imported>;
  remove(): void;
}

export function folder(): Folder {
  const root = mkdtempSync(path.join(tmpdir(), "sentinel-import-"));
  const file = (name: string, content: string | Buffer): string => {
    const target = path.join(root, name);
    writeFileSync(target, content);
    return target;
  };
  return {
    path: root,
    file,
    async rows(name, format, rows) {
      if (format === "csv") return file(`${name}.csv`, csv(rows));
      if (format === "json") return file(`${name}.json`, JSON.stringify(rows));
      const lines = file(`${name}.ndjson`, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
      return format === "ndjson" ? lines : parquet(lines, path.join(root, `${name}.parquet`), rows);
    },
    async imported(name, wanted) {
      const opened = await openImport(name, mkdtempSync(path.join(root, "scratch-")), known(wanted));
      const reports: FileReport[] = [];
      for await (const batch of opened.batches(7)) reports.push(...reportsIn(batch));
      opened.close();
      return { ...opened, reports };
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

/** RFC 4180; a value that is NULL is an empty field without quotes. */
function csv(rows: readonly ImportRow[]): string {
  const columns = Object.keys(rows[0] ?? {});
  const field = (value: string | null | undefined): string => (value == null ? "" : `"${value.replaceAll('"', '""')}"`);
  return [columns.join(","), ...rows.map((row) => columns.map((column) => field(row[column])).join(","))]
    .map((line) => `${line}\n`)
    .join("");
}

async function parquet(lines: string, target: string, rows: readonly ImportRow[]): Promise<string> {
  const columns = Object.keys(rows[0] ?? {}).map((column) => `'${column}': 'VARCHAR'`);
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(
    `COPY (SELECT * FROM read_json('${lines}', format = 'newline_delimited', columns = {${columns.join(", ")}})) TO '${target}' (FORMAT parquet)`,
  );
  db.closeSync();
  return target;
}
