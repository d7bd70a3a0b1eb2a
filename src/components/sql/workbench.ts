import { toCsv } from "sentinel-ota/domain";
import { choice } from "../choice.js";
import { copy } from "../command-row.js";
import type { DictionaryMart } from "../dictionary-rows.js";
import { type Content, element } from "../element.js";
import { count, duration, whole } from "../format.js";
import { martFile } from "../mart-files.js";
import { readParam, writeParam } from "../url-state.js";
import { explain } from "./explain.js";
import { MOST_ROWS, type Outcome } from "./outcome.js";
import type { Resize } from "./result-plot.js";
import { resultTable } from "./result-table.js";
import { SAMPLES } from "./samples.js";
import { schema } from "./schema.js";
import { Stopped, session } from "./session.js";

export interface WorkbenchOptions {
  readonly marts: readonly DictionaryMart[];
  /** The address of the dictionary, beside which the rows of the marts are. */
  readonly dictionary: string;
  readonly resize: Resize;
}

/** Letters of a query that an address can carry past every server. */
const LONGEST_LINK = 6000;

/** An editor for SQL with samples and tables beside it, and what a query gave below. A query in the address is asked at once. */
export function workbench(options: WorkbenchOptions): HTMLElement {
  const asked = readParam("q");
  const editor = queryEditor(asked || (SAMPLES[0]?.query ?? ""));
  const status = element("p", { class: "found", role: "status" }, "Nothing is loaded yet.");
  const result = element("div", { class: "sql-result" });
  const run = element("button", { type: "button", class: "run", click: () => void ask(editor.value) }, "Run");
  const stop = element(
    "button",
    { type: "button", class: "copy", "aria-disabled": "true", click: () => halt() },
    "Stop",
  );
  const { ask, halt } = asking(options, { editor, status, result, run, stop });
  editor.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void ask(editor.value);
  });
  if (asked !== "") void ask(asked);
  const start = (query: string): void => void ask(query);
  const keys = element(
    "span",
    { class: "hint" },
    KEYS.map((key) => [element("kbd", {}, key), " "]),
    "runs it",
  );
  return element(
    "div",
    { class: "sql-page" },
    element(
      "div",
      { class: "sql-editor" },
      element("label", { for: editor.id }, "Query"),
      editor,
      element("p", { class: "sql-actions" }, run, stop, keys),
      status,
      result,
    ),
    element(
      "div",
      { class: "sql-aside" },
      heading("Samples"),
      samples(start),
      heading("Tables"),
      schema(options.marts, start),
    ),
  );
}

const KEYS = ["Ctrl", "Enter"];
const heading = (text: string): HTMLElement => element("h2", {}, text);

interface Parts {
  readonly editor: HTMLTextAreaElement;
  readonly status: HTMLElement;
  readonly result: HTMLElement;
  readonly run: HTMLButtonElement;
  readonly stop: HTMLButtonElement;
}

function asking(
  { marts, dictionary, resize }: WorkbenchOptions,
  { editor, status, result, run, stop }: Parts,
): { ask: (query: string) => Promise<void>; halt: () => void } {
  const engine = session({ marts, rowsOf: (mart) => martFile(dictionary, `${mart}.json`) ?? `${mart}.json` });
  let busy = false;
  // Not disabled: who has just pressed one of the two by the keyboard would be sent to the top of the page.
  const setBusy = (now: boolean): void => {
    busy = now;
    run.setAttribute("aria-disabled", String(busy));
    stop.setAttribute("aria-disabled", String(!busy));
    result.setAttribute("aria-busy", String(busy));
  };
  const ask = async (query: string): Promise<void> => {
    if (busy || query.trim() === "") return;
    editor.value = query;
    writeParam("q", query.length > LONGEST_LINK ? "" : query);
    setBusy(true);
    try {
      const outcome = await engine.ask(query, (doing) => status.replaceChildren(doing));
      status.replaceChildren(summary(outcome));
      result.replaceChildren(shown(outcome, query, resize));
    } catch (error) {
      const isStopped = error instanceof Stopped;
      status.replaceChildren(isStopped ? "Stopped. The next query starts the engine again." : "No result.");
      result.replaceChildren(...(isStopped ? [] : [failure(error)]));
    } finally {
      setBusy(false);
    }
  };
  return { ask, halt: () => void (busy && engine.stop()) };
}

function queryEditor(query: string): HTMLTextAreaElement {
  const editor = element("textarea", {
    id: "sql-query",
    rows: 8,
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
  });
  editor.value = query;
  return editor;
}

const samples = (start: (query: string) => void): HTMLElement =>
  element(
    "ul",
    { class: "samples" },
    SAMPLES.map(({ question, query }) =>
      element("li", {}, element("button", { type: "button", click: () => start(query) }, question)),
    ),
  );

function summary({ rows, more, ms }: Outcome): string {
  const found = more ? `The first ${whole(MOST_ROWS)} rows; there are more` : count(rows.length, "row");
  return `${found}, in ${duration(ms)}.`;
}

function shown(outcome: Outcome, query: string, resize: Resize): HTMLElement {
  const view = choice({
    label: "Show as",
    param: "as",
    options: [
      ["table", "table"],
      ["plot", "plot"],
    ],
  });
  const slot = element("div", {});
  const show = async (): Promise<void> => {
    // Plot is large, and most results are never drawn.
    const drawn =
      view.value === "plot" ? (await import("./result-plot.js")).resultPlot(outcome, resize) : resultTable(outcome);
    slot.replaceChildren(drawn);
  };
  view.addEventListener("input", () => void show());
  void show();
  return element("div", {}, element("div", { class: "sql-tools" }, view, takeAway(outcome, query)), slot);
}

/** The result as a file, and the page with this query as a link. */
function takeAway({ rows, columns }: Outcome, query: string): Content {
  const save = (): void => {
    const names = columns.map(({ name }) => name);
    const blob = URL.createObjectURL(new Blob([toCsv(rows, names)], { type: "text/csv" }));
    element("a", { href: blob, download: "result.csv" }).click();
    setTimeout(() => URL.revokeObjectURL(blob), 1000);
  };
  const link = element(
    "button",
    { type: "button", class: "copy", click: () => void copy(location.href, link) },
    "Copy link",
  );
  return [
    element("button", { type: "button", class: "copy", click: save }, "CSV"),
    query.length > LONGEST_LINK ? element("span", { class: "hint" }, "The query is too long for a link.") : link,
  ];
}

function failure(error: unknown): HTMLElement {
  const { why, remedy } = explain(error);
  return element(
    "div",
    { class: "empty", role: "alert" },
    element("pre", { class: "sql-error", tabindex: 0, "aria-label": "What DuckDB said" }, why),
    element("p", {}, remedy),
  );
}
