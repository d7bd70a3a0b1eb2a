import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TARGET_NAMES, type TargetName } from "../../pipelines/cli/targets.ts";
import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { openBrowser } from "../support/browser.ts";
import { type BuiltSite, builtSite } from "../support/built-site.ts";
import { deployed } from "../support/deployed.ts";
import { played } from "../support/hosts/played.ts";
import { populated } from "../support/site-scenarios.ts";
import { settled, visit } from "../support/visit.ts";

let site: BuiltSite;
let browser: Browser;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sentinel hosts "));
  [browser, site] = await Promise.all([openBrowser(), builtSite(populated())]);
});

afterAll(async () => {
  await browser?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Hosts that send the headers which they are told to. */
const SENDS_HEADERS: readonly TargetName[] = ["netlify", "cloudflare", "nginx"];
const SENDS_CACHE_RULES: readonly TargetName[] = [...SENDS_HEADERS, "s3", "gcs"];
/** Every host below a base; at the root those that know it differently. */
const PLACES = [
  ...TARGET_NAMES.map((target) => [target, "/a/b/"] as const),
  ...(["netlify", "nginx", "s3", "folder"] as const).map((target) => [target, "/"] as const),
];

/** What the page and its resources were sent with. */
interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
}

/** Opens the first page, and each other page by its link in the navigation. */
async function walk(page: Page): Promise<string[]> {
  const headlines: string[] = [];
  for (const { name } of NAVIGATION) {
    await page.click(`header nav >> text="${name}"`);
    await page.waitForLoadState();
    await settled(page);
    headlines.push((await page.textContent("h1")) ?? "");
  }
  return headlines;
}

describe("on a host every page works, by its link, with what the host is told to send", () => {
  test.each(PLACES)(
    "%s at %s",
    async (target, base) => {
      const made = join(folder, `${target}${base.replaceAll("/", "-")}`);
      await deployed(site, { target, base, to: made });
      const host = await played(target, made, base, `${made}-host`);
      const { page, complaints, close } = await visit(browser, `${host.origin}${base}`, {
        width: 1280,
        scheme: "light",
      });
      const sent: Sent[] = [];
      page.on("response", (response) =>
        sent.push({ path: new URL(response.url()).pathname, headers: response.headers() }),
      );
      const headings = await walk(page);
      expect(new Set(headings).size).toBe(NAVIGATION.length);
      expect(complaints).toEqual([]);
      expectHeaders(
        target,
        sent.filter(({ headers }) => headers.location === undefined),
      );

      if (target !== "folder") {
        await page.goto(`${host.origin}${base}no/such/page.html`);
        expect(await page.textContent("h1")).toBe("There is no such page.");
        await page.click("main a");
        await settled(page);
        expect(complaints.filter((line) => !line.includes("404"))).toEqual([]);
      }
      await close();
      await host.close();
    },
    120_000,
  );
});

function expectHeaders(target: TargetName, sent: readonly Sent[]): void {
  const hashed = sent.filter(({ path }) => /[./][0-9a-f]{8}\.\w+$/.test(path));
  const pages = sent.filter(({ headers }) => headers["content-type"]?.startsWith("text/html"));
  expect(pages.length).toBeGreaterThanOrEqual(NAVIGATION.length - 1);
  expect(hashed.length).toBeGreaterThan(20);
  const of = (all: readonly Sent[], name: string): string[] => [
    ...new Set(all.map(({ headers }) => headers[name] ?? "")),
  ];
  if (SENDS_CACHE_RULES.includes(target)) {
    expect(of(hashed, "cache-control")).toEqual(["public, max-age=31536000, immutable"]);
    expect(of(pages, "cache-control")).toEqual(["no-cache"]);
  }
  if (SENDS_HEADERS.includes(target)) {
    expect(of(sent, "x-content-type-options")).toEqual(["nosniff"]);
    expect(of(sent, "x-frame-options")).toEqual(["DENY"]);
    for (const policy of of(sent, "content-security-policy")) {
      expect(policy.match(/default-src/g)).toHaveLength(1);
      expect(policy).toMatch(/frame-ancestors 'none'$/);
    }
  }
}
