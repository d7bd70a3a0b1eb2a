import { readCopyField } from "../db/copy.ts";
import type { Telemetry } from "../domain/rules.ts";
import { type ReportColumn, TELEMETRY_FIELDS } from "../domain/vocabulary.ts";

/** One line of the statements that read telemetry: bucket, device_id, then the fields in the order of the vocabulary. */
export interface TelemetryRow {
  readonly bucket: number;
  readonly deviceId: string;
  readonly telemetry: Telemetry;
}

/** Prepares the reading of such lines. A field that the source does not report is left out, not NULL. */
export function telemetryReader(reported: readonly ReportColumn[]): (fields: readonly string[]) => TelemetryRow {
  const columns = TELEMETRY_FIELDS.map((field, at) => ({ field, at: at + 2 })).filter(({ field }) =>
    reported.includes(field),
  );
  return (fields) => {
    const telemetry: { -readonly [field in keyof Telemetry]: Telemetry[field] } = {};
    for (const { field, at } of columns) telemetry[field] = readCopyField(fields[at] ?? "\\N");
    return { bucket: Number(fields[0]), deviceId: readCopyField(fields[1] ?? "") ?? "", telemetry };
  };
}
