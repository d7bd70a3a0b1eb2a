import { readFile } from "node:fs/promises";
import { csvParseRows } from "d3-dsv";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { filesUnder } from "../../pipelines/site/built-pages.ts";
import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { visible } from "../../src/components/visible.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { builtSite } from "../support/built-site.ts";
import type { Marts } from "../support/fleet-fixture.ts";
import { HOSTILE, HOSTILE_TEXTS, hostile } from "../support/hostile-scenario.ts";
import { empty, fiveColumns, released, undecided, worked } from "../support/site-scenarios.ts";
import { overflow, visit } from "../support/visit.ts";

interface Site {
  readonly dir: string;
  readonly server: PreviewServer;
}

const PAGES = NAVIGATION.map(({ path }) => path.slice(1));
/** Pages with a row a region; the others show what the campaign is called. */
const SHOWS_REGIONS = new Set(["regions", "bottlenecks", "recovery", "policy", "data-quality"]);
/** What a spreadsheet may take for a formula. */
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
/** Characters that change what is read and do not show themselves. */
const HIDDEN = /[\u200b\u2060\u202e]/;
const NARROW = { width: 390, scheme: "light" } as const;
const WIDE = { width: 1280, scheme: "dark" } as const;
const sites: Record<string, Site> = {};
let browser: Browser;

async function open(name: string, marts: Marts): Promise<void> {
  const { dir } = await builtSite(marts);
  sites[name] = { dir, server: await previewSite({ dir, port: 0 }) };
}

beforeAll(async () => {
  browser = await openBrowser();
  await Promise.all([open("empty", empty()), open("five", fiveColumns())]);
  await Promise.all([open("hostile", hostile()), open("undecided", undecided())]);
  await Promise.all([open("released", released()), open("worked", worked())]);
});

afterAll(async () => {
  await browser?.close();
  for (const { server } of Object.values(sites)) await server.close();
});

async function look<T>(
  site: string,
  name: string,
  read: (page: Page) => Promise<T>,
  as: typeof NARROW | typeof WIDE = NARROW,
): Promise<T> {
  const { page, complaints, close } = await visit(browser, `${sites[site]?.server.url}${name}.html`, as);
  expect(complaints).toEqual([]);
  expect(await overflow(page)).toBe(0);
  expect(await violations(page)).toEqual([]);
  const result = await read(page);
  await close();
  return result;
}

const said = async (page: Page): Promise<string> => (await page.textContent("main")) ?? "";

describe("an empty campaign", () => {
  test.concurrent.each(PAGES)(
    "%s says what to do",
    async (name) => {
      const text = await look("empty", name, said);
      expect(text).toMatch(/There is no|There is nothing|Nothing waits|No stage can|Not proved/);
      expect(text).not.toMatch(/NaN|undefined|null|Infinity/);
      if (name !== "triage") expect(text).toContain("npm run");
    },
    120_000,
  );
});

describe("an import with five columns", () => {
  test.concurrent.each([
    ["index", "does not say at which stage"],
    ["regions", "does not say at which stage"],
    ["bottlenecks", "No device says which model it is"],
    ["errors", "none of them says by which error"],
    ["recovery", "half-updated devices were recovered"],
    ["policy", "By policy default, of"],
    ["roi", "not one of them is confirmed to have worked"],
    ["data-quality", "No faults were injected"],
    ["triage", "Nothing waits for a person."],
    ["validation", "nothing was validated yet"],
    ["runs", "npm run pipeline -- --from fleet.csv --policy field --campaign second"],
  ])(
    "%s says what is missing",
    async (name, words) => {
      const text = await look("five", name, said, WIDE);
      expect(text).toContain(words);
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
      if (name === "data-quality")
        expect(text).toMatch(/does not report this field.*2 rows of fleet\.csv could not be stored/s);
    },
    120_000,
  );
});

describe("regions that differ by chance", () => {
  test("are not told apart", async () => {
    const text = await look("undecided", "regions", said);
    expect(text).toContain("No region can be told apart from the rest of the fleet.");
    expect(text).toContain("No detectable difference.");
  }, 120_000);
  test("are not ranked for sure", async () => {
    expect(await look("undecided", "bottlenecks", said)).toContain("no region is clearly the worst");
  }, 120_000);
});

describe("a fleet that recovery has not seen", () => {
  test.concurrent.each([
    ["index", "devices still wait for recovery."],
    ["index", "12 devices reported success but still run another version"],
    ["recovery", "npm run recover && npm run report"],
    ["recovery", "12 devices reported success but still run another version"],
    ["policy", "Recovery has not run yet."],
    ["policy", "npm run recover -- --policy what-if --dry-run --campaign spring-rollout"],
    ["roi", "Recovery has saved nothing yet: it has decided for no device."],
    ["triage", "Nothing is quarantined."],
    ["triage", "Recovery still has to decide"],
    ["validation", "npm run validate && npm run report"],
  ])(
    "%s says so",
    async (name, words) => {
      expect(await look("undecided", name, said)).toContain(words);
    },
    120_000,
  );
});

