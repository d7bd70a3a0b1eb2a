import { readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { text } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import { PAGE_LIMIT } from "../budget.ts";
import { filesUnder } from "../built-pages.ts";
import { bakeFingerprint } from "../fingerprint.ts";
import { REPORT } from "../inventory.ts";
import { recordFolder } from "../libraries.ts";
import { sealPage } from "../policy.ts";
import { runCells } from "./cells.ts";
import { type Chapter, chapterOf, nameOf } from "./chapter.ts";
import { digestOf, type Kept, type KeptPage, keptPage, readKept, writeKept } from "./kept.ts";
import { lighten } from "./lighten.ts";
import { contentOf, markupOf } from "./markup.ts";
import { composePage } from "./page.ts";
import { composeReport, isReported, styleOf } from "./report.ts";
import { type BakeWindow, openWindow } from "./window.ts";

/** Bytes that a page's source may have, compressed; the rest is for its style sheet. */
const SOURCE_LIMIT = 0.8 * PAGE_LIMIT;

/** The process that bakes the pages of a site, in place. It is told the folder once that is there; told none, it has nothing to do. */
async function main(): Promise<void> {
  const began = bakeFingerprint(process.cwd());
  const dir = await text(process.stdin);
  if (dir === "") return;
  const silent = (): void => {};
  // Framework's client says every error of a cell here, too; it is told below, with the cell.
  Object.assign(console, { error: silent, warn: silent, info: silent, log: silent });
  const window = openWindow(dir);
  const file = join(recordFolder(process.cwd()), "baked.json");
  const former = await readKept(file);
  const recipe = await began;
  const pages: Record<string, KeptPage> = {};
  for (const path of await pagesIn(dir)) {
    const html = await readFile(join(dir, path), "utf8");
    const key = digestOf(recipe, path, html);
    const page = (await keptPage(former, dir, path, key)) ?? (await bakePage(dir, path, html, key, window));
    pages[path] = page;
    await writeFile(join(dir, path), page.source);
  }
  const chapters = Object.values(pages).flatMap(({ chapter }) => chapter ?? []);
  const report = await makeReport(dir, recipe, chapters, former.report);
  await writeFile(join(dir, REPORT), report.source);
  await writeKept(file, { pages, report });
}

async function pagesIn(dir: string): Promise<string[]> {
  const files = (await filesUnder(dir)).filter((file) => file.endsWith(".html"));
  return files.map((file) => relative(dir, file).split(sep).join("/"));
}

async function bakePage(dir: string, path: string, html: string, key: string, window: BakeWindow): Promise<KeptPage> {
  let named = 0;
  const ids = (): string => {
    named += 1;
    return `${nameOf(path)}-${named}`;
  };
  const cells = await runCells(dir, { path, html }, window, (nodes) => contentOf(nodes, path, ids));
  let source = "";
  const isLight = (): boolean => {
    source = sealPage(composePage(html, new Map([...cells].map(([id, cell]) => [id, markupOf(cell)]))));
    return gzipSync(source).length <= SOURCE_LIMIT;
  };
  lighten([...cells.values()], "there once the page runs its scripts", isLight);
  const chapter = isReported(path) ? chapterOf(path, html, [...cells.values()]) : undefined;
  return { key, reads: Object.fromEntries(window.reads), source, chapter };
}

/** Made of the pages' chapters, and of nothing else. */
async function makeReport(
  dir: string,
  recipe: string,
  chapters: readonly Chapter[],
  former: Kept["report"],
): Promise<NonNullable<Kept["report"]>> {
  const style = await styleOf(dir);
  const key = digestOf(recipe, style, JSON.stringify(chapters));
  return former?.key === key ? former : { key, source: composeReport(chapters, style) };
}

main().then(
  () => process.exit(),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
