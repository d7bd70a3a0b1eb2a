import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { open } from "../support/visit.ts";

/** Pixels of a sheet without margins of 15 mm: the width of A4, and the height of Letter, which is the lower. */
const SHEET = { width: 680, height: 942 };

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

test.each([...NAVIGATION.map(({ path }) => path.slice(1)), "report"])(
  "%s on paper has no drawing that a sheet's end could split, nor one that is cut at its side",
  async (name) => {
    const { page, close } = await open(browser, `${server.url}${name}.html`, { width: SHEET.width, scheme: "dark" });
    await page.emulateMedia({ media: "print" });
    const drawings = await page.locator(".drawing svg[role=img]").filter({ visible: true }).all();
    for (const drawing of drawings) {
      const { label, ...kept } = await drawing.evaluate((node) => {
        const { breakInside, display } = getComputedStyle(node);
        return { label: node.getAttribute("aria-label") ?? "", breakInside, display };
      });
      expect(kept, label).toEqual({ breakInside: "avoid", display: "block" });
      const box = await drawing.boundingBox();
      expect(box?.height, label).toBeLessThanOrEqual(SHEET.height);
      expect((box?.x ?? 0) + (box?.width ?? 0), label).toBeLessThanOrEqual(SHEET.width);
    }
    if (name === "report") expect(drawings.length).toBeGreaterThan(30);
    await close();
  },
  60_000,
);
