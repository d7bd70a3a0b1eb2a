import { readFile } from "node:fs/promises";
import { gunzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readDatabase, rowsOf } from "../../loaders/engine.ts";
import { MARTS } from "../../loaders/mart.ts";
import { toCsv } from "../../pipelines/domain/csv.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { SAMPLES } from "../../src/components/sql/samples.ts";
import { violations } from "../support/accessibility.ts";
import { openBrowser } from "../support/browser.ts";
import { type BuiltSite, builtSite } from "../support/built-site.ts";
import { populated } from "../support/site-scenarios.ts";
import { overflow, settled, type Visit, visit } from "../support/visit.ts";

const WIDE = { width: 1280, scheme: "light" } as const;
const NARROW = { width: 320, scheme: "dark" } as const;
const ENGINE_MS = 120_000;
/** The engine is compiled anew in every test. */
const SLOW_MS = 120_000;

let browser: Browser;
let site: BuiltSite;
let below: PreviewServer;
let root: PreviewServer;

beforeAll(async () => {
  [browser, site] = await Promise.all([openBrowser(), builtSite(populated())]);
  const { dir } = site;
  [root, below] = await Promise.all([
    previewSite({ dir, port: 0 }),
    previewSite({ dir, port: 0, base: "/reports/june/" }),
  ]);
});

afterAll(async () => {
  await browser?.close();
  await Promise.all([root?.close(), below?.close()]);
});

const open = (server: PreviewServer, query = "", look: typeof WIDE | typeof NARROW = WIDE): Promise<Visit> =>
  visit(browser, `${server.url}sql.html${query === "" ? "" : `?${new URLSearchParams({ q: query })}`}`, look);

/** What the page says once it has done what it was asked. */
async function answered(page: Page): Promise<string> {
  const status = page.locator(".sql-editor > [role=status]");
  await page.waitForFunction(
    () => /rows?[,;]|No result|Stopped/.test(document.querySelector(".sql-editor > [role=status]")?.textContent ?? ""),
    undefined,
    { timeout: ENGINE_MS },
  );
  return (await status.textContent()) ?? "";
}

async function ask(page: Page, query: string): Promise<string> {
  await page.fill("#sql-query", query);
  await page.click("button.run");
  await page.waitForFunction(
    () => document.querySelector("button.run")?.getAttribute("aria-disabled") === "false",
    undefined,
    {
      timeout: ENGINE_MS,
    },
  );
  return answered(page);
}

async function saved(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("result.csv");
  return readFile(await download.path(), "utf8");
}

test(
  "nothing of the engine is loaded before somebody asks, and all of it from the page's own site",
  async () => {
    const { page, complaints, close } = await open(root);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    const before = await page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name));
    expect(before.filter((name) => /duckdb|\/data\/marts\/|\/plot@/.test(name.replace(/_file\/.*/, "")))).toEqual([]);
    expect(await page.textContent(".sql-editor > [role=status]")).toBe("Nothing is loaded yet.");
    expect(await ask(page, "SELECT 1 AS one")).toMatch(/^1 row, in/);
    expect(asked.filter((url) => /duckdb/.test(url))).toHaveLength(3);
    expect(asked.filter((url) => !url.startsWith(root.url) && !url.startsWith(`blob:${root.url}`))).toEqual([]);
    const loaded = asked.length;
    expect(await ask(page, "SELECT 2 AS two")).toMatch(/^1 row, in/);
    expect(asked.slice(loaded)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  },
  SLOW_MS,
);

test(
  "samples and tables give the same rows as DuckDB over the warehouse, below a path and as a safe CSV",
  async () => {
    const { page, complaints, close } = await open(below);
    const queries = [...SAMPLES.map(({ query }) => query), ...MARTS.map(({ name }) => `FROM ${name};`)];
    for (const query of queries) {
      await ask(page, query);
      expect(await page.locator(".sql-result [role=alert]").count(), query).toBe(0);
      const rows = await readDatabase(site.warehouse, {}, (db) => rowsOf(db, query));
      const columns = (await page.locator(".sql-result th").allTextContents()) ?? [];
      expect(await saved(page), query).toBe(toCsv(rows, columns));
      if (rows[0]) expect(columns, query).toEqual(Object.keys(rows[0]));
    }
    expect(await ask(page, "SELECT '=1+1' AS formula")).toMatch(/^1 row/);
    expect(await saved(page)).toBe("formula\r\n'=1+1\r\n");
    expect(complaints).toEqual([]);
    await close();
  },
  SLOW_MS,
);

