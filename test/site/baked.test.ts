import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesUnder } from "../../pipelines/site/built-pages.ts";
import { NAVIGATION, TOOLS } from "../../pipelines/site/navigation.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { weighPages } from "../../pipelines/site/weight.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { type Look, type Opened, open as openPage, overflow, settled } from "../support/visit.ts";

const PAGES = NAVIGATION.map(({ path }) => path.slice(1));
const WIDTHS = [320, 1280];
const KIB = 1024;

/** Keeps every shift of the layout, also those that somebody's click excuses. */
const KEEP_SHIFTS = `(() => {
  window.shifts = [];
  new PerformanceObserver((list) => window.shifts.push(...list.getEntries().map(({ value, sources }) =>
    value + ": " + sources.map(({ node }) => node?.outerHTML?.slice(0, 80)).join(" | "))))
    .observe({ type: "layout-shift", buffered: true });
})()`;

/** How often a panel that is there has nothing drawn in it. While the page still comes in pieces, the rest of a panel may be on its way. */
const WATCH_DRAWINGS = `(() => {
  window.emptied = 0;
  const look = () => {
    const drawings = [...document.querySelectorAll(".drawing")];
    window.emptied += drawings.filter((drawing) => drawing.getBoundingClientRect().height < 10).length;
    requestAnimationFrame(look);
  };
  addEventListener("DOMContentLoaded", look);
})()`;

const IS_ASLEEP = `document.querySelector("template#asleep") !== null`;

let browser: Browser;
let server: PreviewServer;
let dir: string;

