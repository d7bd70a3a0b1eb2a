import type pg from "pg";
import type { DeviceReport } from "../domain/fleet.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { copyField, copyIn } from "./copy.ts";
import { batchChecksum, ledgerEntry, type Pass } from "./ledger.ts";
import { sql } from "./sql.ts";

/** The reports of one batch as lines of COPY, with what the ledger says of them. */
export interface EncodedBatch {
  readonly lines: string;
  readonly rows: number;
  readonly checksum: string;
}

/** Writes reports as lines for `device_report`. */
export function encodeReports(reports: readonly DeviceReport[], campaignId: number, batch: number): EncodedBatch {
  let lines = "";
  for (const report of reports) {
    lines += `${report.bucket}\t${campaignId}\t${copyField(report.deviceId)}\t${batch}`;
    for (const column of REPORT_COLUMNS) lines += `\t${copyField(report[column])}`;
    lines += `\t${report.updateStatus}\n`;
  }
  return { lines, rows: reports.length, checksum: batchChecksum(reports) };
}

/** Stores a batch of reports and its ledger row in one transaction and one round trip. */
export async function storeReports(
  client: pg.ClientBase,
  pass: Pass,
  worker: number,
  batch: number,
  { lines, rows, checksum }: EncodedBatch,
): Promise<void> {
  const entry = ledgerEntry(pass, { batch, worker, rows, checksum });
  await copyIn(client, `${sql("generate.store")};\n${entry}`, lines);
}
