import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { type Look, overflow, settled, visit } from "../support/visit.ts";

const WIDE: Look = { width: 1280, scheme: "light" };
const LOOKS: readonly Look[] = [WIDE, { width: 1280, scheme: "dark" }, { width: 320, scheme: "dark" }];

let browser: Browser;
let server: PreviewServer;

beforeAll(async () => {
  const [opened, site] = await Promise.all([openBrowser(), builtSite(populated())]);
  browser = opened;
  server = await previewSite({ dir: site.dir, port: 0, base: "/a/b/" });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

const headings = (page: Page): Promise<string[]> =>
  page.$$eval("h2", (all) => all.map((heading) => heading.textContent ?? ""));
const MIDDLE_EAST = [
  "Middle East: stages",
  "Middle East: errors",
  "Middle East: models",
  "Middle East: versions before",
];

test.each(LOOKS)(
  "an address shows one region alone, at $width px, $scheme",
  async (look) => {
    const { page, complaints, close } = await visit(browser, `${server.url}regions.html?region=Middle%20East`, look);
    await page.getByRole("heading", { name: "Middle East: versions before" }).waitFor();
    expect((await headings(page)).slice(-4)).toEqual(MIDDLE_EAST);
    const text = (await page.textContent("main")) ?? "";
    expect(text).toMatch(/In Middle East \d+\.\d% of 8,000 devices failed, against \d+\.\d% of 32,000 in all others: /);
    expect(await page.getAttribute(".region-devices a", "href")).toBe("./triage.html?region=Middle%20East");
    expect(await page.$$eval(".region-devices .command", (all) => all.map((command) => command.textContent))).toEqual([
      "npm run triage -- list --region 'Middle East' --campaign spring-rollout",
      "npm run db -- psql -c \"SELECT device_id, model, last_stage, error_code, update_status FROM ota_logs WHERE region = 'Middle East' AND update_status <> 'Success' ORDER BY device_id\"",
    ]);
    expect(complaints).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    await close();
  },
  120_000,
);

test("the list, a table's name, the map and the heatmap lead to a region, and it to its devices in triage", async () => {
  const { page, complaints, close } = await visit(browser, `${server.url}regions.html`, WIDE);
  const shown = async (region: string): Promise<void> => {
    await page.getByRole("heading", { name: `${region}: stages` }).waitFor();
    expect(new URL(page.url()).searchParams.get("region")).toBe(region);
    expect(await page.inputValue("#choice-region")).toBe(region);
  };
  await page.focus("#choice-region");
  await page.keyboard.type("Eur");
  await page.keyboard.press("Enter");
  await shown("Europe");
  await page.locator("summary", { hasText: "Table" }).first().focus();
  await page.keyboard.press("Enter");
  await page.locator(".panel table a", { hasText: "North America" }).first().press("Enter");
  await shown("North America");
  const map = page.getByRole("img", { name: "Failure rate of each region on a map" });
  await map.locator("text", { hasText: "India" }).click();
  await shown("India");
  const cells = page.getByRole("img", { name: "Failure rate of each region at each stage" });
  const label = cells.locator("text", { hasText: "Middle East" });
  const [box, all] = [await label.boundingBox(), await cells.boundingBox()];
  await cells.click({ position: { x: (all?.width ?? 0) / 2, y: (box?.y ?? 0) + 8 - (all?.y ?? 0) } });
  await shown("Middle East");
  await page.click(".region-devices a");
  await settled(page);
  expect(await page.inputValue("#triage-region")).toBe("Middle East");
  expect(await page.textContent(".found")).toBe("180 devices of 900");
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test("a region that the reference does not place is named below the map", async () => {
  const { page, close } = await visit(browser, `${server.url}regions.html`, WIDE);
  expect(await page.textContent(".unplaced")).toBe("Not on the map: APAC.");
  await close();
}, 120_000);
