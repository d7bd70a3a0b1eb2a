import { type Content, element } from "./element.js";
import { visible } from "./visible.js";

/** A column of a table: its key in the row, its heading, and how to write a value. */
export interface Column<T> {
  readonly key: keyof T & string;
  readonly label: string;
  readonly numeric?: boolean;
  readonly show?: (row: T) => Content;
}

const MOST_ROWS = 200;

/**
 * A plain table: what a chart shows, for those who cannot see it or want the numbers. Scrolls sideways by itself.
 * @param most rows beyond this are in the CSV alone
 */
export function table<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  caption: string,
  most = MOST_ROWS,
): HTMLElement {
  const head = columns.map(({ label, numeric }) =>
    element("th", { scope: "col", class: numeric ? "numeric" : null }, label),
  );
  const body = rows.slice(0, most).map((row) =>
    element(
      "tr",
      {},
      columns.map((column) => element("td", { class: column.numeric ? "numeric" : null }, cell(row, column))),
    ),
  );
  const more = rows.length > most ? ` The first ${most} of ${rows.length} rows; all of them are in the CSV.` : "";
  return element(
    "div",
    { class: "table-scroll", tabindex: 0, role: "region", "aria-label": `Table: ${caption}` },
    element(
      "table",
      {},
      element("caption", {}, caption, more),
      element("thead", {}, element("tr", {}, head)),
      element("tbody", {}, body),
    ),
  );
}

function cell<T>(row: T, { key, show }: Column<T>): Content {
  if (show) return show(row);
  const value = row[key];
  return value === null || value === undefined ? "–" : visible(String(value));
}
