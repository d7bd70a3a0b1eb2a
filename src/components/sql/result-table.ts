import { element } from "../element.js";
import { table } from "../table.js";
import { virtualRows } from "../virtual-rows.js";
import { visible } from "../visible.js";
import type { Outcome, OutcomeColumn, Value } from "./outcome.js";

/** Up to these the whole table stands in the page. */
const WHOLE = 200;
/** Keep in step with `--row-height` in the style sheet. */
const ROW_HEIGHT = 32;

/** The rows of a result. */
export function resultTable({ columns, rows }: Outcome): HTMLElement {
  const caption = "Result of the query";
  if (rows.length <= WHOLE) {
    const shown = columns.map((column) => ({
      key: column.name,
      label: column.name,
      numeric: column.kind === "number",
      show: (row: Readonly<Record<string, Value>>) => cell(row[column.name]),
    }));
    return table(rows, shown, caption);
  }
  const virtual = virtualRows({
    head: head(columns),
    caption,
    columns: columns.length,
    rowHeight: ROW_HEIGHT,
    row: (row: Readonly<Record<string, Value>>, index) =>
      element(
        "tr",
        { "aria-rowindex": index + 2 },
        columns.map(({ name, kind }) =>
          element("td", { class: kind === "number" ? "numeric" : null }, cell(row[name])),
        ),
      ),
  });
  virtual.show(rows);
  return virtual.scroller;
}

const head = (columns: readonly OutcomeColumn[]): HTMLTableSectionElement =>
  element(
    "thead",
    {},
    element(
      "tr",
      { "aria-rowindex": 1 },
      columns.map(({ name, kind }) =>
        element("th", { scope: "col", class: kind === "number" ? "numeric" : null }, name),
      ),
    ),
  );

/** As it is, so that it can be asked for again; only what could not be seen is written out. */
const cell = (value: Value | undefined): string =>
  value === null || value === undefined ? "NULL" : value === "" ? "" : visible(String(value));
