import type { Page } from "playwright-core";

/** What a page shows of one figure: rows of texts, as they stand there. */
export type Shown = readonly (readonly string[])[];

/** Reads a figure off a page that is awake. */
export type Reader = (page: Page) => Promise<Shown>;

const NUMBER = /[<>]?[+−]?\d[\d,]*(?:\.\d+)?%?/g;

/** The numbers of a text, in their order; `most` where those that follow are not the campaign's. */
export const numbersOf =
  (selector: string, most = Number.POSITIVE_INFINITY): Reader =>
  async (page) => {
    const text = await page.$eval(selector, (node) =>
      [...node.childNodes].map((part) => (part.nodeName === "STRONG" ? "" : part.textContent)).join(""),
    );
    return [(text.match(NUMBER) ?? []).slice(0, most)];
  };

/** The cards at the head of a page: label, value, and what it is a part of, if that is a figure, too. */
export const cards =
  (parts: 2 | 3 = 3): Reader =>
  (page) =>
    page.$$eval(
      ".cards > div",
      (all, count) => all.map((card) => [...card.children].slice(0, count).map((part) => part.textContent ?? "")),
      parts,
    );

/** The table under a panel's chart: of each row the cells below these headings, which stand in this order. */
export const table =
  (panel: string, headings: readonly string[]): Reader =>
  async (page) => {
    const [head = [], ...rows] = await page
      .locator("section.panel", { has: page.getByRole("heading", { name: panel, exact: true }) })
      .locator(".evidence table tr")
      .evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));
    const columns: number[] = [];
    for (const heading of headings) columns.push(head.indexOf(heading, (columns.at(-1) ?? -1) + 1));
    if (columns.includes(-1)) throw new Error(`${panel} has the columns ${head.join(", ")}`);
    return rows.map((row) => columns.map((at) => row[at] ?? ""));
  };
