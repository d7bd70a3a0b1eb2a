import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MARTS } from "../../loaders/mart.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { type Look, overflow, settled, visit } from "../support/visit.ts";

const LOOKS: readonly Look[] = [
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
];

const ROWS = Object.values(populated()).reduce((sum, rows) => sum + rows.length, 0);

/** Page, words of its first line, and how many charts it has. */
const PAGES = [
  ["index", "97.8% of 40,000 devices updated or were recovered; 900 wait for a person.", 2],
  ["regions", "India fails 9.5 points more often than the rest of the fleet, beyond noise.", 3],
  ["bottlenecks", "Downloading is the bottleneck, and India is worst there, beyond noise.", 11],
  ["errors", "connection_lost broke most: 40.0% of 13,695 failed devices.", 5],
  ["recovery", "12,795 of 13,695 half-updated devices were recovered in 630 ms.", 4],
  [
    "policy",
    "By policy default, of 13,695 devices that failed 7,231 are retried at once, 5,917 are rolled back and 547 are held for a person.",
    2,
  ],
  ["roi", "Between −USD 18,400 and USD 2,870,000, USD 292,000 in the middle: 14 of 17 assumptions have no source.", 2],
  ["data-quality", "Mostly: 6 of 614 injected faults were missed.", 5],
  ["triage", "900 devices need a decision; for 150 of them rules propose the fix.", 3],
  ["validation", "Yes: all 7 promises hold.", 0],
  [
    "runs",
    "spring-rollout failed 1.2 points less often than winter-rollout, beyond noise; in 4 of 5 regions no detectable difference.",
    2,
  ],
  ["sql", `Ask ${MARTS.length} tables about 40,000 devices, in SQL.`, 0],
  [
    "downloads",
    `${MARTS.length} tables and ${ROWS.toLocaleString("en-US")} rows say what became of 40,000 devices; take any of them away.`,
    0,
  ],
] as const;

/** What injected markup would try. Text, since a function would be compiled with a helper that the page does not have. */
const ATTACK = `(() => {
  const main = document.querySelector("main");
  main.insertAdjacentHTML("beforeend", '<img src=x: onerror="window.pwned=1"><iframe src="about:blank#"></iframe>');
  main.insertAdjacentHTML("beforeend", '<a id="js" href="javascript:window.pwned=1">x</a><iframe src="https://elsewhere.invalid/"></iframe>');
  main.insertAdjacentHTML("beforeend", '<form action="https://elsewhere.invalid/"><button id="send"></button></form>');
  const script = document.createElement("script");
  script.textContent = "window.pwned=1";
  main.append(script);
  document.head.insertAdjacentHTML("beforeend", '<base href="https://elsewhere.invalid/">');
  document.querySelector("#js").click();
  document.querySelector("#send").click();
  return new Promise((done) => setTimeout(() => {
    try { Function("window.pwned=1")(); } catch {}
    fetch("https://elsewhere.invalid/").catch(() => {}).then(() => setTimeout(done, 300));
  }));
})()`;
const REFUSED = ["base-uri", "connect-src", "default-src", "form-action", "img-src", "script-src"];

/** A drawing with a colour ramp, one with swatches, and one with nothing. */
const DRAW_KEYS = `(async () => {
  const [script] = performance.getEntriesByType("resource").filter(({ name }) => name.includes("/plot@"));
  const Plot = await import(script.name);
  const marks = (channel) => [Plot.dot([[1, 2], [2, 3]], { fill: channel })];
  const drawn = [
    Plot.plot({ color: { legend: true }, marks: marks((d) => d[0]) }).querySelector("[class$=ramp]"),
    Plot.plot({ color: { legend: true }, marks: marks((d) => String(d[0])) }).querySelector("[class*=swatches]"),
    Plot.plot({ marks: marks("red") }),
  ];
  document.querySelector("main").append(...drawn);
  return drawn.map((node) => getComputedStyle(node).display);
})()`;

/** What is copied, for a browser that lets no page look into the clipboard. */
const KEEP_COPIES = `(() => {
  window.copies = [];
  Object.defineProperty(navigator, "clipboard", {
    value: { writeText: async (text) => void window.copies.push(text) },
  });
})()`;

let browser: Browser;
let server: PreviewServer;

