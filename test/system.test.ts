import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { notebooks } from "../pipelines/site/notebooks.ts";
import { type PreviewServer, previewSite } from "../pipelines/site/preview.ts";
import { openBrowser } from "./support/browser.ts";
import { freshCheckout, shell } from "./support/checkout.ts";
import type { TemporaryProject } from "./support/project.ts";
import { overflow, visit } from "./support/visit.ts";

const PAGES = [
  ...["index", "regions", "bottlenecks", "errors", "recovery", "policy", "data-quality", "roi", "triage", "validation"],
  ...notebooks().map(({ path }) => path.slice(1)),
];
const DEVICES = 4_000;

interface Event {
  readonly event: string;
  readonly [field: string]: unknown;
}

let checkout: TemporaryProject;
let events: Event[];
let browser: Browser;
let server: PreviewServer;

beforeAll(async () => {
  checkout = freshCheckout();
  const { code, output } = await shell(`npm run -s pipeline -- --devices ${DEVICES} --json`, checkout.root);
  expect(code, output).toBe(0);
  events = output.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Event] : []));
  browser = await openBrowser();
  server = await previewSite({ dir: join(checkout.root, "dist"), port: 0 });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await checkout?.remove();
});

it("the site of a real campaign shows what PostgreSQL holds", async () => {
  const statuses = new Map(
    events.filter(({ event }) => event === "status").map((row) => [row.update_status, row.devices]),
  );
  expect([...statuses.values()].reduce((sum: number, devices) => sum + Number(devices), 0)).toBe(DEVICES);
  const { page, close } = await visit(browser, `${server.url}index.html`, { width: 1280, scheme: "light" });
  await page.locator("summary", { hasText: "Table" }).first().click();
  const shown = await page.locator(".panel table").first().locator("tbody tr").allInnerTexts();
  for (const [status, devices] of statuses) {
    const row = shown.find((text) => text.startsWith(String(status)));
    expect(row?.split("\t")[1]?.replaceAll(",", "")).toBe(String(devices));
  }
  await close();
});

it.each(PAGES)("page %s of a real campaign has no error, no outside request, no empty chart", async (name) => {
  const { page, complaints, close } = await visit(browser, `${server.url}${name}.html`, { width: 390, scheme: "dark" });
  expect(complaints).toEqual([]);
  const marks = await page.$$eval(".drawing svg", (all) =>
    all.map((svg) => svg.querySelectorAll("rect, circle, path, line, use").length),
  );
  expect(marks.filter((count) => count < 2)).toEqual([]);
  expect(await page.locator(".panel").count()).toBeGreaterThan(0);
  expect(await overflow(page)).toBe(0);
  await close();
});

it("every promise of a real campaign is proved on its page", async () => {
  const checks = events.filter(({ event }) => event === "check");
  const { page, close } = await visit(browser, `${server.url}validation.html`, { width: 1280, scheme: "light" });
  const text = (await page.textContent("main")) ?? "";
  for (const { promise, passed } of checks) {
    expect(passed).toBe(true);
    expect(text).toContain(String(promise));
  }
  expect(checks.length).toBeGreaterThan(13);
  await close();
});
