import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { REPORT_LIMIT } from "../budget.ts";
import { NAVIGATION, TOOLS } from "../navigation.ts";
import { allWithin, withClass } from "./find.ts";
import { lighten, shorten } from "./lighten.ts";
import { escaped } from "./markup.ts";

/** A page, and the markup of what its cells show on paper. */
export interface BakedPage {
  readonly path: string;
  readonly html: string;
  readonly cells: readonly string[];
}

/** The same with the cells as elements, which are the report's to take apart. */
interface ReadPage extends Omit<BakedPage, "cells"> {
  readonly cells: readonly HTMLElement[];
}

/** Rows of a table that the report has. */
const MOST_ROWS = 40;
const ELSEWHERE = "in the site";

/** What nobody can use on paper, in a file without scripts, or away from the site. */
const CONTROLS = "button, input, select, textarea, form, .choice, .filters, .keys, .in-site, noscript";

const STYLESHEET = /<link rel="stylesheet"[^>]* href="([^"]+)">/;

const REPORTED = NAVIGATION.filter(({ path }) => !TOOLS.has(path)).map(({ path }) => `${path.slice(1)}.html`);

/** Whether a page is one that the report may have. */
export const isReported = (path: string): boolean => REPORTED.includes(path as (typeof REPORTED)[number]);

export const nameOf = (path: string): string => path.replace(/\.html$/, "").replaceAll("/", "-");

/**
 * The whole report as one file without a script, for mail and paper: of each page but tools, in the order of the navigation, its question, its answer,
 * its figures and every panel that draws something, with the table. A panel with the attribute `data-report` is there, too, and with
 * `data-report="no"` it is not.
 */
export function composeReport(pages: readonly BakedPage[], style: string): string {
  const sorted = REPORTED.flatMap((path) => pages.find((page) => page.path === path) ?? []).map(readPage);
  const about = aboutOf(sorted);
  const known = new Map<string, string>();
  const chapters = sorted.flatMap((page) => chapterOf(page, known) ?? []);
  const sections = chapters.map(({ section }) => section);
  for (const section of sections) {
    for (const body of section.querySelectorAll("tbody")) shorten(body, MOST_ROWS, ELSEWHERE);
  }
  const report = (): string => wholePage(chapters, about, style);
  const isLight = (): boolean => Buffer.byteLength(report()) <= REPORT_LIMIT;
  if (!isLight()) for (const drawing of withClass(sections.flatMap(allWithin), "drawn-narrow")) drawing.remove();
  lighten(sections, ELSEWHERE, isLight);
  return report();
}

const readPage = ({ cells, ...page }: BakedPage): ReadPage => ({
  ...page,
  cells: cells.map((markup) => {
    const holder = document.createElement("div");
    holder.innerHTML = markup;
    return holder;
  }),
});

const dropAll = (root: Element, selector: string): void => {
  for (const node of root.querySelectorAll(selector)) node.remove();
};

interface Chapter {
  readonly id: string;
  readonly question: string;
  readonly headline: string;
  readonly section: HTMLElement;
}

/**
 * Nothing of a page that answers nothing.
 * @param known rows of tables that the report has already, with the title of the panel that they stand in
 */
function chapterOf({ path, html, cells }: ReadPage, known: Map<string, string>): Chapter | undefined {
  const elements = cells.flatMap(allWithin);
  const [answer] = withClass(elements, "answer");
  if (!answer) return undefined;
  const id = nameOf(path);
  const headline = answer.querySelector(".headline")?.textContent ?? "";
  const question = textOf(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? id);
  const section = make(
    "section",
    { class: "chapter", id },
    make("h2", {}, question),
    answer,
    ...withClass(elements, "cards"),
  );
  section.append(...withClass(elements, "panel").filter(isMain));
  answer.querySelector(".dateline")?.remove();
  for (const panel of withClass(allWithin(section), "panel")) printable(panel, id, known);
  dropAll(section, CONTROLS);
  for (const link of section.querySelectorAll("a")) link.replaceWith(...link.childNodes);
  return { id, question, headline, section };
}

