import { quote } from "../domain/predicate-sql.ts";
import { REPORT_COLUMNS, type ReportColumn } from "../domain/vocabulary.ts";
import { KNOWN_COLUMNS, type KnownColumn, reportedBy, type Spellings, selection } from "./columns.ts";
import type { Mapping, ValueSource } from "./mapping.ts";
import type { Path } from "./path.ts";

/** How the rows of a file become reports: expressions of DuckDB, made of quoted names and literals alone. */
export interface Layout {
  /** The known columns as a list of a SELECT. */
  readonly columns: string;
  /** The words by which the status is told, as one list; absent where the status is Success or Partial itself. */
  readonly signals?: string;
  readonly reported: readonly ReportColumn[];
  /** Absent where the file has our own columns. */
  readonly mapping?: Mapping;
}

/** The layout of a file with the columns that Sentinel knows, each by its name. */
export function ownLayout(spellings: Spellings, read: (name: string) => string): Layout {
  return { columns: selection(spellings, read), reported: reportedBy(spellings) };
}

/**
 * The layout of a file of other columns.
 * @param read the expression of a value, as text; nothing where the file has none.
 */
export function mappedLayout(mapping: Mapping, read: (path: Path) => string | undefined): Layout {
  const value = (column: KnownColumn): string => {
    const found = (mapping.columns[column] ?? []).flatMap((source) => sourceValue(source, read));
    const constant = mapping.constants[column];
    const all = constant === undefined ? found : [...found, quote(constant)];
    return all.length > 0 ? `coalesce(${all.join(", ")})` : "CAST(NULL AS VARCHAR)";
  };
  const columns = KNOWN_COLUMNS.map((column) => {
    const text = value(column);
    return `${column === "reported_at" ? `instant(${text})` : text} AS ${column}`;
  }).join(", ");
  const told = (["last_stage", "error_code"] as const).filter(() => mapping.words.length > 0);
  const has = (column: ReportColumn) => mapping.columns[column] ?? mapping.constants[column];
  const reported = REPORT_COLUMNS.filter(
    (column) => has(column) !== undefined || (told as readonly ReportColumn[]).includes(column),
  );
  if (mapping.words.length === 0) return { columns, reported, mapping };
  const elsewhere = placesOf(mapping).map((path) => read(path) ?? "NULL");
  const signals = [value("update_status"), ...elsewhere].map((text) => `coalesce(${text}, '')`).join(", ");
  return { columns, signals: `[${signals}]`, reported, mapping };
}

function sourceValue({ path, after, decode }: ValueSource, read: (path: Path) => string | undefined): string[] {
  const text = read(path);
  if (text === undefined) return [];
  const part = after === undefined ? text : `split_part(${text}, ${quote(after)}, -1)`;
  return [decode === "url" ? `coalesce(TRY(url_decode(${part})), ${part})` : part];
}

/** Where words stand beside the place of the status, each place once. */
function placesOf({ words }: Mapping): Path[] {
  const places = new Map(words.flatMap(({ at }) => (at ? [[JSON.stringify(at), at] as const] : [])));
  return [...places.values()];
}

/** The words as DuckDB gets them: in their order, each with the place in `signals` where it stands, from 1. */
export function wordTable(mapping: Mapping): string {
  const places = placesOf(mapping).map((path) => JSON.stringify(path));
  const rows = mapping.words.map(({ at, word, ...told }, no) => {
    const place = at ? places.indexOf(JSON.stringify(at)) + 2 : 1;
    return { no, place, word: word.trim().toLowerCase(), ...told };
  });
  return JSON.stringify(rows);
}
