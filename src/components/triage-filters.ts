import { element } from "./element.js";
import { place, short, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import type { TriageFilter } from "./triage-view.js";
import { readParam, writeParam } from "./url-state.js";

type Change = Partial<Pick<TriageFilter, "search" | "region" | "rule">>;

export interface TriageFilters {
  readonly form: HTMLElement;
  /** What the address of the page asked for. */
  readonly start: Required<Change>;
}

/** A search, and a list each for region and rule. What is chosen stands in the address of the page. */
export function triageFilters(items: readonly TriageItem[], change: (change: Change) => void): TriageFilters {
  const asked = (name: "region" | "rule"): string => {
    const key = name === "region" ? "region" : "rule_id";
    const value = readParam(name);
    return items.some((item) => item[key] === value) ? value : "";
  };
  const start = { search: readParam("q"), region: asked("region"), rule: asked("rule") };
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
    pick(
      { name: "region", label: "Region", values: items.map((item) => item.region), show: regionName },
      start,
      change,
    ),
    pick({ name: "rule", label: "Rule", values: items.map((item) => item.rule_id), show: words }, start, change),
  );
  return { form, start };
}

const regionName = (value: string): string => short(place(value), 32);

interface Selection {
  readonly name: "region" | "rule";
  readonly label: string;
  readonly values: readonly (string | null)[];
  readonly show: (value: string) => string;
}

function pick(
  { name, label, values, show }: Selection,
  start: Required<Change>,
  change: (change: Change) => void,
): HTMLElement {
  const options = [...new Set(values.filter((value) => value !== null))].sort();
  const list = element(
    "select",
    { id: `triage-${name}` },
    element("option", { value: "" }, "All"),
    options.map((value) => element("option", { value, selected: value === start[name] }, show(value))),
  );
  list.addEventListener("input", () => {
    writeParam(name, list.value);
    change({ [name]: list.value });
  });
  return field(`triage-${name}`, label, list);
}

const field = (id: string, label: string, control: HTMLElement): HTMLElement =>
  element("div", { class: "field" }, element("label", { for: id }, label), control);