test(
  "a query in the address is asked, one that was asked stands in it, and so does how it is shown",
  async () => {
    const { page, close } = await open(root, "SELECT region FROM region_failure ORDER BY region");
    expect(await answered(page)).toMatch(/^5 rows/);
    expect(await page.locator(".sql-result tbody tr").first().textContent()).toBe("APAC");
    await page.getByRole("button", { name: "Which regions fail more often, beyond noise?" }).click();
    await page.waitForFunction(() => document.querySelectorAll(".sql-result th").length === 5);
    expect(new URL(page.url()).searchParams.get("q")).toBe(SAMPLES[0]?.query);
    await page.selectOption("#choice-as", "plot");
    await page.selectOption("#choice-length", "percent");
    await page.reload();
    await settled(page);
    await answered(page);
    await page.waitForSelector(".sql-result svg");
    expect(await page.getAttribute(".sql-result svg", "aria-label")).toBe("Bars: percent by region");
    expect(await page.locator(".sql-result svg rect").count()).toBe(5);
    for (const mark of ["dots", "line"]) {
      await page.selectOption("#choice-mark", mark);
      expect(await page.getAttribute(".sql-result svg", "aria-label")).toMatch(/^(Dots|Line): percent by region$/);
    }
    await close();
  },
  SLOW_MS,
);

test(
  "the keyboard asks, and a large result has few rows in the page and all of them in the CSV",
  async () => {
    const { page, close } = await open(root);
    await page.fill("#sql-query", "SELECT range AS i FROM range(60000)");
    await page.focus("#sql-query");
    await page.keyboard.press("Control+Enter");
    expect(await answered(page)).toMatch(/^The first 50,000 rows; there are more, in/);
    expect(await page.locator(".sql-result tbody tr").count()).toBeLessThan(100);
    expect((await saved(page)).trim().split("\r\n")).toHaveLength(50_001);
    expect(await ask(page, "SELECT 7 AS seven")).toMatch(/^1 row/);
    await close();
  },
  SLOW_MS,
);

