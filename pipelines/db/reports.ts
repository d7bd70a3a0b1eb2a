import type pg from "pg";
import type { DeviceReport } from "../domain/fleet.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { CopyLines, copyIn } from "./copy.ts";
import { batchChecksum, ledgerEntry, type Pass } from "./ledger.ts";
import { sql } from "./sql.ts";

/** The reports of one batch as lines of COPY, with what the ledger says of them. */
export interface EncodedBatch {
  readonly lines: Buffer;
  readonly rows: number;
  readonly checksum: string;
}

/** Writes reports as lines for `device_report`. */
export function encodeReports(reports: readonly DeviceReport[], campaignId: number, batch: number): EncodedBatch {
  const lines = new CopyLines();
  const [campaign, batchNo] = [String(campaignId), String(batch)];
  for (const report of reports) {
    const fields: (string | null)[] = [String(report.bucket), campaign, report.deviceId, batchNo];
    for (const column of REPORT_COLUMNS) fields.push(report[column]);
    fields.push(report.updateStatus);
    lines.add(fields);
  }
  return { lines: lines.bytes(), rows: reports.length, checksum: batchChecksum(reports) };
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
