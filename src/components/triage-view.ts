import { groupBy } from "./group.js";
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
  const byDevice = items
    .map(
      (item): Searched => ({
        item,
        text: SEARCHED.map((key) => item[key] ?? "")
          .join("\n")
          .toLowerCase(),
      }),
    )
    .sort((a, b) => order(a.item.device_id, b.item.device_id));
  let rows: readonly Searched[] = byDevice;
  let ordered = "";
  return (filter) => {
    const asked = `${filter.sort} ${filter.descending}`;
    if (asked !== ordered) rows = inOrder(byDevice, filter);
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

/**
 * By the column asked for, the worst severity first; rows of one value stay as they were, by device. Only the values are sorted, since most
 * columns have few: to sort 100,000 rows themselves takes several times as long.
 */
function inOrder(byDevice: readonly Searched[], { sort, descending }: TriageFilter): readonly Searched[] {
  if (sort === "device_id") return descending ? [...byDevice].reverse() : byDevice;
  const groups = groupBy(byDevice, ({ item }) =>
    sort === "severity" ? SEVERITIES.indexOf(item.severity) : (item[sort] ?? ""),
  );
  const values = [...groups.keys()].sort(order);
  if (descending) values.reverse();
  const sorted: Searched[] = [];
  for (const value of values) for (const row of groups.get(value) ?? []) sorted.push(row);
  return sorted;
}

function order(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [String(a), String(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