function isMain(panel: HTMLElement): boolean {
  const wish = panel.dataset.report;
  return wish === undefined ? panel.querySelector(".drawing svg") !== null : wish !== "no";
}

/** Puts the table in the place of the evidence, words in that of lists to choose from, and the panel's headings below the chapter's. */
function printable(panel: Element, chapter: string, known: Map<string, string>): void {
  panel.querySelector(".evidence")?.replaceWith(...tableOf(panel, known));
  for (const choice of panel.querySelectorAll(".choice")) {
    const chosen = choice.querySelector("option[selected]")?.textContent;
    if (chosen)
      choice.replaceWith(make("p", { class: "chosen" }, `${choice.querySelector("label")?.textContent}: ${chosen}`));
  }
  dropAll(panel, "svg style");
  for (const heading of [...panel.querySelectorAll("h3, h2")]) {
    const lower = make(heading.localName === "h2" ? "h3" : "h4", {}, ...heading.childNodes);
    if (heading.id) lower.id = `${chapter}-${heading.id}`;
    heading.replaceWith(lower);
  }
  // Two pages may have panels of one name, which are no landmarks then.
  panel.removeAttribute("aria-labelledby");
}

function tableOf(panel: Element, known: Map<string, string>): HTMLElement[] {
  const table = panel.querySelector(".evidence .table-scroll");
  if (!table) return [];
  const rows = table.querySelector("tbody")?.innerHTML ?? "";
  const before = known.get(rows);
  if (before !== undefined) return [make("p", { class: "hint" }, `Its table stands above, under ${before}.`)];
  known.set(rows, panel.querySelector("h2")?.textContent ?? "");
  const summary = make("summary", {}, `Table: ${table.querySelector("caption")?.textContent}`);
  return [make("details", {}, summary, table)];
}

/** The style sheet of the report: that of the pages, and its own. */
export async function styleOf(dir: string, pages: readonly BakedPage[]): Promise<string> {
  const page = pages.find(({ path }) => path === REPORTED[0]);
  const href = STYLESHEET.exec(page?.html ?? "")?.[1];
  const own = await readFile(new URL("./report.css", import.meta.url), "utf8");
  const site = page && href ? await readFile(join(dir, dirname(page.path), href), "utf8") : "";
  return `${site}\n${own}`;
}

/** What the report is about, and where its numbers come from. */
type About = readonly [dateline: HTMLElement, provenance: Node | string];

function aboutOf(pages: readonly ReadPage[]): About {
  const first = (selector: string): Element | undefined =>
    pages.flatMap(({ cells }) => cells.flatMap((cell) => cell.querySelector(selector) ?? []))[0];
  const dateline = first(".dateline");
  if (dateline) dropAll(dateline, CONTROLS);
  const words = dateline?.textContent ?? "There is no campaign.";
  return [make("p", { class: "dateline" }, words), first(".provenance")?.cloneNode(true) ?? ""];
}

function wholePage(chapters: readonly Chapter[], [dateline, provenance]: About, style: string): string {
  const short = chapters.map(({ id, question, headline }) =>
    make("li", {}, make("a", { href: `#${id}` }, headline), make("span", {}, question)),
  );
  const main = make("main", { id: "observablehq-main", class: "observablehq" });
  main.append(make("h1", {}, "Report of the fleet's recovery"), dateline, make("ol", { class: "in-short" }, ...short));
  main.append(...chapters.map(({ section }) => section), provenance);
  return `<!DOCTYPE html>
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
${escaped(main.outerHTML)}
</div>
</body>
</html>
`;
}

function make(tag: string, attributes: Readonly<Record<string, string>>, ...content: (Node | string)[]): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}

function textOf(html: string): string {
  const node = document.createElement("div");
  node.innerHTML = html;
  return node.textContent ?? "";
}
