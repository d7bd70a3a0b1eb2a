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

/** Prepares the rows once, so that each filter is a scan of ready text. */
export function triageView(items: readonly TriageItem[]): (filter: TriageFilter) => TriageItem[] {
  const texts = new Map(
    items.map((item) => [
      item,
      SEARCHED.map((key) => item[key] ?? "")
        .join("\n")
        .toLowerCase(),
    ]),
  );
  return (filter) => {
    const wanted = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
    const found = items.filter(
      (item) =>
        (filter.region === "" || item.region === filter.region) &&
        (filter.rule === "" || item.rule_id === filter.rule) &&
        (filter.severity === "" || item.severity === filter.severity) &&
        (filter.proposal === "" || (item.proposed !== null) === (filter.proposal === "yes")) &&
        wanted.every((word) => texts.get(item)?.includes(word)),
    );
    return found.sort(compare(filter));
  };
}

/** By the column asked for, the worst severity first, then by device, so that equal values keep one order. */
function compare({ sort, descending }: TriageFilter): (a: TriageItem, b: TriageItem) => number {
  const way = descending ? -1 : 1;
  const value = (item: TriageItem): unknown => (sort === "severity" ? SEVERITIES.indexOf(item.severity) : item[sort]);
  return (a, b) => way * order(value(a), value(b)) || order(a.device_id, b.device_id);
}

function order(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a ?? ""), String(b ?? "")];
  return left < right ? -1 : left > right ? 1 : 0;
}
