import { quote } from "../domain/predicate-sql.ts";

/** The way to a value in a row: names of fields, and places in lists from 0. A column of a CSV or Parquet file is a way of one name. */
export type Path = readonly (string | number)[];

const STEP = /\.([\w-]+)|\."((?:[^"\\]|\\.)*)"|\[(\d{1,6})\]/y;

/**
 * Reads a way as a map file writes it: `name`, or from the row on as `$.name."other name"[0]`. Returns nothing where it is neither.
 */
export function parsePath(text: string): Path | undefined {
  if (text.includes("\0")) return undefined;
  if (!text.startsWith("$")) return text === "" ? undefined : [text];
  const path: (string | number)[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < text.length) {
    const step = STEP.exec(text);
    if (!step) return undefined;
    const [, name, quoted, place] = step;
    path.push(place === undefined ? (name ?? (quoted ?? "").replaceAll(/\\(.)/g, "$1")) : Number(place));
  }
  return path.length > 0 ? path : undefined;
}

/** The expression by which DuckDB reads the value as text. */
export function jsonValue(path: Path): string {
  const steps = path.map((step) =>
    typeof step === "number" ? `[${step}]` : `."${step.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`,
  );
  return `(object ->> ${quote(`$${steps.join("")}`)})`;
}

/** Whether a row that was read has anything but nothing there. */
export function isThere(row: unknown, path: Path): boolean {
  let value = row;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return false;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value !== null;
}

/** Which of the columns a way of one name means: the one of that very name, else the only one that differs in blanks around it and in case alone. */
export function placeOf(names: readonly string[], path: Path): number | undefined {
  const [name, ...more] = path;
  if (typeof name !== "string" || more.length > 0) return undefined;
  const plain = (text: string): string => text.trim().toLowerCase();
  const exact = names.flatMap((other, at) => (other === name ? [at] : []));
  const alike = names.flatMap((other, at) => (plain(other) === plain(name) ? [at] : []));
  const found = exact.length > 0 ? exact : alike;
  return found.length === 1 ? found[0] : undefined;
}
