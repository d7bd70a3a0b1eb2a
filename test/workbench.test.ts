import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseHeader } from "../loaders/header.ts";
import { until } from "./support/barrier.ts";
import { openBrowser } from "./support/browser.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, type Running, start } from "./support/cli.ts";
import type { TemporaryProject } from "./support/project.ts";
import { visit } from "./support/visit.ts";

/** Everything that could be taken for something else than a letter. */
const TITLE = `is <b onload="x()">\`$\{1+1}\` *worse* [here](x), or & "there"? ü`;

let checkout: TemporaryProject;
let browser: Browser;
const at = (...parts: string[]): string => join(checkout.root, ...parts);
const run = (...words: string[]): Promise<Ended> => start(words, {}, checkout.root).ended;

beforeAll(async () => {
  checkout = freshCheckout();
  browser = await openBrowser();
  const { code, stderr } = await run("generate", "--devices", "1500");
  expect(code, stderr).toBe(0);
}, 240_000);

afterAll(async () => {
  await browser?.close();
  await checkout?.remove();
});

describe("new", () => {
  test("makes a notebook and a mart with its check, which run as they are", async () => {
    const notebook = await run("new", "notebook", TITLE, "--json");
    expect(JSON.parse(notebook.stdout)).toMatchObject({
      event: "created",
      files: ["src/notebooks/is-b-onload-x-1-1-worse-here-x-or-there-u.md"],
    });
    expect((await run("new", "mart", "model_fate")).stdout).toContain("loaders/checks/model_fate_adds_up.sql");
    expect(parseHeader(readFileSync(at("loaders/marts/model_fate.sql"), "utf8"))).toMatchObject({ name: "model_fate" });
    const page = at("src/notebooks/is-b-onload-x-1-1-worse-here-x-or-there-u.md");
    const attached = '\n```js\ndisplay(await FileAttachment("../data/marts/model_fate.json").json())\n```\n';
    writeFileSync(page, readFileSync(page, "utf8") + attached);
    const { code, stderr } = await run("report");
    expect(code, stderr).toBe(0);
    const title = TITLE.replace("is", "Is").replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    const index = readFileSync(at("dist/notebooks/index.html"), "utf8");
    expect(index).toContain(`.html">${title}</a>`);
    const html = readFileSync(at("dist/notebooks/is-b-onload-x-1-1-worse-here-x-or-there-u.html"), "utf8");
    expect(/<h1[^>]*>(?:<a[^>]*>)?(.*?)(?:<\/a>)?<\/h1>/.exec(html)?.[1]).toBe(title);
    expect(readFileSync(at("dist/notebooks/which-rule-finds-most-and-is-it-right.html"), "utf8")).toContain(
      `rel="prev"`,
    );
  }, 240_000);

  test.each([
    [["notebook", TITLE], "is there already"],
    [["notebook"], "needs its question"],
    [["notebook", "???"], "gives no name"],
    [["notebook", "Index"], "gives no name"],
    [["notebook", "x".repeat(121)], "more than 120"],
    [["notebook", "a\u202eb"], "do not show"],
    [["mart", "region_failure"], "is there already"],
    [["mart", "int_device"], "without stg_, int_ or ref_"],
    [["mart", "../../etc"], "small letters"],
    [["mart", "one_outcome"], "is there already"],
    [["page", "x"], 'no new "page"'],
    [[], "notebook or mart"],
  ])(
    "%j is refused",
    async (words, why) => {
      const { code, stderr } = await run("new", ...words);
      expect(code).toBe(2);
      expect(stderr).toContain(why);
      expect(existsSync(at("src/etc.sql"))).toBe(false);
    },
    60_000,
  );
});

describe("dev", () => {
  const serve = async (): Promise<{ dev: Running; url: string }> => {
    const dev = start(["dev"], {}, checkout.root);
    let said = "";
    dev.process.stdout?.on("data", (text) => {
      said += text;
    });
    await until("the server says where it is", async () => /http:\/\/127\.0\.0\.1:\d+\//.test(said));
    return { dev, url: /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0] ?? "" };
  };

  test("shows an edited mart in the page that is open, keeps the former one through a mistake, and leaves nothing behind", async () => {
    const { dev, url } = await serve();
    const { page, close } = await visit(browser, `${url}notebooks/why-is-india-slow`, { width: 1280, scheme: "light" });
    const dateline = ".answer .dateline";
    expect(await page.textContent(dateline)).not.toContain("edited");
    const mart = at("loaders/marts/campaign_summary.sql");
    const text = readFileSync(mart, "utf8");
    const edited = text.replace(/^ {2}c\.title,$/m, "  c.title || ' edited' AS title,");
    expect(edited).not.toBe(text);
    const began = performance.now();
    writeFileSync(mart, edited);
    await page.waitForFunction(
      ([place]) => document.querySelector(place ?? "")?.textContent?.includes("edited"),
      [dateline],
      { timeout: 60_000 },
    );
    console.info(`an edited mart was shown after ${Math.round(performance.now() - began)} ms`);

    writeFileSync(mart, edited.replace("SELECT", "SELEKT"));
    const heard = new Promise<string>((resolve) => {
      let said = "";
      dev.process.stdout?.on("data", (line) => {
        said += line;
        if (said.includes("as they were")) resolve(said);
      });
    });
    expect(await heard).toContain("The marts are as they were");
    expect(await page.textContent(dateline)).toContain("edited");

    writeFileSync(mart, text);
    await page.waitForFunction(
      ([place]) => !document.querySelector(place ?? "")?.textContent?.includes("edited"),
      [dateline],
      { timeout: 60_000 },
    );
    await close();

    const archive = at("src/.observablehq/cache/data/marts.tar");
    const before = statSync(archive).mtimeMs;
    writeFileSync(mart, edited);
    await until("the door runs before anybody asks", async () => statSync(archive).mtimeMs > before);
    dev.signal("SIGINT");
    await dev.ended;
    expect(readdirSync(at("data/local/warehouse")).filter((name) => name.startsWith("."))).toEqual([]);
  }, 240_000);
});