beforeAll(async () => {
  const [opened, site] = await Promise.all([openBrowser(), builtSite(populated())]);
  browser = opened;
  dir = site.dir;
  server = await previewSite({ dir, port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** Opens a page of the site, or an address, and waits until it asks for nothing more. */
async function open(name: string, { script = "", ...look }: Partial<Look> & { script?: string } = {}): Promise<Opened> {
  const url = name.includes(":") ? name : `${server.url}${name}`;
  const opened = await openPage(browser, url, { width: 1280, scheme: "light", ...look }, async (page) => {
    if (script) await page.addInitScript(script);
  });
  await opened.page.waitForLoadState("networkidle");
  return opened;
}

const seen = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).filter({ visible: true }).count();

describe.each(PAGES)("%s", (name) => {
  test.concurrent.each(WIDTHS)(
    "shows without scripts at %i px what it shows with them",
    async (width) => {
      const without = await open(`${name}.html`, { width, scripts: false });
      const parts = [
        ".headline",
        ".figure",
        ".drawing svg[role=img]",
        ".virtual tr",
        ".invariants li",
        ".provenance dd",
      ];
      const count = async (page: Page): Promise<number[]> => Promise.all(parts.map((part) => seen(page, part)));
      const baked = await count(without.page);
      const tables = await without.page.locator(".evidence tbody tr").allInnerTexts();
      expect(await without.page.locator(".no-script").innerText()).toContain("allow it to run scripts");
      expect(await overflow(without.page).catch(() => 0)).toBe(0);
      const live = await open(`${name}.html`, { width });
      await settled(live.page);
      const [headline, figures, drawings, rows, ...rest] = await count(live.page);
      expect(baked).toEqual([headline, figures, drawings, baked[3], ...rest]);
      expect(Math.min(baked[3] ?? 0, 30)).toBe(Math.min(rows ?? 0, 30));
      expect(await live.page.locator(".evidence tbody tr").allInnerTexts()).toEqual(tables);
      expect([...without.complaints, ...live.complaints]).toEqual([]);
      for (const { close } of [without, live]) await close();
    },
    120_000,
  );

  test.concurrent("asks for little and runs nothing until somebody does something, and is light", async () => {
    const { page, urls, complaints, close } = await open(`${name}.html`);
    expect(urls.length).toBeLessThanOrEqual(8);
    expect(urls.filter((url) => url.endsWith(".js"))).toEqual([]);
    const bodies = await Promise.all(urls.filter((url) => !url.startsWith("data:")).map((url) => fetch(url)));
    const weights = await Promise.all(
      bodies.map(async (body) => gzipSync(Buffer.from(await body.arrayBuffer())).length),
    );
    expect(weights.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(60 * KIB);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(IS_ASLEEP)).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  test.concurrent.each([390, 1280])(
    "does not move, nor is empty for a moment, when it wakes at %i px",
    async (width) => {
      const script = `${KEEP_SHIFTS};${WATCH_DRAWINGS}`;
      const { page, complaints, close } = await open(`${name}.html`, { width, script });
      const height = await page.evaluate("document.documentElement.scrollHeight");
      await settled(page);
      await page.waitForTimeout(300);
      expect(await page.evaluate("window.shifts")).toEqual([]);
      expect(await page.evaluate("window.emptied")).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollHeight")).toBe(height);
      expect(complaints).toEqual([]);
      await close();
    },
    120_000,
  );
});

test.each([390, 768, 1280])(
  "a page whose first piece ends within its navigation does not move at %i px",
  async (width) => {
    const inPieces = createServer(async (request, response) => {
      const name = request.url?.slice(1) ?? "";
      const answer = await fetch(`${server.url}${name}`);
      const body = Buffer.from(await answer.arrayBuffer());
      response.setHeader("content-type", answer.headers.get("content-type") ?? "");
      const cut = body.indexOf("</li>", body.indexOf('<nav aria-label="Pages"'));
      if (name.endsWith(".html")) {
        response.write(body.subarray(0, cut));
        await pause(500);
      }
      response.end(name.endsWith(".html") ? body.subarray(cut) : body);
    });
    await new Promise<void>((listening) => inPieces.listen(0, "127.0.0.1", listening));
    try {
      const { port } = inPieces.address() as AddressInfo;
      const { page, close } = await open(`http://127.0.0.1:${port}/downloads.html`, { width, script: KEEP_SHIFTS });
      expect(await page.locator("nav[aria-label=Pages] a").count()).toBeGreaterThan(5);
      expect(await page.evaluate("window.shifts")).toEqual([]);
      await close();
    } finally {
      inPieces.close();
    }
  },
);

describe("a sleeping page wakes", () => {
  const awake = (page: Page): Promise<unknown> => page.waitForFunction(`!(${IS_ASLEEP})`);

  test.each([
    ["a key", (page: Page) => page.keyboard.press("Tab")],
    ["the pointer", (page: Page) => page.mouse.click(300, 300)],
    ["the focus that a reader moves", (page: Page) => page.locator("summary").first().focus()],
  ])(
    "by %s",
    async (_, act) => {
      const { page, complaints, close } = await open("regions.html");
      await act(page);
      await awake(page);
      await settled(page);
      expect(await seen(page, ".drawing svg[role=img]")).toBe(3);
      expect(complaints).toEqual([]);
      await close();
    },
    120_000,
  );

  test("not by a pointer that rests", async () => {
    const { page, close } = await open("regions.html");
    await page.mouse.move(300, 300);
    await page.reload({ waitUntil: "networkidle" });
    expect(await page.evaluate(IS_ASLEEP)).toBe(true);
    await close();
  }, 120_000);

  test("by what its address asks for, and does not by a place that it has", async () => {
    const asked = await open("bottlenecks.html?stage=INSTALLING");
    await awake(asked.page);
    await asked.page.waitForFunction(`document.querySelector("#choice-stage").value === "INSTALLING"`);
    await settled(asked.page);
    expect(await asked.page.getAttribute(".drawing svg", "aria-label")).toContain("Installing");
    await asked.close();
    const place = await open("bottlenecks.html#how-sure-the-ranking-is");
    expect(await place.page.evaluate(IS_ASLEEP)).toBe(true);
    expect(await place.page.evaluate("window.scrollY")).toBeGreaterThan(0);
    await place.close();
  }, 120_000);

  test("with the first click on a row or a button, the first choice, the first word and what was opened", async () => {
    const { page, complaints, close } = await open("triage.html");
    const click = (selector: string): Promise<void> => page.locator(selector).first().dispatchEvent("click");
    await click(".virtual tbody tr:not(.spacer)");
    await settled(page);
    expect(await page.textContent(".detail .command")).toContain("npm run triage -- show DEV-");

    await page.reload({ waitUntil: "networkidle" });
    await click("th:nth-child(2) button");
    await settled(page);
    expect(await page.getAttribute("th:nth-child(2)", "aria-sort")).toBe("ascending");

    await page.reload({ waitUntil: "networkidle" });
    await page.locator("#triage-search").pressSequentially("e");
    await page.keyboard.type("rr_sensor", { delay: 30 });
    await settled(page);
    expect(await page.inputValue("#triage-search")).toBe("err_sensor");
    expect(await page.textContent(".found")).toBe("150 devices of 900");

    await page.goto(`${server.url}triage.html`, { waitUntil: "networkidle" });
    await page.locator(".evidence summary").first().click();
    await page.selectOption("#triage-severity", "warning");
    await settled(page);
    expect(await page.inputValue("#triage-severity")).toBe("warning");
    expect(page.url()).toContain("severity=warning");
    expect(await page.locator(".evidence details").first().getAttribute("open")).toBe("");
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  test("and keeps a list that is open until something was chosen in it", async () => {
    const { page, close } = await open("bottlenecks.html");
    await page.focus("#choice-stage");
    await page.waitForTimeout(300);
    expect(await page.evaluate(IS_ASLEEP)).toBe(true);
    await page.selectOption("#choice-stage", "INSTALLING");
    await settled(page);
    await page.waitForFunction(
      `document.querySelector(".drawing svg").getAttribute("aria-label").includes("Installing")`,
    );
    expect(page.url()).toContain("stage=INSTALLING");
    await close();
  }, 120_000);
});

test("a page opened as a file shows what it held", async () => {
  const { page, close } = await open(pathToFileURL(join(dir, "regions.html")).href);
  await page.mouse.click(300, 300);
  await page.waitForTimeout(300);
  expect(await seen(page, ".drawing svg[role=img]")).toBe(3);
  await close();
}, 120_000);

test("the pages that come with Sentinel take 2 MiB without their data and the SQL engine", async () => {
  const others = (await filesUnder(dir)).filter(
    (file) => !/\.html$|\/_file\/|\/data\/marts\/|\/_npm\/@duckdb\//.test(file.slice(dir.length)),
  );
  const sizes = await Promise.all(others.map(async (file) => (await stat(file)).size));
  const all = [...sizes, ...Object.values(await weighPages(dir))].reduce((sum, bytes) => sum + bytes, 0);
  expect(all).toBeGreaterThan(200 * KIB);
  expect(all).toBeLessThanOrEqual(2048 * KIB);
});

describe("the report", () => {
  const file = (): string => join(dir, "report.html");

  test("is one file without a script and within its limit, and the Overview links to it", async () => {
    const html = await readFile(file(), "utf8");
    expect((await stat(file())).size).toBeLessThanOrEqual(300 * KIB);
    expect(html).not.toMatch(/<script|<link rel="(?!icon)|<(button|input|select|iframe)\b|\son\w+=|_file\/|your-site/);
    const { page, close } = await open("index.html");
    await page.click("text=The whole report as one file");
    expect(page.url()).toBe(`${server.url}report.html`);
    await close();
  });

  test.each([
    ["light", 1280],
    ["dark", 390],
    ["light", 320],
  ] as const)(
    "has every answer, chart and table, from a file: %s, %i px",
    async (scheme, width) => {
      const { href } = pathToFileURL(file());
      const { page, urls, close } = await open(href, { width, scheme });
      expect(urls.filter((url) => !url.startsWith("data:"))).toEqual([href]);
      const headlines = await page.locator(".chapter .headline").allInnerTexts();
      expect(headlines).toHaveLength(PAGES.length - TOOLS.size);
      expect(await page.locator(".in-short a").allInnerTexts()).toEqual(headlines);
      expect(await seen(page, ".drawing svg[role=img]")).toBe(35);
      expect(await page.locator(".panel details table").count()).toBeGreaterThan(10);
      expect(await page.textContent(".provenance")).toContain("spring-rollout");
      expect(await overflow(page)).toBe(0);
      expect(await violations(page)).toEqual([]);
      await close();
    },
    120_000,
  );

  test("is served under a policy that lets its style through", async () => {
    const { page, complaints, close } = await open("report.html");
    expect(complaints).toEqual([]);
    expect(await page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize")).toBe("32px");
    await close();
  });
});
