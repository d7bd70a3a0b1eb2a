import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import type { TriageItem } from "../../src/components/rows.ts";
import { openBrowser } from "../support/browser.ts";
import { copiedSite } from "../support/built-site.ts";
import { LONG_QUEUE, lengthenQueue } from "../support/long-queue.ts";
import type { SiteProject } from "../support/site-project.ts";
import { populated } from "../support/site-scenarios.ts";
import { type Visit, visit } from "../support/visit.ts";

/** Rows that the whole page may have. */
const MOST_ROWS = 200;

let browser: Browser;
let project: SiteProject;
let server: PreviewServer;
let queue: TriageItem[];
let opened: Visit;

beforeAll(async () => {
  [browser, project] = await Promise.all([openBrowser(), copiedSite(populated())]);
  queue = await lengthenQueue(project.dir);
  server = await previewSite({ dir: project.dir, port: 0 });
  opened = await visit(browser, `${server.url}triage.html`, { width: 1280, scheme: "light" });
}, 180_000);

afterAll(async () => {
  await opened?.close();
  await browser?.close();
  await server?.close();
  await project?.remove();
});

const byDevice = (a: TriageItem, b: TriageItem): number => (a.device_id < b.device_id ? -1 : 1);
const of = (severity: string): TriageItem[] => queue.filter((item) => item.severity === severity).sort(byDevice);

interface Seen {
  readonly found: string;
  /** Rows of all tables of the page, and of the queue as far as it is drawn: the place in it, and the device. */
  readonly all: number;
  readonly drawn: readonly (readonly [place: number, device: string])[];
}

const seen = (page: Page): Promise<Seen> =>
  page.evaluate(() => ({
    found: document.querySelector(".found")?.textContent ?? "",
    all: document.querySelectorAll("tr").length,
    drawn: [...document.querySelectorAll(".virtual tbody tr:not(.spacer)")].map(
      (row) =>
        [Number(row.getAttribute("aria-rowindex")) - 2, row.querySelectorAll("td")[1]?.textContent ?? ""] as const,
    ),
  }));

/** Holds what is drawn of the queue against what it is to be, and how much that is. */
async function holds(page: Page, rows: readonly TriageItem[], from = 0): Promise<void> {
  const { found, all, drawn } = await seen(page);
  const whole = (value: number): string => value.toLocaleString("en-US");
  expect(found).toBe(`${whole(rows.length)} devices${rows.length < LONG_QUEUE ? ` of ${whole(LONG_QUEUE)}` : ""}`);
  expect(all).toBeLessThanOrEqual(MOST_ROWS);
  expect(drawn.length).toBeGreaterThan(10);
  expect(drawn.map(([place]) => place)).toContain(from);
  expect(drawn).toEqual(drawn.map(([place]) => [place, rows[place]?.device_id]));
}

async function scrollTo(page: Page, place: number): Promise<void> {
  const top = place * 36;
  await page.locator(".virtual").evaluate((node, to) => node.scrollTo(0, to), top);
  await page.waitForFunction(
    (row) => document.querySelector(`.virtual tr[aria-rowindex="${row}"]`) !== null,
    place + 2,
  );
}

test("of 100,000 devices a few rows are in the page, the right ones at every place, and the keys go on from there", async () => {
  const { page } = opened;
  const worst = [...of("critical"), ...of("warning")];
  await holds(page, worst);
  for (const place of [50_000, LONG_QUEUE - 1]) {
    await scrollTo(page, place);
    await holds(page, worst, place);
  }
  await page.locator(".virtual tbody tr:not(.spacer)").last().click();
  for (const key of ["k", "k", "j"]) await page.keyboard.press(key);
  await holds(page, worst, LONG_QUEUE - 2);
  expect(await page.textContent(".detail .command")).toContain(worst[LONG_QUEUE - 2]?.device_id);
}, 120_000);

test("every filter leaves what it names, several together, and every order is right", async () => {
  const { page, complaints } = opened;
  await page.selectOption("#triage-region", "India");
  const india = [...of("critical"), ...of("warning")].filter(({ region }) => region === "India");
  await holds(page, india);
  await page.fill("#triage-search", "sn-200 err_sensor");
  const dumb = india.filter(({ model, raw }) => model === "SN-200" && raw === "ERR_SENSOR");
  await holds(page, dumb);
  await page.locator("th:nth-child(2) button").click();
  await holds(page, dumb);
  await page.locator("th:nth-child(2) button").click();
  await holds(page, [...dumb].reverse());
  await page.selectOption("#triage-region", "");
  await page.fill("#triage-search", "");
  await holds(page, [...queue].sort(byDevice).reverse());
  await page.locator("th:nth-child(5) button").click();
  const byRule = [...queue].sort((a, b) => (a.rule_id === b.rule_id ? byDevice(a, b) : a.rule_id < b.rule_id ? -1 : 1));
  await holds(page, byRule);
  await page.selectOption("#triage-severity", "warning");
  await page.selectOption("#triage-proposal", "no");
  await holds(page, of("warning"));
  await page.fill("#triage-search", "nothing has this");
  expect(await seen(page)).toMatchObject({ found: `0 devices of ${LONG_QUEUE.toLocaleString("en-US")}`, drawn: [] });
  expect(complaints).toEqual([]);
}, 120_000);
