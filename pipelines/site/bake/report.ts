import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { REPORT_LIMIT } from "../budget.ts";
import { NAVIGATION, TOOLS } from "../navigation.ts";
import { sealPage } from "../policy.ts";
import { type Chapter, nameOf, sectionOf } from "./chapter.ts";
import { allWithin, byClass, make, ofKind } from "./find.ts";
import { lighten, shorten } from "./lighten.ts";
import { escaped } from "./markup.ts";

/** Rows of a table that the report has. */
const MOST_ROWS = 40;
const ELSEWHERE = "in the site";

const STYLESHEET = /<link rel="stylesheet"[^>]* href="([^"]+)">/;

const REPORTED = NAVIGATION.filter(({ path }) => !TOOLS.has(path)).map(({ path }) => `${path.slice(1)}.html`);

/** Whether a page is one that the report may have. */
export const isReported = (path: string): boolean => REPORTED.includes(path as (typeof REPORTED)[number]);

/** The whole report as one file without a script, for mail and paper: the chapters of all pages but tools, in the order of the navigation. */
export function composeReport(chapters: readonly Chapter[], style: string): string {
  const sorted = REPORTED.flatMap((path) => chapters.find((chapter) => chapter.path === path) ?? []);
  const sections = sorted.flatMap(({ answered }) => (answered ? sectionOf(answered) : []));
  showOnce(sections);
  for (const body of ofKind(sections.flatMap(allWithin), "tbody")) shorten(body, MOST_ROWS, ELSEWHERE);
  const [before, after] = frameOf(sorted, style);
  let report = "";
  const isLight = (): boolean => {
    report = sealPage(before + sections.map((section) => escaped(section.outerHTML)).join("") + after);
    return Buffer.byteLength(report) <= REPORT_LIMIT;
  };
  if (isLight()) return report;
  for (const drawing of byClass(sections.flatMap(allWithin))("drawn-narrow")) drawing.remove();
  lighten(sections, ELSEWHERE, isLight);
  return report;
}

/** Leaves of tables with the same rows the first, and where that stands instead of the others. */
function showOnce(sections: readonly Element[]): void {
  const known = new Map<string, string>();
  for (const panel of byClass(sections.flatMap(allWithin))("panel")) {
    const all = allWithin(panel);
    const table = byClass(all)("table-scroll").find(({ parentElement }) => parentElement?.localName === "details");
    if (!table) continue;
    const rows = ofKind(allWithin(table), "tbody")[0]?.innerHTML ?? "";
    const before = known.get(rows);
    if (before === undefined) known.set(rows, ofKind(all, "h3")[0]?.textContent ?? "");
    else table.parentElement?.replaceWith(make("p", { class: "hint" }, `Its table stands above, under ${before}.`));
  }
}

/** The style sheet of the report: that of the pages, and its own. */
export async function styleOf(dir: string): Promise<string> {
  const [first = ""] = REPORTED;
  const href = STYLESHEET.exec(await readFile(join(dir, first), "utf8").catch(() => ""))?.[1];
  const own = await readFile(new URL("./report.css", import.meta.url), "utf8");
  const site = href ? await readFile(join(dir, dirname(first), href), "utf8") : "";
  return `${site}\n${own}`;
}

/** What stands before and after the chapters. */
function frameOf(chapters: readonly Chapter[], style: string): [before: string, after: string] {
  const short = chapters.flatMap(({ path, answered }) =>
    answered
      ? make("li", {}, make("a", { href: `#${nameOf(path)}` }, answered.headline), make("span", {}, answered.question))
      : [],
  );
  const [words = "There is no campaign."] = chapters.flatMap(({ dateline }) => dateline ?? []);
  const [provenance = ""] = chapters.flatMap((chapter) => chapter.provenance ?? []);
  const title = make("h1", {}, "Report of the fleet's recovery");
  const top = [title, make("p", { class: "dateline" }, words), make("ol", { class: "in-short" }, ...short)];
  const before = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Report | Sentinel OTA</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="observablehq-center">
<main id="observablehq-main" class="observablehq">${escaped(top.map(({ outerHTML }) => outerHTML).join(""))}`;
  return [before, `${escaped(provenance)}</main>\n</div>\n</body>\n</html>\n`];
}
