import type { Answer } from "../answer.js";
import type { DictionaryMart } from "../dictionary-rows.js";
import { count, fileSize } from "../format.js";
import { sumOf } from "../group.js";
import type { Campaign } from "../rows.js";

/** What is this column, and how do I take the data away? */
export function downloadsAnswer(marts: readonly DictionaryMart[], campaign: Campaign | undefined): Answer {
  const bytesOf = (format: string): string =>
    fileSize(sumOf(marts, ({ files }) => files.find((file) => file.format === format)?.bytes ?? 0));
  const detail =
    `All of them are ${bytesOf("csv")} as CSV, ${bytesOf("parquet")} as Parquet and ${bytesOf("json")} as JSON. ` +
    "Their addresses stay when the report is made again, so that a program can fetch them.";
  const tables = count(marts.length, "table");
  if (!campaign || campaign.devices === 0)
    return { headline: `There is no device in the data yet: ${tables}, and no fleet in them.`, detail };
  const rows = count(
    sumOf(marts, (mart) => mart.rows),
    "row",
  );
  return {
    headline: `${tables} and ${rows} say what became of ${count(campaign.devices, "device")}; take any of them away.`,
    detail,
  };
}
