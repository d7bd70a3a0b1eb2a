import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parsePolicy } from "../../pipelines/domain/policy.ts";
import { parseAssumptions } from "../../pipelines/domain/roi.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { overflow, settled, visit } from "../support/visit.ts";

const LOOK = { width: 1280, scheme: "light" } as const;
const PHONE = { width: 320, scheme: "dark" } as const;
let server: PreviewServer;
let browser: Browser;

beforeAll(async () => {
  const [opened, site] = await Promise.all([openBrowser(), builtSite(populated())]);
  browser = opened;
  server = await previewSite({ dir: site.dir, port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const headline = (page: Page): Promise<string | null> => page.textContent(".headline");

/** What a button saves, as text. */
async function saved(page: Page): Promise<{ name: string; text: string }> {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("button.save")]);
  return { name: download.suggestedFilename(), text: await readFile((await download.path()) ?? "", "utf8") };
}

test("a line that the keyboard moves is told of first, kept in the address, and saved as a policy", async () => {
  const { page, complaints, close } = await visit(browser, `${server.url}policy.html`, LOOK);
  await page.focus('[id="knob-battery_above_12_5.0"]');
  for (let turn = 0; turn < 2; turn++) await page.keyboard.press("ArrowLeft");
  await page.waitForFunction(() =>
    document.querySelector(".headline")?.textContent?.startsWith("With the line at 12.4 V"),
  );
  expect(await headline(page)).toBe(
    "With the line at 12.4 V, 2,630 devices are retried at once instead of rolled back.",
  );
  expect(page.url()).toContain("battery_above_12_5.0=12.4");
  expect(await page.$$eval(".drawing svg", (all) => all.length)).toBe(3);
  await page.reload();
  await settled(page);
  expect(await headline(page)).toContain("With the line at 12.4 V, 2,630 devices");
  const { name, text } = await saved(page);
  expect(name).toBe("what-if.json");
  const policy = parsePolicy(JSON.parse(text));
  expect(policy.rules[0]?.test).toEqual({ kind: "above", value: 12.4 });
  expect(await violations(page)).toEqual([]);
  await page.click("button.reset");
  await page.waitForFunction(() => document.querySelector(".headline")?.textContent?.startsWith("By policy"));
  expect(page.url()).not.toContain("battery");
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test("an assumption that is moved changes the totals, is kept in the address, and saved with what it was", async () => {
  const { page, complaints, close } = await visit(browser, `${server.url}roi.html`, LOOK);
  const before = await headline(page);
  expect(before).toMatch(
    /^Between −?USD [\d,.]+ and USD [\d,.]+, USD [\d,.]+ in the middle: 14 of 17 assumptions have no source\.$/,
  );
  await page.focus("#roi-truck_cost");
  await page.keyboard.press("End");
  await page.waitForFunction((former) => document.querySelector(".headline")?.textContent !== former, before);
  expect(page.url()).toContain("truck_cost=1000");
  expect(await page.$$eval(".figure dt", (all) => all.map((term) => term.textContent))).toEqual([
    "Low",
    "As chosen",
    "High",
  ]);
  await page.reload();
  await settled(page);
  expect(await headline(page)).not.toBe(before);
  const { name, text } = await saved(page);
  expect(name).toBe("ours.json");
  const truck = parseAssumptions(JSON.parse(text)).assumptions.find(({ id }) => id === "truck_cost");
  expect(truck).toMatchObject({ low: 150, mid: 1000, high: 1000 });
  expect(truck?.note).toContain("The middle was 375.");
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test.each(["policy.html?battery_above_12_5.0=11", "roi.html?truck_cost=1000"])(
  "the smallest phone shows %s whole",
  async (path) => {
    const { page, complaints, close } = await visit(browser, server.url + path, PHONE);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  },
  120_000,
);
