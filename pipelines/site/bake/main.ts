import { readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { text } from "node:stream/consumers";
import { filesUnder } from "../built-pages.ts";
import { sealPage } from "../policy.ts";
import { runCells } from "./cells.ts";
import { markupOf } from "./markup.ts";
import { composePage } from "./page.ts";
import { type BakedPage, composeReport, REPORT } from "./report.ts";
import { type BakeWindow, openWindow } from "./window.ts";

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
  const shown = await runCells(dir, path, html, window);
  let named = 0;
  const ids = (): string => `drawn-${(named += 1)}`;
  const cells = new Map([...shown].map(([id, nodes]) => [id, markupOf(nodes, path, ids)]));
  await writeFile(file, sealPage(composePage(html, cells)));
  return { path, html, cells };
}

main().then(
  () => process.exit(),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