describe("what cannot be answered", () => {
  test(
    "says why and what to do, and what comes next is answered",
    async () => {
      const { page, complaints, close } = await open(root);
      for (const [query, why, remedy] of [
        ["SELEC 1", 'Parser Error: syntax error at or near "SELEC"', "at the place that it names"],
        ["FROM region_failures", 'Did you mean "region_failure"?', "The tables are those under “Tables”"],
        ["SELECT rgion FROM region_failure", 'Referenced column "rgion" not found', "to see the names of its columns"],
        ["FROM 'https://elsewhere.invalid/x.csv'", "Cannot access file", "asks only its own tables"],
        [
          "FROM read_parquet('x.parquet')",
          "exists in the parquet extension",
          "Take the Parquet files from the Data page",
        ],
        ["LOAD httpfs", "disabled through configuration", "asks only its own tables"],
        ["SET enable_external_access = true", "locked", "Settings stay as they are"],
      ] as const) {
        expect(await ask(page, query), query).toBe("No result.");
        const said = (await page.textContent(".sql-result [role=alert]")) ?? "";
        expect(said).toContain(why);
        expect(said).toContain(remedy);
        expect(said).not.toMatch(/Please try installing|\{"/);
      }
      expect(await violations(page)).toEqual([]);
      expect(await ask(page, "SELECT 1 AS one")).toMatch(/^1 row/);
      expect(complaints).toEqual([]);
      await close();
    },
    SLOW_MS,
  );

  test(
    "can be stopped, and the engine starts again",
    async () => {
      const { page, close } = await open(
        root,
        "SELECT count(*) FROM range(100000000) a, range(100000) b WHERE a.range % 7 = b.range % 3",
      );
      await page.waitForFunction(() => document.querySelector("[role=status]")?.textContent === "Asking …", undefined, {
        timeout: ENGINE_MS,
      });
      await page.getByRole("button", { name: "Stop" }).click();
      expect(await answered(page)).toBe("Stopped. The next query starts the engine again.");
      expect(await ask(page, "SELECT count(*) AS n FROM region_failure")).toMatch(/^1 row/);
      expect(await page.textContent(".sql-result td")).toBe("5");
      await close();
    },
    SLOW_MS,
  );

  test(
    "an engine that is not there is told of, and is looked for again",
    async () => {
      const { page, close } = await open(root);
      await page.route("**/*.wasm.gz", (route) => route.fulfill({ status: 404 }));
      expect(await ask(page, "SELECT 1 AS one")).toBe("No result.");
      expect(await page.textContent(".sql-result [role=alert]")).toMatch(
        /duckdb-eh\.wasm\.gz is not there \(404\).*Serve the site/s,
      );
      await page.unroute("**/*.wasm.gz");
      expect(await ask(page, "SELECT 1 AS one")).toMatch(/^1 row/);
      await close();
    },
    SLOW_MS,
  );
});

test(
  "a host that says how the engine is packed, so that the browser unpacks it, does no harm",
  async () => {
    const { page, complaints, close } = await open(root);
    await page.route("**/*.gz", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ status: 200, body: gunzipSync(await answer.body()) });
    });
    expect(await ask(page, "SELECT 1 AS one")).toMatch(/^1 row/);
    expect(complaints).toEqual([]);
    await close();
  },
  SLOW_MS,
);

/** What code in a worker of the page would try: made as the engine's worker is. */
const WORKER = `(() => new Promise((done) => {
  const code = \`
    addEventListener("securitypolicyviolation", ({ effectiveDirective }) => postMessage(effectiveDirective));
    fetch("https://elsewhere.invalid/x").then(() => postMessage("reached"), () => setTimeout(() => postMessage("failed"), 500));
  \`;
  const worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
  worker.onmessage = ({ data }) => done(data);
}))()`;

test(
  "the page's own policy holds its worker, too, where the host sends no headers",
  async () => {
    const { page, complaints, close } = await open(root);
    await page.route("**/*.html", async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ status: 200, contentType: "text/html", body: await answer.text() });
    });
    await page.reload();
    await settled(page);
    expect(await page.evaluate(WORKER)).toBe("connect-src");
    expect(await ask(page, "SELECT 1 AS one")).toMatch(/^1 row/);
    expect(complaints).toEqual([]);
    await close();
  },
  SLOW_MS,
);

test(
  "no other page may run WebAssembly or a worker",
  async () => {
    const { page, close } = await visit(browser, `${root.url}index.html`, WIDE);
    const policy = (await page.getAttribute("meta[http-equiv=content-security-policy]", "content")) ?? "";
    expect(policy).toContain("script-src");
    expect(policy).not.toMatch(/wasm|worker-src|blob:/);
    expect(
      await page.evaluate(
        "WebAssembly.compile(new Uint8Array([0,97,115,109,1,0,0,0])).then(() => 'ran', () => 'refused')",
      ),
    ).toBe("refused");
    await close();
  },
  SLOW_MS,
);

test.each([
  ["table", "FROM triage_open"],
  ["plot", "SELECT region, count(*) AS n FROM triage_open GROUP BY region"],
])(
  "a %s fits a phone, and axe finds nothing",
  async (as, query) => {
    const { page, complaints, close } = await visit(
      browser,
      `${root.url}sql.html?${new URLSearchParams({ q: query, as })}`,
      NARROW,
    );
    await answered(page);
    await page.waitForSelector(as === "plot" ? ".sql-result svg" : ".sql-result tbody");
    for (const summary of (await page.$$(".schema summary")).slice(0, 3)) await summary.click();
    expect(await overflow(page)).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await close();
  },
  120_000,
);