describe("a queue in which nobody waits", () => {
  test.concurrent.each([
    ["released", WIDE, "Nothing waits for a person: 40 released devices wait for the next recovery."],
    ["released", NARROW, "Of 220 devices ever held, 40 wait for the next recovery, 120 were recovered once released"],
    ["worked", WIDE, "Nothing waits for a person: all 180 devices that were held are decided."],
    ["worked", NARROW, "35 were decided by a person and 25 were repaired by a rule."],
  ] as const)(
    "%s at %o says what has become of it",
    async (site, as, words) => {
      const found = await look(
        site,
        "triage",
        async (page) => ({
          text: await said(page),
          headings: await page.$$eval("h2", (all) => all.map((heading) => heading.textContent)),
        }),
        as,
      );
      expect(found.text).toContain(words);
      expect(found.headings).toEqual(["What holds them back", "Where they are", "What was decided"]);
    },
    120_000,
  );
});

describe("text that devices wrote", () => {
  test.concurrent.each(PAGES)(
    "stays text on %s",
    async (name) => {
      const found = await look("hostile", name, async (page) => {
        for (const summary of await page.$$("summary")) await summary.click();
        if (name === "triage") await page.click(".virtual tbody tr:not(.spacer)");
        return page.evaluate(() => ({
          pwned: "pwned" in window,
          made: document.querySelectorAll(
            "img, iframe, object, embed, u, svg[onload], [onerror], body script, a[href^=javascript]",
          ).length,
          text: document.querySelector("main")?.textContent ?? "",
        }));
      });
      expect(found.pwned).toBe(false);
      expect(found.made).toBe(0);
      expect(found.text).not.toMatch(HIDDEN);
      const shown = SHOWS_REGIONS.has(name) ? HOSTILE_TEXTS : [HOSTILE.slice(0, 12)];
      expect(shown.filter((text) => !found.text.includes(visible(text)))).toEqual([]);
    },
    120_000,
  );

  test("is in no page's source as markup", async () => {
    for (const file of await filesUnder(sites.hostile?.dir ?? "")) {
      if (/\.(html|json)$/.test(file))
        expect(await readFile(file, "utf8"), file).not.toMatch(/<script>window|<svg onload/);
    }
  });

  test("is no formula in a download, and all of it is there", async () => {
    const csvs = (await filesUnder(sites.hostile?.dir ?? "")).filter((file) => file.endsWith(".csv"));
    expect(csvs.length).toBeGreaterThan(10);
    const cells = await Promise.all(csvs.map(async (file) => csvParseRows(await readFile(file, "utf8")).flat()));
    const leading = cells.flat().filter((cell) => FORMULA.test(cell));
    expect(leading.filter((cell) => !/^-\d+(\.\d+)?(e[+-]\d+)?$/.test(cell))).toEqual([]);
    expect(leading).toContain("-12.5");
    const all = new Set(cells.flat());
    for (const text of HOSTILE_TEXTS) expect(all).toContain(FORMULA.test(text) ? `'${text}` : text);
  });

  test("stays text where rules propose another, and in the commands that take it", async () => {
    const found = await look(
      "hostile",
      "triage",
      async (page) => {
        await page.selectOption("#triage-proposal", "yes");
        const proposed = await page.$$eval(".virtual tbody tr:not(.spacer) td:nth-child(7)", (all) =>
          all.map((cell) => cell.textContent ?? ""),
        );
        await page.locator(".virtual tbody tr:not(.spacer)").first().click();
        const made = await page.$$eval(".proposal *", (all) => [...new Set(all.map(({ tagName }) => tagName))]);
        return { proposed, made, all: await page.textContent("#many-at-once ~ .drawing .command") };
      },
      WIDE,
    );
    expect(found.proposed.length).toBeGreaterThan(5);
    expect(found.proposed.join("")).not.toMatch(HIDDEN);
    expect(found.made.sort()).toEqual(["CODE", "DEL", "INS", "SPAN"]);
    expect(found.all).toMatch(
      /^npm run triage -- fix --all --rule battery_in_millivolts --proposed --yes --campaign '">.*' --why "\.\.\."$/,
    );
  }, 120_000);

  test("is quoted in the command to paste", async () => {
    const command = await look("hostile", "triage", async (page) => {
      await page.fill("#triage-search", "onerror dev-");
      await page
        .locator(".virtual tbody tr:not(.spacer)", { hasText: /^(critical|warning)DEV-/ })
        .first()
        .click();
      return page.textContent(".detail .command");
    });
    expect(command).toMatch(/^npm run triage -- show 'DEV-[0-9a-f]{8}">.*' --campaign '.*'$/);
  }, 120_000);
});
