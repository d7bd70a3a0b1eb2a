import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { violations } from "../support/accessibility.ts";
import { type Look, open, overflow, settled } from "../support/visit.ts";
import { felt, observe } from "./observe.ts";
import type { Costs } from "./targets.ts";

/** How long a page that has loaded is left alone: whatever it still wants to do, it has begun by then. */
const QUIET_MS = 700;

/** Opens a page as on a slow phone, leaves it alone, then does something in it, and keeps what was measured. */
export async function measure(browser: Browser, url: string, look: Look): Promise<Partial<Costs>> {
  const { page, complaints, bodies, close } = await open(browser, url, look, observe);
  try {
    await page.waitForTimeout(QUIET_MS);
    const loaded = await Promise.all([...bodies]);
    const { lcpMs, tbtMs } = await felt(page);
    const before = { findings: await violations(page), overflow: await overflow(page) };
    await settled(page);
    await touchAll(page);
    const { cls, inpMs } = await felt(page);
    return {
      ...{ lcpMs, tbtMs, cls, inpMs, complaints },
      gzippedBytes: loaded.reduce((sum, body) => sum + gzipSync(body).length, 0),
      requests: loaded.length,
      findings: [...before.findings, ...(await violations(page))],
      overflow: Math.max(before.overflow, await overflow(page)),
    };
  } finally {
    await close();
  }
}

/** Things of each kind that somebody would do first: open the evidence, go on by the keyboard. */
const MOST_TOUCHED = 3;

async function touchAll(page: Page): Promise<void> {
  const places = await page.locator("main summary:visible, main label.choice:visible").all();
  for (const place of places.slice(0, MOST_TOUCHED)) await place.click();
  for (let nth = 0; nth < MOST_TOUCHED; nth++) await page.keyboard.press("Tab");
  await page.waitForTimeout(QUIET_MS);
}
