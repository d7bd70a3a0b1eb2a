import { existsSync } from "node:fs";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, chromium as playwright } from "playwright-core";

/** Containers often have no user namespaces and no GPU; the pages are ours. Web security stays on. */
const ARGS = ["--no-sandbox", "--no-zygote", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"];

/** A headless Chromium out of the installed packages, with a profile of its own. It needs no system package and no sandbox. */
export async function openBrowser(): Promise<Browser> {
  const folder = await unpacked();
  const home = await mkdtemp(join(tmpdir(), "sentinel-browser-"));
  const fonts = existsSync("/etc/fonts") ? {} : { FONTCONFIG_PATH: join(folder, "fonts") };
  const browser = await playwright.launch({
    executablePath: join(folder, "chromium"),
    args: ARGS,
    headless: true,
    env: { ...process.env, HOME: home, ...fonts },
  });
  browser.on("disconnected", () => void rm(home, { recursive: true, force: true }));
  return browser;
}

/** Unpacks the browser once a user; a rename at the end, so that no other process starts one that is half unpacked. */
async function unpacked(): Promise<string> {
  const folder = join(tmpdir(), `sentinel-chromium-143.0.4-${userInfo().username}`);
  if (existsSync(folder)) return folder;
  const mine = await mkdtemp(`${folder}-`);
  const former = process.env.TMPDIR;
  process.env.TMPDIR = mine;
  try {
    await chromium.executablePath();
  } finally {
    if (former === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = former;
  }
  await rename(mine, folder).catch(() => rm(mine, { recursive: true, force: true }));
  return folder;
}
