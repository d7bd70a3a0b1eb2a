import { beforeAll, expect, test } from "vitest";
import { REPORT_LIMIT } from "../budget.ts";
import { type Chapter, chapterOf } from "./chapter.ts";
import { parsed } from "./find.ts";
import { composeReport } from "./report.ts";
import { openWindow } from "./window.ts";

const ANSWER = `<div class="answer"><p class="headline">So it is.</p><p class="dateline">Spring · as of noon<span class="in-site"> · <a href="./runs.html">compare runs</a></span></p></div>`;

const drawing = (bytes: number): string =>
  `<div class="drawing"><div><div class="drawn-narrow"><svg></svg></div><div class="drawn-paper"><svg><path d="${"M0,0".repeat(bytes / 4)}"></path></svg></div></div></div>`;

const table = (rows: number, bytes: number): string =>
  `<div class="evidence"><div class="table-scroll"><table><caption>Rows</caption><tbody>${`<tr><td>${"x".repeat(bytes / rows)}</td></tr>`.repeat(rows)}</tbody></table></div></div>`;

const panel = (title: string, content: string): string =>
  `<section class="panel"><h2 id="${title}">${title}</h2>${content}</section>`;

const page = (path: string, ...panels: readonly string[]): Chapter =>
  chapterOf(path, `<h1>${path}?</h1>`, [ANSWER, ...panels].map(parsed));

const read = (chapters: readonly Chapter[]): { html: string; main: HTMLElement } => {
  const html = composeReport(chapters, "");
  const main = document.createElement("div");
  main.innerHTML = html.slice(html.indexOf("<main"));
  return { html, main };
};

beforeAll(() => void openWindow(import.meta.dirname));

test("its dateline has no word of a link that the report does not have", () => {
  const { main } = read([page("index.html", panel("A", drawing(400)))]);
  expect(main.querySelector(".dateline")?.textContent).toBe("Spring · as of noon");
  expect(main.textContent).not.toContain("compare runs");
});

test("too large, it loses drawings for phones and rows of tables, and keeps the largest drawing", () => {
  const { html, main } = read([
    page("index.html", panel("A", drawing(20_000) + table(40, 40_000))),
    page("regions.html", panel("B", drawing(120_000)), panel("C", table(39, 39_000) + drawing(100_000))),
  ]);
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(REPORT_LIMIT);
  expect(main.querySelectorAll(".drawing svg")).toHaveLength(3);
  expect(main.querySelectorAll("tbody tr").length).toBe(15 + 39);
  expect(main.querySelector("tfoot")?.textContent).toBe("25 more rows are in the site.");
});

test("too large even then, it loses its largest drawing, and says where that is", () => {
  const { html, main } = read([
    page("index.html", panel("A", drawing(180_000))),
    page("regions.html", panel("B", drawing(160_000) + table(40, 40_000))),
  ]);
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(REPORT_LIMIT);
  expect(main.querySelectorAll(".drawing svg")).toHaveLength(1);
  expect(main.querySelector("#index .drawing")?.textContent).toContain("too large for this file. It is in the site.");
});

test("its policy counts, too", () => {
  const spare = REPORT_LIMIT - Buffer.byteLength(read([page("index.html", panel("A", drawing(400)))]).html);
  const { html } = read([page("index.html", panel("A", drawing(400 + spare + 200)))]);
  expect(html).toContain("content-security-policy");
  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(REPORT_LIMIT);
});

test("a chapter that was kept reads as the one that was just made", () => {
  const chapters = (): Chapter[] => [
    page("index.html", panel("A", drawing(400) + table(3, 30))),
    page("regions.html", panel("B", drawing(400) + table(3, 30)), panel("C", table(50, 500) + drawing(40))),
  ];
  const kept = JSON.parse(JSON.stringify(chapters())) as Chapter[];
  expect(composeReport(kept, "")).toBe(composeReport(chapters(), ""));
});

test("a table that stands in it already is not there again", () => {
  const { main } = read([
    page("index.html", panel("A", drawing(400) + table(3, 30))),
    page("regions.html", panel("B", drawing(400) + table(3, 30)), panel("C", drawing(40) + table(2, 30))),
  ]);
  expect([...main.querySelectorAll("caption")].map((caption) => caption.closest("section.panel")?.textContent)).toEqual(
    [expect.stringMatching(/^A/), expect.stringMatching(/^C/)],
  );
  expect(main.querySelector("#regions .panel .hint")?.textContent).toBe("Its table stands above, under A.");
});

test("it has no drawing for wide screens, no control and no link, and says what was chosen", () => {
  const choice = `<div class="choice"><label>Region</label><select><option>Spain</option><option selected>India</option></select></div>`;
  const wide = `<div class="drawing"><div class="drawn-paper"><svg><style>a</style></svg></div><div class="drawn-wide"><svg></svg></div></div>`;
  const { main } = read([page("index.html", panel("A", `${choice}${wide}<a href="#x">there <b>now</b></a>`))]);
  expect(main.querySelectorAll("svg")).toHaveLength(1);
  expect(main.querySelectorAll(".panel a, select, style, .choice")).toHaveLength(0);
  expect(main.querySelector(".panel")?.textContent).toBe("ARegion: Indiathere now");
});
