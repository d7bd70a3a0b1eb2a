import { copy } from "./command-row.js";
import { element } from "./element.js";
import { count, place, short, whole, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import { commandsFor, fixAllFor } from "./triage-commands.js";
import { triageDetail } from "./triage-detail.js";
import { triageFilters } from "./triage-filters.js";
import { changes } from "./triage-proposal.js";
import { NO_FILTER, type TriageFilter, triageView } from "./triage-view.js";
import { virtualRows } from "./virtual-rows.js";
import { visible } from "./visible.js";

/** Keep in step with `--row-height` in the style sheet. */
const ROW_HEIGHT = 36;

interface TriageColumn {
  readonly key: keyof TriageItem;
  readonly label: string;
  /** Columns that a narrow page leaves to the detail below. */
  readonly wide?: boolean;
  readonly show: (item: TriageItem) => string;
}

const COLUMNS: readonly TriageColumn[] = [
  { key: "severity", label: "Severity", wide: true, show: (item) => item.severity },
  { key: "device_id", label: "Device", show: (item) => short(visible(item.device_id), 40) },
  { key: "region", label: "Region", wide: true, show: (item) => short(visible(place(item.region)), 24) },
  { key: "model", label: "Model", wide: true, show: (item) => short(visible(place(item.model)), 24) },
  { key: "rule_id", label: "Rule", show: (item) => words(item.rule_id) },
  { key: "raw", label: "As received", show: (item) => short(visible(item.raw), 24) },
  { key: "proposed", label: "Proposed", wide: true, show: (item) => short(changes(item) || "–", 34) },
];

/** The triage queue: filters, a table of any length, and the evidence of the chosen device. Keys: j and k move, Enter opens, c and C copy. */
export function triageTable(items: readonly TriageItem[], campaign: string): HTMLElement {
  const view = triageView(items);
  let filter: TriageFilter = NO_FILTER;
  let rows: TriageItem[] = [];
  let chosen = -1;
  const detail = element("div", { class: "detail-slot" }, triageDetail(undefined, campaign));
  const status = element("p", { class: "found", role: "status" });

  const sort = (key: keyof TriageItem): void =>
    update({ ...filter, sort: key, descending: filter.sort === key && !filter.descending });
  const { head, mark } = sortableHead(sort);
  const table = virtualRows({
    head,
    caption: "Quarantined devices",
    columns: COLUMNS.length,
    rowHeight: ROW_HEIGHT,
    row: (item: TriageItem, index) => tableRow(item, index, index === chosen, () => choose(index)),
  });

  const choose = (index: number): void => {
    chosen = Math.max(0, Math.min(rows.length - 1, index));
    detail.replaceChildren(triageDetail(rows[chosen], campaign));
    table.reveal(chosen);
  };
  const update = (next: TriageFilter): void => {
    filter = next;
    rows = view(filter);
    chosen = -1;
    status.textContent = `${count(rows.length, "device")}${rows.length < items.length ? ` of ${whole(items.length)}` : ""}`;
    detail.replaceChildren(triageDetail(undefined, campaign));
    mark(filter);
    table.show(rows);
  };
  table.scroller.addEventListener("keydown", (event) => onKey(event, { rows, chosen, choose, detail, campaign }));
  const filters = triageFilters(items, (change) => update({ ...filter, ...change }));
  update({ ...filter, ...filters.start });
  return element("div", { class: "triage" }, filters.form, status, table.scroller, keysHint(), detail);
}

function tableRow(item: TriageItem, index: number, current: boolean, click: () => void): HTMLTableRowElement {
  return element(
    "tr",
    { "aria-rowindex": index + 2, "aria-current": current ? "true" : null, click },
    COLUMNS.map(({ wide, show }) => element("td", { class: wide ? "wide" : null }, show(item))),
  );
}

function sortableHead(sort: (key: keyof TriageItem) => void): {
  head: HTMLTableSectionElement;
  mark: (filter: TriageFilter) => void;
} {
  const cells = COLUMNS.map(({ key, label, wide }) =>
    element(
      "th",
      { scope: "col", class: wide ? "wide" : null },
      element("button", { type: "button", click: () => sort(key) }, label),
    ),
  );
  const mark = (filter: TriageFilter): void => {
    for (const [index, { key }] of COLUMNS.entries()) {
      cells[index]?.setAttribute(
        "aria-sort",
        key !== filter.sort ? "none" : filter.descending ? "descending" : "ascending",
      );
    }
  };
  return { head: element("thead", {}, element("tr", { "aria-rowindex": 1 }, cells)), mark };
}

interface KeyTarget {
  readonly rows: readonly TriageItem[];
  readonly chosen: number;
  readonly choose: (index: number) => void;
  readonly detail: HTMLElement;
  readonly campaign: string;
}

function onKey(event: KeyboardEvent, { rows, chosen, choose, detail, campaign }: KeyTarget): void {
  if (event.ctrlKey || event.metaKey || event.altKey || rows.length === 0 || event.target instanceof HTMLButtonElement)
    return;
  const item = rows[chosen];
  const copyOne = (text: string | undefined, place: number): void => {
    if (text !== undefined) void copy(text, detail.querySelectorAll<HTMLButtonElement>("button.copy")[place]);
  };
  if (event.key === "j" || event.key === "ArrowDown") choose(chosen + 1);
  else if (event.key === "k" || event.key === "ArrowUp") choose(chosen - 1);
  else if (event.key === "Enter" && item) detail.scrollIntoView({ block: "nearest" });
  else if (event.key === "c" && item) copyOne(commandsFor(item, campaign)[0]?.text, 0);
  else if (event.key === "C" && item) copyOne(fixAllFor(item, campaign), 1);
  else return;
  event.preventDefault();
}

function keysHint(): HTMLElement {
  const keys: readonly (readonly [string, string])[] = [
    ["j", "next"],
    ["k", "previous"],
    ["Enter", "evidence"],
    ["c", "copy its first command"],
    ["C", "the one for all of its rule, where rules propose a fix"],
  ];
  return element(
    "p",
    { class: "keys" },
    "In the table: ",
    keys.map(([name, what]) => element("span", {}, element("kbd", {}, name), ` ${what}`)),
  );
}
