import { dsvFormat } from "d3-dsv";
import { toCsv } from "../domain/csv.ts";

/** The columns of an exported queue; of a corrected file all but these may be missing. */
export const COLUMNS = [
  ...[
    "device",
    "region",
    "model",
    "rule",
    "field",
    "raw_value",
    "expected",
    "proposed",
    "version",
    "decision",
    "new_value",
  ],
  "why",
] as const;
export const NEEDED = ["device", "field", "version", "decision", "new_value", "why"] as const;
/** Says of a refused row why it was. */
export const REASON = "reason";

/** A row by the names of its columns, as text; what is absent is null. */
export type Row = Readonly<Record<string, string | null>>;

/**
 * Rows as CSV that a spreadsheet opens without obeying any of it, and of which {@link readCsv} makes the same rows again: an apostrophe in front
 * is one that was put there, and an empty cell is no value.
 */
export function writeCsv(rows: readonly Row[], columns: readonly string[]): string {
  return toCsv(
    rows.map((row) => Object.fromEntries(columns.map((name) => [name, marked(row[name] ?? null)]))),
    columns,
  );
}

function marked(value: string | null): string | null {
  return value === "" || value?.startsWith("'") ? `'${value}` : value;
}

function unmarked(cell: string): string | null {
  if (cell === "") return null;
  return cell.startsWith("'") ? cell.slice(1) : cell;
}

const DELIMITERS = [",", ";", "\t"];

/** Reads such a file, as it is or as a spreadsheet saved it: with semicolons or tabs, with a mark in front, with columns in any order. */
export function readCsv(text: string): { columns: string[]; rows: Row[] } {
  const plain = text.replace(/^\ufeff/, "");
  const [head = ""] = plain.split(/\r?\n/, 1);
  const counts = DELIMITERS.map((delimiter) => head.split(delimiter).length);
  const delimiter = DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
  const [names = [], ...lines] = dsvFormat(delimiter).parseRows(plain);
  const columns = names.map((name) => name.trim());
  const rows = lines
    .filter((cells) => cells.some((cell) => cell !== ""))
    .map((cells) => Object.fromEntries(columns.map((name, at) => [name, unmarked(cells[at] ?? "")])));
  return { columns, rows };
}
