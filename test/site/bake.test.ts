import { appendFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { openBrowser } from "../support/browser.ts";
import { copiedSite } from "../support/built-site.ts";
import type { SiteProject } from "../support/site-project.ts";
import { alike, populated } from "../support/site-scenarios.ts";
import { settled } from "../support/visit.ts";
import { writeWarehouse } from "../support/warehouse-fixture.ts";

const NOTEBOOK = `# A notebook

\`\`\`js
const name = view(Inputs.text({ label: "Name", value: "Ada <b>" }));
const many = view(Inputs.range([0, 10], { label: "Many", step: 1, value: 4 }));
const pressed = new Promise(() => {});
\`\`\`

The name is \${name}, and \${many} of them.

\${resize((width) => html\`<div class="box">\${Math.round(width)} wide</div>\`)}

\`\`\`js
display(Plot.plot({ ariaLabel: "Dots", clip: true, marks: [Plot.dot([[1, 2], [2, 1]], { clip: true })] }));
display([1, 2, 3]);
display(html\`<p class="site">\${width} \${dark} \${d3.sum([1, 2])} <a href=\${FileAttachment("data/marts/runs.csv").href}>runs</a></p>\`);
\`\`\`

\`\`\`js
display(html\`<p class="late">\${pressed} was pressed</p>\`);
\`\`\`

\`\`\`js
// not baked
display(html\`<p class="engine">\${navigator.userAgent.includes("Chrome")}</p>\`);
\`\`\`

\`\`\`js
if (location.search === "") display(html\`<p class="plain">nothing asked</p>\`);
\`\`\`

\`\`\`js
display(html\`<div class="provenance">end</div>\`);
\`\`\`
`;

/** A page that names no file of the data in its source: it asks for one by the name that stays. */
const LASTING = `# Lasting

\`\`\`js
const devices = (await (await fetch("../data/marts/fleet_status.json")).json()).reduce((sum, row) => sum + row.devices, 0);
display(html\`<p>\${devices} devices</p>\`);
\`\`\`
`;

let browser: Browser;
let project: SiteProject;
let server: PreviewServer;
let dir: string;

const page = (): string => join(project.root, "src", "notes", "notebook.md");

beforeAll(async () => {
  project = await copiedSite(alike());
  await mkdir(join(project.root, "src", "notes"));
  await writeFile(page(), NOTEBOOK.replaceAll("data/marts", "../data/marts"));
  await writeFile(join(project.root, "src", "notes", "lasting.md"), LASTING);
  const [opened, built] = await Promise.all([openBrowser(), project.build()]);
  browser = opened;
  dir = built.dir;
  server = await previewSite({ dir, port: 0 });
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await project?.remove();
});

test("whatever a notebook shows is in its source, with text as text and links that are the page's own", async () => {
  const html = await readFile(join(dir, "notes", "notebook.html"), "utf8");
  expect(html).toContain('value="Ada &lt;b&gt;"');
  expect(html).toContain(">Ada &lt;b&gt;</observablehq-loading>");
  expect(html).toMatch(/<div class="drawn-narrow"><div class="box">358 wide<\/div>.*<div class="box">1040 wide/s);
  expect(html).toMatch(/<p class="site">1040 false 3 <a href="\.\.\/_file\/data\/marts\/runs\.[0-9a-f]{8}\.csv">/);
  expect(html).toMatch(/<clipPath id="notes-notebook-1">.*clip-path="url\(#notes-notebook-1\)"/s);
  const shown = html.slice(html.indexOf("<main"));
  expect(shown).not.toMatch(/was pressed|class="engine"|your-site/);
});

test("a browser reads it as it was meant, and what it reads gives way to the living page", async () => {
  const silent = await browser.newContext({ javaScriptEnabled: false });
  const sleeping = await silent.newPage();
  await sleeping.goto(`${server.url}notes/notebook.html`);
  expect(await sleeping.innerText("main")).toMatch(/The name is Ada <b>, and 4 of them\.\s+1040 wide/);
  expect(await sleeping.locator("main .drawn-wide .box").count()).toBe(1);
  await silent.close();

  const live = await browser.newPage();
  await live.goto(`${server.url}notes/notebook.html`);
  await settled(live);
  expect(await live.innerText(".engine")).toBe("true");
  expect(await live.locator(".box").allInnerTexts()).toEqual(["1040 wide"]);
  expect(await live.locator("input").first().inputValue()).toBe("Ada <b>");
  expect(await live.locator(".plain").count()).toBe(1);
  await live.goto(`${server.url}notes/notebook.html?asked`);
  await settled(live);
  expect(await live.locator(".plain").count()).toBe(0);
  await live.close();
}, 120_000);

test("a page is baked again where it, or a file that it reads, is another, and else stands as it was baked", async () => {
  const kept = join(project.root, "src", ".observablehq", "cache", "_sentinel", "baked.json");
  const { pages, report } = JSON.parse(await readFile(kept, "utf8"));
  for (const one of ["regions.html", "triage.html", "notes/lasting.html"]) pages[one].source += "<!-- as before -->";
  await writeFile(kept, JSON.stringify({ pages, report }));
  const shown = (name: string): Promise<string> => readFile(join(dir, name), "utf8");

  await appendFile(join(project.root, "src", "triage.md"), "\nA word to who is on duty.\n");
  expect(await project.build()).toMatchObject({ made: "site" });
  expect(await shown("triage.html")).toContain("A word to who is on duty.");
  expect(await shown("triage.html")).not.toContain("as before");
  expect(await shown("regions.html")).toContain("as before");
  expect(await shown("notes/lasting.html")).toMatch(/>3000 devices<.*as before/s);

  await rm(project.warehouse);
  await writeWarehouse(project.warehouse, populated());
  expect(await project.build({ snapshotId: "populated" })).toMatchObject({ made: "data" });
  expect(await shown("notes/lasting.html")).toContain(">40000 devices<");
  for (const one of ["regions.html", "notes/lasting.html"]) expect(await shown(one)).not.toContain("as before");
}, 180_000);

const BROKEN = [
  ["const known = [];\ndisplay(known[0].name);", "cell 1 (const known = [];): TypeError: Cannot read properties"],
  ["display(nowhere);", "cell 2 (display(nowhere);): RuntimeError: nowhere is not defined"],
  ["display(resize(() => { throw new Error('no ink'); }));", "Error: no ink"],
  ['await fetch("https://elsewhere.invalid/a.json");', "https://elsewhere.invalid/a.json is no file of the site"],
  ["display(document.createElement('script'));", "it shows <script>, which is not for a page's source"],
] as const;

test("cells that cannot be baked fail the build, by page and cell, and the former site stays", async () => {
  const before = await readFile(join(dir, "notes", "notebook.html"), "utf8");
  const cells = BROKEN.map(([code]) => `\`\`\`js\n${code}\n\`\`\`\n`);
  await writeFile(page(), `# A notebook\n\n${cells.join("\n")}`);
  const error = (await project.build().catch((reason) => reason)) as Error;
  expect(error).toMatchObject({ exitCode: 6 });
  const said = error.message.split(" | ");
  for (const [, words] of BROKEN) {
    const line = said.find((text) => text.includes(words));
    expect(line, `${words} in ${error.message}`).toMatch(/notes\/notebook\.html, cell \d/);
  }
  expect(await readFile(join(dir, "notes", "notebook.html"), "utf8")).toBe(before);
}, 180_000);
