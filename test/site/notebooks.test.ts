import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { notebooks } from "../../pipelines/site/notebooks.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import type { Marts } from "../support/fleet-fixture.ts";
import { hostile } from "../support/hostile-scenario.ts";
import { empty, fiveColumns, populated, undecided } from "../support/site-scenarios.ts";
import { type Look, overflow, settled, visit } from "../support/visit.ts";

const INDIA = "why-is-india-slow";
const BATTERY = "would-another-battery-line-have-saved-rollbacks";
const RULE = "which-rule-finds-most-and-is-it-right";
const SCENARIOS: Readonly<Record<string, () => Marts>> = { populated, undecided, fiveColumns, empty, hostile };

let browser: Browser;
const sites: Record<string, PreviewServer> = {};

beforeAll(async () => {
  browser = await openBrowser();
  for (const [name, marts] of Object.entries(SCENARIOS)) {
    const { dir } = await builtSite(marts());
    sites[name] = await previewSite({ dir, port: 0, base: "/a/b/" });
  }
});

afterAll(async () => {
  await browser?.close();
  for (const server of Object.values(sites)) await server.close();
});

const LOOKS: readonly Look[] = [
  { width: 1280, scheme: "light" },
  { width: 320, scheme: "dark" },
];

/** What each says first, in each state of a campaign. */
const SAID = [
  [INDIA, "populated", /^India is not known to be slow: it fails more often, by 9\.5 points\./],
  [INDIA, "undecided", /^India does not fail more often than the others, as far as this campaign can tell\./],
  [INDIA, "fiveColumns", /^India /],
  [INDIA, "empty", /^There is no region to compare with others\./],
  [INDIA, "hostile", /^Europe is not known to be slow/],
  [BATTERY, "populated", /^A line at 12\.0 V instead of 12\.5 V would have made ([\d,]+) of \1 rollbacks a retry\./],
  [BATTERY, "undecided", /^It cannot be said: what was decided does not follow one line of the battery\./],
  [BATTERY, "fiveColumns", /^A line at 12\.0 V/],
  [BATTERY, "empty", /^There is no battery voltage that can be trusted/],
  [BATTERY, "hostile", /^A line at 12\.0 V/],
  [RULE, "populated", /^The rule ".*" finds most, .* and not all of them were put there\./],
  [RULE, "undecided", /^There is no finding/],
  [RULE, "fiveColumns", /^The rule ".*" finds most, /],
  [RULE, "empty", /^There is no finding/],
  [RULE, "hostile", /^The rule ".*" finds most, /],
] as const;

describe("a notebook", () => {
  test("is tried in each state", () => {
    const paths = notebooks().map(({ path }) => path.replace("/notebooks/", ""));
    expect([...new Set(SAID.map(([name]) => name))].sort()).toEqual(paths);
  });

  test.concurrent.each(SAID)(
    "%s answers first, in a campaign that is %s",
    async (name, scenario, words) => {
      for (const look of LOOKS) {
        const url = `${sites[scenario]?.url}notebooks/${name}.html`;
        const { page, complaints, close } = await visit(browser, url, look);
        expect(complaints).toEqual([]);
        expect(await page.textContent(".headline")).toMatch(words);
        const text = (await page.textContent("main")) ?? "";
        expect(text).not.toMatch(/NaN|undefined|Infinity/);
        if (scenario === "empty") expect(text).toContain("npm run");
        expect(text).toContain("What would change my mind");
        expect(await page.evaluate(() => "pwned" in window)).toBe(false);
        expect(await overflow(page)).toBe(0);
        expect(await violations(page)).toEqual([]);
        await close();
      }
    },
    120_000,
  );

  test("is found from the list, and leads to the next", async () => {
    const { page, complaints, close } = await visit(browser, `${sites.populated?.url}index.html`, LOOKS[0] as Look);
    await page.click('header nav >> text="Notebooks"');
    await settled(page);
    const links = await page.$$eval(".notebooks a", (all) => all.map((link) => link.textContent));
    expect(links).toEqual(notebooks().map(({ title }) => title));
    await page.click(".notebooks li:first-child a");
    await settled(page);
    expect(await page.textContent("h1")).toBe(links[0]);
    expect(await page.getAttribute("header nav a[aria-current]", "aria-current")).toBe("true");
    await page.click("footer a[rel=next]");
    await settled(page);
    expect(await page.textContent("h1")).toBe(links[1]);
    await page.click("header .brand");
    await settled(page);
    expect(page.url()).toBe(`${sites.populated?.url}index.html`);
    expect(complaints).toEqual([]);
    await close();
  }, 120_000);

  test("makes code of text only where it uses Arquero", async () => {
    const tries = async (name: string): Promise<boolean> => {
      const { page, close } = await visit(browser, `${sites.populated?.url}notebooks/${name}.html`, LOOKS[0] as Look);
      // A handler of the page's own: what a test evaluates is not held to the policy.
      const runs = await page.evaluate(
        () =>
          new Promise<boolean>((done) => {
            const seal = document.querySelector("meta[http-equiv]")?.getAttribute("content") ?? "";
            done(seal.includes("'unsafe-eval'"));
          }),
      );
      await close();
      return runs;
    };
    expect([await tries(RULE), await tries(INDIA), await tries(BATTERY), await tries("index")]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  }, 120_000);
});

test("a notebook is called by its first heading, else by its file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "sentinel-notebooks-"));
  await writeFile(join(folder, "b.md"), "text\n\n# Is it <so>?\n\n# No\n");
  await writeFile(join(folder, "a.md"), "no heading");
  await writeFile(join(folder, "index.md"), "# All\n");
  expect(notebooks(folder)).toEqual([
    { path: "/notebooks/a", title: "a" },
    { path: "/notebooks/b", title: "Is it <so>?" },
  ]);
  await rm(folder, { recursive: true });
});
