import { REPORT_COLUMNS, REQUIRED_IMPORT_COLUMNS, type ReportColumn } from "../domain/vocabulary.ts";
import { LIMITS } from "./limits.ts";
import { unusable } from "./unusable.ts";

export const KNOWN_COLUMNS = ["device_id", "update_status", ...REPORT_COLUMNS] as const;
export type KnownColumn = (typeof KNOWN_COLUMNS)[number];

/** The names by which a file has the columns that Sentinel knows. */
export type Spellings = ReadonlyMap<string, readonly string[]>;

/** How a name is looked up: without blanks around it, in lower case. */
const plain = (name: string): string => name.trim().toLowerCase();

export function spellingsOf(names: readonly string[]): Spellings {
  const found = new Map<string, string[]>();
  for (const name of names) {
    const column = plain(name);
    if ((KNOWN_COLUMNS as readonly string[]).includes(column)) found.set(column, [...(found.get(column) ?? []), name]);
  }
  return found;
}

/** Columns that must be there and are not. */
export const lackingIn = (spellings: Spellings): string[] =>
  REQUIRED_IMPORT_COLUMNS.filter((column) => !spellings.has(column));

/** @throws SentinelError exit 2 where two columns have one name, so that nobody can tell which is meant. */
export function assertUnique(file: string, spellings: Spellings): void {
  for (const [column, names] of spellings)
    if (names.length > 1) throw misnamed(file, `it has the column ${column} twice`);
}

/** @throws SentinelError exit 2 where the names are written in more ways than any tool writes them. */
export function assertFewSpellings(file: string, names: readonly string[]): void {
  if (names.length > LIMITS.spellings)
    throw misnamed(file, `it writes the names of its columns in more than ${LIMITS.spellings} ways`);
}

export const reportedBy = (spellings: Spellings): ReportColumn[] =>
  REPORT_COLUMNS.filter((column) => spellings.has(column));

/** The known columns as a list of a SELECT, each by what it is read as; NULL where the file has none. */
export function selection(spellings: Spellings, read: (name: string) => string): string {
  return KNOWN_COLUMNS.map((column) => {
    const names = spellings.get(column) ?? [];
    const value = names.length > 1 ? `coalesce(${names.map(read).join(", ")})` : names.map(read)[0];
    return `${value ?? "CAST(NULL AS VARCHAR)"} AS ${column}`;
  }).join(", ");
}

function misnamed(file: string, what: string): Error {
  return unusable(file, what, "Name its columns as docs/import.md says.");
}
