import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { type Row, readCsv, writeCsv } from "../../pipelines/triage/csv.ts";
import { succeed } from "../support/cli.ts";

const SOUND: Readonly<Record<string, string>> = {
  battery_voltage: "12.9",
  signal_strength: "61",
  storage_free_mb: "513",
};

/** Writes the queue to a file and says something of each device there, of every fourth the same: values, that they are right, that it is given up, or is to be tried again. */
export async function correctedQueue(url: string, file: string): Promise<void> {
  rmSync(file, { force: true });
  await succeed(["triage", "export", file], url);
  const { columns, rows } = readCsv(readFileSync(file, "utf8"));
  const devices = [...new Set(rows.map(({ device }) => device))].sort();
  const said = rows.map((row): Row => {
    const turn = devices.indexOf(row.device ?? null) % 4;
    if (turn === 0) return { ...row, new_value: SOUND[row.field ?? ""] ?? null };
    return { ...row, decision: ["accept", "reject RETRY_UPDATE", "release"][turn - 1] ?? null };
  });
  writeFileSync(file, writeCsv(said, columns));
}
