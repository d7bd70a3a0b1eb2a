import { arrive } from "../arrive.js";
import type { DictionaryColumn, DictionaryMart } from "../dictionary-rows.js";
import { element } from "../element.js";
import { count } from "../format.js";
import { type Column, table } from "../table.js";
import { readParam, writeParam } from "../url-state.js";

interface Found extends DictionaryColumn {
  mart: string;
}

const code = (text: string): HTMLElement => element("code", {}, text);
const COLUMNS: readonly Column<DictionaryColumn>[] = [
  { key: "name", label: "Column", show: ({ name }) => code(name) },
  { key: "type", label: "Type", show: ({ type }) => type.toLowerCase() },
  { key: "meaning", label: "Meaning" },
];

/** What every column means: by table, or those that hold a word. The word stands in the address of the page. */
export function dictionaryView(marts: readonly DictionaryMart[]): HTMLElement {
  const search = element("input", {
    type: "search",
    id: "dictionary-search",
    placeholder: "rate, Wilson, p_holm …",
    autocomplete: "off",
    spellcheck: "false",
    value: readParam("column"),
  });
  const status = element("p", { class: "found", role: "status" });
  const slot = element("div", { class: "dictionary" });
  const all = marts.map(described);
  const show = (): void => {
    const word = search.value.trim();
    const found = word === "" ? [] : holding(marts, word.toLowerCase());
    status.textContent = word === "" ? "" : count(found.length, "column");
    slot.replaceChildren(...(word === "" ? all : [foundTable(found, word)]));
  };
  search.addEventListener("input", () => {
    writeParam("column", search.value.trim());
    show();
  });
  show();
  return element(
    "div",
    {},
    element("div", { class: "field find" }, element("label", { for: search.id }, "Find a column"), search),
    status,
    slot,
  );
}

/** A mart, opened where the address of the page names it. */
function described({ name, question, grain, order, columns }: DictionaryMart): HTMLElement {
  const facts = `${question} Grain: ${grain}.${order ? ` Order: ${order}.` : ""}`;
  const details = element(
    "details",
    { id: name, open: location.hash === `#${name}` },
    element("summary", {}, code(name), ` ${question}`),
    table(columns, COLUMNS, facts),
  );
  document.defaultView?.addEventListener("hashchange", () => {
    if (location.hash === `#${name}`) details.open = true;
  });
  return arrive(name, details);
}

const holding = (marts: readonly DictionaryMart[], word: string): Found[] =>
  marts.flatMap(({ name, columns }) =>
    columns
      .filter((column) => `${column.name} ${column.meaning}`.toLowerCase().includes(word))
      .map((column) => ({ ...column, mart: name })),
  );

function foundTable(found: readonly Found[], word: string): HTMLElement {
  const columns: Column<Found>[] = [{ key: "mart", label: "Table", show: ({ mart }) => code(mart) }, ...COLUMNS];
  return table(found, columns, `Columns that have “${word}” in their name or meaning.`);
}
