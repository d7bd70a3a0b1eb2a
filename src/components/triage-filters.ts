import type { Option } from "./choice.js";
import { element } from "./element.js";
import { place, short, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import { SEVERITIES, type TriageFilter } from "./triage-view.js";
import { readParam, writeParam } from "./url-state.js";

type Change = Partial<Pick<TriageFilter, "search" | ListName>>;
type ListName = "severity" | "proposal" | "region" | "rule";

export interface TriageFilters {
  readonly form: HTMLElement;
  /** What the address of the page asked for. */
  readonly start: Required<Change>;
}

/** A search, and a list each for severity, proposal, region and rule. What is chosen stands in the address of the page. */
export function triageFilters(items: readonly TriageItem[], change: (change: Change) => void): TriageFilters {
  const lists = listsOf(items);
  const asked = (name: ListName): string => {
    const value = readParam(name);
    return lists.some((list) => list.name === name && list.options.some(([known]) => known === value)) ? value : "";
  };
  const start = {
    ...{ search: readParam("q"), severity: asked("severity"), proposal: asked("proposal") },
    ...{ region: asked("region"), rule: asked("rule") },
  };
  const search = element("input", {
    type: "search",
    id: "triage-search",
    value: start.search,
    placeholder: "Device, value, error …",
    autocomplete: "off",
    spellcheck: "false",
  });
  search.addEventListener("input", () => {
    writeParam("q", search.value);
    change({ search: search.value });
  });
  const form = element(
    "div",
    { class: "filters", role: "search", "aria-label": "Filter the queue" },
    field("triage-search", "Search", search),
    lists.map((list) => pick(list, start, change)),
  );
  return { form, start };
}

const regionName = (value: string): string => short(place(value), 32);

interface Selection {
  readonly name: ListName;
  readonly label: string;
  readonly options: readonly Option[];
}

function listsOf(items: readonly TriageItem[]): readonly Selection[] {
  const there = (key: "region" | "rule_id"): string[] => [...new Set(items.flatMap((item) => item[key] ?? []))].sort();
  const severities = new Set(items.map(({ severity }) => severity));
  return [
    {
      name: "severity",
      label: "Severity",
      options: SEVERITIES.filter((severity) => severities.has(severity)).map((severity) => [severity, severity]),
    },
    { name: "proposal", label: "Proposal", options: PROPOSAL },
    { name: "region", label: "Region", options: there("region").map((region) => [region, regionName(region)]) },
    { name: "rule", label: "Rule", options: there("rule_id").map((rule) => [rule, words(rule)]) },
  ];
}

const PROPOSAL: readonly Option[] = [
  ["yes", "has one"],
  ["no", "has none"],
];

function pick(
  { name, label, options }: Selection,
  start: Required<Change>,
  change: (change: Change) => void,
): HTMLElement {
  const list = element(
    "select",
    { id: `triage-${name}` },
    element("option", { value: "" }, "All"),
    options.map(([value, text]) => element("option", { value, selected: value === start[name] }, text)),
  );
  list.addEventListener("input", () => {
    writeParam(name, list.value);
    change({ [name]: list.value });
  });
  return field(`triage-${name}`, label, list);
}

const field = (id: string, label: string, control: HTMLElement): HTMLElement =>
  element("div", { class: "field" }, element("label", { for: id }, label), control);
