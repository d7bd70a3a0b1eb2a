import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it, test } from "vitest";
import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { notebooks } from "../../pipelines/site/notebooks.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { openBrowser } from "../support/browser.ts";
import { freshCheckout, shell } from "../support/checkout.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import type { TemporaryProject } from "../support/project.ts";
import { visit } from "../support/visit.ts";
import { FIGURES } from "./figures.ts";
import type { Shown } from "./read.ts";
import { STATEMENTS, WRITING } from "./statements.ts";

/** Show nothing of the campaign but how many devices it has and what can be taken away: other tests hold those against the files. */
const WITHOUT = ["sql", "downloads"];

let database: TestDatabase;
let checkout: TemporaryProject;
let client: pg.Client;
let browser: Browser;
let server: PreviewServer;
const pages = new Map<string, Promise<Page>>();

/** A campaign as it comes by default, beside an older and smaller one. */
beforeAll(async () => {
  database = await freshDatabase();
  checkout = freshCheckout();
  const before = "npm run -s pipeline -- --devices 4000 --seed 7 --campaign before --no-site";
  const line = `export DATABASE_URL='${database.url}'; ${before} && npm run -s pipeline -- --devices 10000`;
  const { code, output } = await shell(line, checkout.root);
  expect(code, output).toBe(0);
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(WRITING);
  browser = await openBrowser();
  server = await previewSite({ dir: join(checkout.root, "dist"), port: 0 });
}, 300_000);

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await client?.end();
  await database?.drop();
  await checkout?.remove();
});

function opened(name: string): Promise<Page> {
  const look = { width: 1280, scheme: "light" } as const;
  const page = pages.get(name) ?? visit(browser, `${server.url}${name}.html`, look).then((visited) => visited.page);
  pages.set(name, page);
  return page;
}

async function asked(name: string): Promise<Shown> {
  const text = STATEMENTS.get(name) ?? "";
  const given = text.includes("$1") ? [readFileSync(join(checkout.root, "data/roi/default.json"), "utf8")] : [];
  const { rows } = await client.query<unknown[]>({ text, values: given, rowMode: "array" });
  return rows.map((row) => row.map(String));
}

const sorted = (shown: Shown): string[] => shown.map((row) => row.join(" | ")).sort();

it.each(FIGURES)("$page, $shows: what stands there is what PostgreSQL says", async ({ page, read, sql }) => {
  const shown = await read(await opened(page));
  expect(shown.length).toBeGreaterThan(0);
  expect(sorted(shown)).toEqual(sorted(await asked(sql)));
});

test("every page with figures is held, and every statement is asked", () => {
  const all = [...NAVIGATION, ...notebooks()].map(({ path }) => path.replace(/^\/$/, "/index").slice(1));
  const held = new Set(FIGURES.map(({ page }) => page));
  expect(all.filter((page) => !held.has(page)).sort()).toEqual([...WITHOUT].sort());
  expect([...STATEMENTS.keys()].sort()).toEqual([...new Set(FIGURES.map(({ sql }) => sql))].sort());
});
