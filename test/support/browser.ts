import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** A headless Chromium out of the installed packages, with a profile of its own. It needs no system package and no sandbox. */
export async function openBrowser(): Promise<Browser> {
  const home = await mkdtemp(join(tmpdir(), "sentinel-chromium-"));
  const browser = await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: [...chromium.args.filter((arg) => !arg.startsWith("--single-process")), "--no-sandbox", "--hide-scrollbars"],
    headless: true,
    env: { ...process.env, HOME: home },
  });
  browser.on("disconnected", () => void rm(home, { recursive: true, force: true }));
  return browser;
}
