import type { TriageItem } from "./rows.js";

/** What a person asked the triage table to show. */
export interface TriageFilter {
  /** Words that must all stand somewhere in the row. */
  readonly search: string;
  readonly region: string;
  readonly rule: string;
  readonly severity: string;
  /** Whether rules propose a value: yes, or no; empty: whichever. */
  readonly proposal: string;
  readonly sort: keyof TriageItem;
  readonly descending: boolean;
}

export const NO_FILTER: TriageFilter = {
  ...{ search: "", region: "", rule: "", severity: "", proposal: "" },
  ...{ sort: "severity", descending: false },
};

/** The worst first. */
export const SEVERITIES: readonly string[] = ["critical", "warning", "info"];

const SEARCHED = [
  "device_id",
  "region",
  "model",
  "firmware_from",
  "last_stage",
  "error_code",
  "rule_id",
  "field",
  "raw",
  "proposed",
] as const;

interface Searched {
  readonly item: TriageItem;
  readonly text: string;
}

/** Prepares the rows once, and their order once a column, so that each filter is a scan of ready text. */
export function triageView(items: readonly TriageItem[]): (filter: TriageFilter) => TriageItem[] {
  const rows = items.map(
    (item): Searched => ({
      item,
      text: SEARCHED.map((key) => item[key] ?? "")
        .join("\n")
        .toLowerCase(),
    }),
  );
  let ordered = "";
  return (filter) => {
    const asked = `${filter.sort} ${filter.descending}`;
    if (asked !== ordered) rows.sort(compare(filter));
    ordered = asked;
    const wanted = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
    return rows
      .filter(({ item, text }) => isIn(filter, item) && wanted.every((word) => text.includes(word)))
      .map(({ item }) => item);
  };
}

const isIn = ({ region, rule, severity, proposal }: TriageFilter, item: TriageItem): boolean =>
  (region === "" || item.region === region) &&
  (rule === "" || item.rule_id === rule) &&
  (severity === "" || item.severity === severity) &&
  (proposal === "" || (item.proposed !== null) === (proposal === "yes"));

/** By the column asked for, the worst severity first, then by device, so that equal values keep one order. */
function compare({ sort, descending }: TriageFilter): (a: Searched, b: Searched) => number {
  const way = descending ? -1 : 1;
  const value = (item: TriageItem): unknown => (sort === "severity" ? SEVERITIES.indexOf(item.severity) : item[sort]);
  return ({ item: a }, { item: b }) => way * order(value(a), value(b)) || order(a.device_id, b.device_id);
}

function order(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a ?? ""), String(b ?? "")];
  return left < right ? -1 : left > right ? 1 : 0;
}
