import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { visit } from "../support/visit.ts";

let browser: Browser;
let server: PreviewServer;

beforeAll(async () => {
  const [opened, site] = await Promise.all([openBrowser(), builtSite(populated())]);
  browser = opened;
  server = await previewSite({ dir: site.dir, port: 0 });
}, 180_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Keeps what the focus comes to, and what of it does not show that it has it. */
const FOLLOW = `(() => {
  window.reached = new Set();
  window.unseen = [];
  addEventListener("focusin", ({ target }) => {
    reached.add(target);
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(target);
    if ((outlineStyle === "none" || outlineWidth === "0px") && boxShadow === "none") unseen.push(target.outerHTML.slice(0, 120));
  });
})()`;

/** What a hand can use. Of a group of radio buttons the Tab key comes to one, and arrows to the others. */
const CONTROLS = `[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((node) =>
  node.checkVisibility({ visibilityProperty: true }) && !node.disabled && node.tabIndex >= 0 && !(node.type === "radio" && !node.checked))`;

test.each(NAVIGATION.map(({ path }) => path.slice(1)))(
  "on %s the Tab key comes to everything that a hand can use, goes on from there, and shows where it is",
  async (name) => {
    const { page, complaints, close } = await visit(browser, `${server.url}${name}.html`, {
      width: 1280,
      scheme: "light",
    });
    const tables = page.locator("summary");
    const opened = Math.min(1, await tables.count());
    if (opened > 0) await tables.first().press("Enter");
    await page.evaluate(FOLLOW);
    const controls = (await page.evaluate(`${CONTROLS}.length`)) as number;
    for (let turn = 0; turn < controls + 2; turn++) await page.keyboard.press("Tab");
    const missed = await page.evaluate(
      `${CONTROLS}.filter((node) => !reached.has(node)).map((node) => node.outerHTML.slice(0, 120))`,
    );
    expect(missed).toEqual([]);
    expect(await page.evaluate("[...new Set(unseen)]")).toEqual([]);
    expect(await page.locator("details[open]").count()).toBeGreaterThanOrEqual(opened);
    expect(complaints).toEqual([]);
    await close();
  },
  120_000,
);
