import { readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { PAGE_LIMIT } from "../budget.ts";
import { filesUnder } from "../built-pages.ts";
import { REPORT } from "../inventory.ts";
import { sealPage } from "../policy.ts";
import { runCells } from "./cells.ts";
import { lighten } from "./lighten.ts";
import { contentOf, markupOf } from "./markup.ts";
import { composePage } from "./page.ts";
import { type BakedPage, composeReport, nameOf } from "./report.ts";
import { type BakeWindow, openWindow } from "./window.ts";

/** Bytes that a page's source may have, compressed; the rest is for its style sheet. */
const SOURCE_LIMIT = 0.8 * PAGE_LIMIT;

/** The process that bakes the pages of a site, in place. It is told the folder once that is there; told none, it has nothing to do. */
async function main(): Promise<void> {
  const dir = await text(process.stdin);
  if (dir === "") return;
  const silent = (): void => {};
  // Framework's client says every error of a cell here, too; it is told below, with the cell.
  Object.assign(console, { error: silent, warn: silent, info: silent, log: silent });
  const window = openWindow(dir);
  const files = (await filesUnder(dir)).filter((file) => file.endsWith(".html"));
  const pages: BakedPage[] = [];
  for (const file of files) pages.push(await bakePage(dir, file, window));
  await writeFile(join(dir, REPORT), sealPage(await composeReport(dir, pages)));
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

main().then(
  () => process.exit(),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
