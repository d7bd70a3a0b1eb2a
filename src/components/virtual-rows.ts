import { element } from "./element.js";

export interface VirtualRows<T> {
  readonly scroller: HTMLElement;
  /** Shows other rows, from the top. */
  show(rows: readonly T[]): void;
  /** Scrolls so that a row can be seen, and draws it. */
  reveal(index: number): void;
  /** Draws again what can be seen. */
  refresh(): void;
}

export interface VirtualOptions<T> {
  readonly head: HTMLTableSectionElement;
  readonly caption: string;
  readonly columns: number;
  /** Height of every row in pixels; the style sheet keeps rows to it. */
  readonly rowHeight: number;
  readonly row: (item: T, index: number) => HTMLTableRowElement;
}

/** Rows beyond those that can be seen, above and below. */
const MARGIN = 12;
/** Rows that are shown before the page knows how high the table is. */
const FIRST = 20;

/** A table that holds as many rows as one likes and has only those in the page that can be seen. */
export function virtualRows<T>({ head, caption, columns, rowHeight, row }: VirtualOptions<T>): VirtualRows<T> {
  let rows: readonly T[] = [];
  const body = element("tbody");
  const table = element("table", {}, element("caption", { class: "visually-hidden" }, caption), head, body);
  const scroller = element("div", { class: "virtual", tabindex: 0, role: "region", "aria-label": caption }, table);

  const refresh = (): void => {
    const seen = scroller.clientHeight === 0 ? FIRST : Math.ceil(scroller.clientHeight / rowHeight);
    const from = Math.max(0, Math.min(rows.length - seen, Math.floor(scroller.scrollTop / rowHeight)) - MARGIN);
    const to = Math.min(rows.length, from + seen + 2 * MARGIN);
    const drawn = rows.slice(from, to).map((item, offset) => row(item, from + offset));
    body.replaceChildren(
      ...(from > 0 ? [spacer(columns, from)] : []),
      ...drawn,
      ...(to < rows.length ? [spacer(columns, rows.length - to)] : []),
    );
    table.setAttribute("aria-rowcount", String(rows.length + 1));
  };
  scroller.addEventListener("scroll", refresh, { passive: true });
  return {
    scroller,
    refresh,
    show: (next) => {
      rows = next;
      scroller.scrollTop = 0;
      refresh();
    },
    reveal: (index) => {
      const top = index * rowHeight;
      const room = scroller.clientHeight - rowHeight - head.offsetHeight;
      if (top < scroller.scrollTop) scroller.scrollTop = top;
      else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
      refresh();
    },
  };
}

/** Says how many rows it stands for, to those who see it because the page runs no scripts. */
const spacer = (columns: number, rows: number): HTMLTableRowElement =>
  element(
    "tr",
    { class: "spacer", "aria-hidden": "true" },
    element("td", { colspan: columns, style: `--rows:${rows}` }, `${rows.toLocaleString("en-US")} more`),
  );
