import { readFile, writeFile } from "node:fs/promises";
import { relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import { PAGE_LIMIT } from "../budget.ts";
import { sealPage } from "../policy.ts";
import { runCells } from "./cells.ts";
import { lighten } from "./lighten.ts";
import { contentOf, markupOf } from "./markup.ts";
import { composePage } from "./page.ts";
import { type BakedPage, nameOf } from "./report.ts";
import { type BakeWindow, openWindow } from "./window.ts";

/** Bytes that a page's source may have, compressed; the rest is for its style sheet. */
const SOURCE_LIMIT = 0.8 * PAGE_LIMIT;

/** The work that threads share: each takes the next page that none has. */
export interface Share {
  readonly dir: string;
  /** The pages by their files. */
  readonly files: readonly string[];
  /** How many were taken. */
  readonly taken: Int32Array;
}

/** Bakes pages in place until none is left, and returns those that it baked. */
export async function bakePages({ dir, files, taken }: Share): Promise<BakedPage[]> {
  const silent = (): void => {};
  // Framework's client says every error of a cell here, too; it is told with the cell.
  Object.assign(console, { error: silent, warn: silent, info: silent, log: silent });
  const window = openWindow(dir);
  const pages: BakedPage[] = [];
  for (let at = Atomics.add(taken, 0, 1); at < files.length; at = Atomics.add(taken, 0, 1))
    pages.push(await bakePage(dir, files[at] as string, window));
  return pages;
}

async function bakePage(dir: string, file: string, window: BakeWindow): Promise<BakedPage> {
  const path = relative(dir, file).split(sep).join("/");
  const html = await readFile(file, "utf8");
  let named = 0;
  const ids = (): string => {
    named += 1;
    return `${nameOf(path)}-${named}`;
  };
  const cells = await runCells(dir, { path, html }, window, (nodes) => contentOf(nodes, path, ids));
  const compose = (): string =>
    sealPage(composePage(html, new Map([...cells].map(([id, cell]) => [id, markupOf(cell)]))));
  lighten(
    [...cells.values()],
    "there once the page runs its scripts",
    () => gzipSync(compose()).length <= SOURCE_LIMIT,
  );
  await writeFile(file, compose());
  return { path, html, cells: [...cells.values()] };
}
