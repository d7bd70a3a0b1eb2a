import { rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CLIENT, PAGE_SCRIPT } from "../page-parts.ts";
import type { BakeWindow } from "./window.ts";

const importFile = createRequire(import.meta.url)("./import.cjs") as (url: string) => Promise<unknown>;

/** A cell as Framework writes it into a page. */
interface Cell {
  readonly id: string;
  readonly inputs?: readonly string[];
  readonly body: (...inputs: unknown[]) => unknown;
}

/** The comment that a cell shows its content before, with what Framework's client keeps on it. */
interface Root extends Comment {
  _nodes?: Node[];
  _error?: boolean;
}

/** Makes what a cell shows ready for the page. */
type Take = (nodes: readonly Node[]) => HTMLElement;

/** A cell that has this comment is left to the browser. */
const LEFT_OUT = /\/\/ not baked\b/;
/** Turns of the event loop in which nothing went on, after which a page is taken to be still. */
const STILL = 50;
/** Names that pages use without an import, and that Framework's client imports when the first cell asks, which no cell's work tells of. */
const IMPLICIT = ["Inputs", "Plot", "aq", "d3", "html", "htl", "svg"];
/** A cell of ours, beside those of the page. */
const PROBE = "ffffffff";
/** Time that a cell may take. */
const PATIENCE_MS = 30_000;

/**
 * Runs the cells of a page in the window, by Framework's own client, until nothing more goes on. Returns what each shows, by its id.
 * @throws Error that names the page and the cell, where one fails or comes to no end.
 */
export async function runCells(
  dir: string,
  { path, html }: { readonly path: string; readonly html: string },
  window: BakeWindow,
  take: Take,
): Promise<Map<string, HTMLElement>> {
  const run = new CellRun(path, window);
  window.resize.clear();
  window.open(path, `${/<body>([\s\S]*)<\/body>/.exec(html)?.[1] ?? ""}<!--:${PROBE}:-->`);
  const roots = findRoots();
  await load(dir, path, html, run.define);
  await run.waitForLibraries(() => roots.get(PROBE)?._error === true);
  roots.delete(PROBE);
  do await run.settle();
  while (await window.resize.draw((target, error) => run.fail(holder(roots, target), error)));
  const shown = new Map<string, HTMLElement>();
  for (const [id, { _error, _nodes = [] }] of roots) {
    if (_error) run.fail(id, _nodes.map(({ textContent }) => textContent).join(" "));
    else run.guard(id, () => shown.set(id, take(_nodes)));
  }
  run.assertSound();
  return shown;
}

/** Imports the page's script out of a file beside the page, since its imports are relative to the page. */
async function load(dir: string, path: string, html: string, define: CellRun["define"]): Promise<void> {
  const script = PAGE_SCRIPT.exec(html)?.[1] ?? "";
  if (!CLIENT.test(script)) throw new Error(`${path}: its script does not begin as Framework's do`);
  const file = join(dir, path.replace(/\.html$/, ".bake.mjs"));
  // A client for each page: it looks for the places of the cells when it is loaded.
  const take = `import {define as defineCell} from "$1?${encodeURIComponent(path)}";\nconst define = globalThis.bakedBy(defineCell);`;
  Object.assign(globalThis, { bakedBy: define });
  await writeFile(file, script.replace(CLIENT, take));
  try {
    await importFile(pathToFileURL(file).href);
  } finally {
    await rm(file);
  }
}

function findRoots(): Map<string, Root> {
  const roots = new Map<string, Root>();
  const comments = document.createNodeIterator(document.body, NodeFilter.SHOW_COMMENT);
  for (let node = comments.nextNode() as Root | null; node; node = comments.nextNode() as Root | null) {
    if (/^:[0-9a-f]{8}(?:-\d+)?:$/.test(node.data)) roots.set(node.data.slice(1, -1), node);
  }
  return roots;
}

const holder = (roots: ReadonlyMap<string, Root>, target: Node): string =>
  [...roots].find(([, { _nodes = [] }]) => _nodes.some((node) => node.contains(target)))?.[0] ?? "";

/** Keeps in mind which cells a page has, which of them are at work, and which failed. */
class CellRun {
  readonly #path: string;
  readonly #window: BakeWindow;
  readonly #cells: Cell[] = [];
  readonly #busy = new Map<Cell, number>();
  readonly #failures: string[] = [];
  #defineCell: (cell: Cell) => void = () => {};

  constructor(path: string, window: BakeWindow) {
    this.#path = path;
    this.#window = window;
  }

  /** Defines cells by Framework's client, and follows them. */
  readonly define = (defineCell: (cell: Cell) => void) => {
    this.#defineCell = defineCell;
    return (cell: Cell) => this.#begin(cell);
  };

  #begin(cell: Cell): void {
    this.#cells.push(cell);
    const body = LEFT_OUT.test(String(cell.body))
      ? () => new Promise(() => {})
      : (...inputs: unknown[]) => this.#follow(cell, inputs);
    this.#defineCell({ ...cell, body });
  }

  /** Waits until what the cells use without an import is there, or can't be had, which the cells themselves then say. */
  async waitForLibraries(failed: () => boolean): Promise<void> {
    const inputs = IMPLICIT.filter((name) => this.#cells.some((cell) => cell.inputs?.includes(name)));
    let isThere = false;
    const body = (): void => {
      isThere = true;
    };
    this.#defineCell({ id: PROBE, inputs, body });
    const end = Date.now() + PATIENCE_MS;
    while (!isThere && !failed() && Date.now() < end) await new Promise((resolve) => setImmediate(resolve));
  }

  #follow(cell: Cell, inputs: unknown[]): unknown {
    const count = (by: number): unknown => this.#busy.set(cell, (this.#busy.get(cell) ?? 0) + by);
    const result = cell.body(...inputs);
    if (result instanceof Promise) {
      count(1);
      const done = (): unknown => count(-1);
      result.then(done, done);
    }
    return result;
  }

  /** Waits until no cell is at work and none begins. */
  async settle(): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    for (let still = 0; still < STILL; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const [at] = [...this.#busy].find(([, runs]) => runs > 0) ?? [];
      still = at || this.#window.pending() > 0 ? 0 : still + 1;
      if (Date.now() > end) {
        this.fail(at?.id ?? "", "it came to no end");
        this.assertSound();
      }
    }
  }

  guard(id: string, work: () => unknown): void {
    try {
      work();
    } catch (error) {
      this.fail(id, error);
    }
  }

  fail(id: string, error: unknown): void {
    const index = this.#cells.findIndex((cell) => cell.id === id);
    const line = String(this.#cells[index]?.body)
      .split("\n")
      .slice(1)
      .find((text) => text.trim() !== "");
    const words = String(error).split("\n")[0];
    this.#failures.push(`${this.#path}, cell ${index + 1} (${(line ?? "").trim().slice(0, 60)}): ${words}`);
  }

  assertSound(): void {
    if (this.#failures.length > 0) throw new Error(this.#failures.join("\n"));
  }
}