beforeAll(async () => {
  const [opened, site] = await Promise.all([openBrowser(), builtSite(populated())]);
  browser = opened;
  server = await previewSite({ dir: site.dir, port: 0, base: "/reports/june/" });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

describe.each(PAGES)("%s", (name, headline, charts) => {
  test.concurrent.each(LOOKS)(
    "at $width px, $scheme",
    async (look) => {
      const { page, complaints, close } = await visit(browser, `${server.url}${name}.html`, look);
      expect(complaints).toEqual([]);
      expect(await page.textContent(".headline")).toBe(headline);
      const marks = await page.$$eval(".drawing svg", (all) =>
        all.map((svg) => svg.querySelectorAll("rect, circle, path, line, use").length),
      );
      expect(marks.length).toBe(charts);
      expect(marks.filter((n) => n < 3)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      expect(await violations(page)).toEqual([]);
      await close();
    },
    120_000,
  );
});

test("the parts of a chart that a screen hides are there: table, SQL and CSV", async () => {
  const { page, complaints, close } = await visit(browser, `${server.url}regions.html`, {
    width: 390,
    scheme: "light",
  });
  for (const summary of await page.$$("summary")) await summary.click();
  await page.waitForFunction(() =>
    [...document.querySelectorAll("pre.sql")].every((pre) => pre.textContent?.includes("CREATE TABLE")),
  );
  expect(await page.$$eval(".panel", (all) => all.map((panel) => panel.querySelectorAll("tbody tr").length))).toEqual([
    5, 5, 35, 0,
  ]);
  expect(await overflow(page)).toBe(0);
  expect(await violations(page)).toEqual([]);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a.download")]);
  expect(download.suggestedFilename()).toBe("region_failure.csv");
  const csv = await page.evaluate(
    (href) => fetch(href).then((answer) => answer.text()),
    await page.$eval("a.download", (a) => (a as HTMLAnchorElement).href),
  );
  expect(csv.split("\r\n")[0]).toBe(
    "region,devices,failures,rate,rate_low,rate_high,fleet_rate,difference,p_value,p_holm,verdict,recovered,quarantined,rest_devices,rest_rate,rest_low,rest_high,gap,gap_low,gap_high",
  );
  expect(csv.trim().split("\r\n")).toHaveLength(6);
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test("a choice stands in the address, and an address makes the choice", async () => {
  const { page, close } = await visit(browser, `${server.url}bottlenecks.html`, LOOKS[0] as Look);
  await page.selectOption("select", "INSTALLING");
  expect(page.url()).toContain("?stage=INSTALLING");
  await page.reload();
  await settled(page);
  expect(await page.getAttribute(".drawing svg", "aria-label")).toContain("Installing");
  await close();
}, 120_000);

test("provenance stands at the foot of every page", async () => {
  for (const [name] of PAGES) {
    const { page, close } = await visit(browser, `${server.url}${name}.html`, LOOKS[0] as Look);
    const text = await page.textContent(".provenance");
    for (const fact of ["spring-rollout", "42", "2026-03-02 10:16 UTC", "5f3a9c0e2b71", "0.1.0"])
      expect(text).toContain(fact);
    await close();
  }
}, 120_000);

test("triage has few rows in the page, finds, sorts and moves by keys", async () => {
  const { page, complaints, close } = await visit(browser, `${server.url}triage.html`, LOOKS[0] as Look);
  const rows = (): Promise<number> => page.$$eval(".virtual tbody tr:not(.spacer)", (all) => all.length);
  expect(await rows()).toBeLessThan(60);
  await page.fill("#triage-search", "err_sensor europe");
  expect(await page.textContent(".found")).toMatch(/^\d+ devices? of 900$|^0 devices/);
  await page.fill("#triage-search", "err_sensor");
  expect(await page.textContent(".found")).toBe("150 devices of 900");
  expect(page.url()).toContain("q=err_sensor");
  expect(await page.getAttribute("th:first-child", "aria-sort")).toBe("ascending");
  await page.click("th:first-child button");
  expect(await page.getAttribute("th:first-child", "aria-sort")).toBe("descending");
  await page.focus(".virtual");
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  expect(await page.getAttribute("tr[aria-current]", "aria-rowindex")).toBe("3");
  expect(await page.textContent(".detail .command")).toMatch(
    /^npm run triage -- show DEV-[0-9a-f]{8} --campaign spring-rollout$/,
  );
  await page.$eval(".virtual", (box) => box.scrollTo(0, box.scrollHeight));
  await page.waitForFunction(
    () => document.querySelector(".virtual tbody tr:last-child")?.getAttribute("aria-rowindex") === "151",
  );
  expect(await rows()).toBeLessThan(60);
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test("triage shows what rules propose, and copies the command for a device and for all of its rule", async () => {
  const { page, complaints, close } = await visit(browser, `${server.url}triage.html`, LOOKS[0] as Look);
  const cells = (n: number): Promise<string[]> =>
    page.$$eval(`.virtual tbody tr:not(.spacer) td:nth-child(${n})`, (all) =>
      all.map((cell) => cell.textContent ?? ""),
    );
  const worst = await cells(1);
  expect(new Set(worst)).toEqual(new Set(["critical"]));
  await page.selectOption("#triage-severity", "warning");
  expect(await page.textContent(".found")).toBe("150 devices of 900");
  expect(page.url()).toContain("severity=warning");
  await page.selectOption("#triage-severity", "");
  await page.selectOption("#triage-proposal", "yes");
  expect(await page.textContent(".found")).toBe("150 devices of 900");
  expect(new Set(await cells(7))).toEqual(new Set(["12650 → 12.65"]));
  await page.evaluate(KEEP_COPIES);
  await page.focus(".virtual");
  for (const key of ["j", "c", "C"]) await page.keyboard.press(key);
  const [device] = await cells(2);
  const one = `npm run triage -- fix ${device} --proposed --version 1 --campaign spring-rollout --why "..."`;
  const all =
    'npm run triage -- fix --all --rule battery_in_millivolts --proposed --yes --campaign spring-rollout --why "..."';
  expect(await page.evaluate("window.copies")).toEqual([one, all]);
  expect(
    await page.$$eval(".detail button.copy", (all) => all.slice(0, 3).map((button) => button.textContent)),
  ).toEqual(["Copied", "Copied", "Copy"]);
  expect(await page.textContent(".detail .proposal")).toContain("12650 → 12.65");
  expect(await page.$$eval("#many-at-once ~ .drawing .command", (all) => all.map((text) => text.textContent))).toEqual([
    all,
  ]);
  expect(await page.$$eval(".figure .value", (all) => all.map((value) => value.textContent))).toEqual([
    "900",
    "40",
    "120",
    "35",
    "25",
  ]);
  await page.reload();
  await settled(page);
  expect(await page.textContent(".found")).toBe("150 devices of 900");
  await page.selectOption("#triage-proposal", "no");
  expect(await page.textContent(".found")).toBe("750 devices of 900");
  expect(await violations(page)).toEqual([]);
  expect(complaints).toEqual([]);
  await close();
}, 120_000);

test("a phone shows the devices of the queue by their whole ids, and whole headings", async () => {
  const { page, close } = await visit(browser, `${server.url}triage.html`, { width: 390, scheme: "light" });
  const clipped = await page.$$eval(
    ".virtual th:not(.wide) button, .virtual tr:not(.spacer) td:nth-child(2)",
    (cells) => cells.map((cell) => cell.scrollWidth - cell.clientWidth),
  );
  expect(clipped.length).toBeGreaterThan(5);
  expect(Math.max(...clipped)).toBe(0);
  await close();
});

test("the keyboard gets past the navigation", async () => {
  const { page, close } = await visit(browser, `${server.url}index.html`, LOOKS[0] as Look);
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Skip to content");
  await page.keyboard.press("Enter");
  expect(page.url()).toContain("#observablehq-main");
  await close();
}, 120_000);

describe("the policy that comes with every page", () => {
  const open = async (strip?: "headers"): Promise<{ page: Page; refused: string[]; close(): Promise<void> }> => {
    const { page, complaints, close } = await visit(browser, `${server.url}index.html`, LOOKS[0] as Look);
    expect(complaints).toEqual([]);
    if (strip) {
      await page.route("**/*.html", async (route) => {
        const answer = await route.fetch();
        await route.fulfill({ status: 200, contentType: "text/html", body: await answer.text() });
      });
      await page.reload();
      await settled(page);
      expect(complaints).toEqual([]);
    }
    return { page, refused: complaints, close };
  };

  test.each([
    ["headers and page", undefined],
    ["page alone", "headers"],
  ] as const)(
    "refuses scripts, eval, frames, forms and requests to elsewhere: %s",
    async (_, strip) => {
      const { page, refused, close } = await open(strip);
      await page.evaluate(ATTACK);
      expect(await page.evaluate("window.pwned")).toBeUndefined();
      const directives = refused.flatMap((line) => /Security Policy directive:? ["']([\w-]+)/.exec(line)?.[1] ?? []);
      expect([...new Set(directives)].sort()).toEqual(REFUSED);
      await close();
    },
    120_000,
  );

  test("draws whatever Plot draws, its keys included", async () => {
    const { page, refused, close } = await open();
    const display = await page.evaluate(DRAW_KEYS);
    expect(display).toEqual(["block", "flex", "block"]);
    expect(refused).toEqual([]);
    await close();
  }, 120_000);

  test("is sent with a header that keeps others from framing the page", async () => {
    const { headers } = await fetch(`${server.url}index.html`);
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  });
});
