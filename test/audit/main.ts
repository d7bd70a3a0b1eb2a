import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { table } from "../../pipelines/cli/format.ts";
import { NAVIGATION } from "../../pipelines/site/navigation.ts";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";
import { openBrowser } from "../support/browser.ts";
import type { Marts } from "../support/fleet-fixture.ts";
import { siteProject } from "../support/site-project.ts";
import { empty, populated } from "../support/site-scenarios.ts";
import type { Look } from "../support/visit.ts";
import { measure } from "./page.ts";
import { measureQueue } from "./queue.ts";
import { type Measured, missed, TARGETS, type Target } from "./targets.ts";

const USAGE = `npm run audit -- [options]

  Opens every page of the report in a real Chromium, light and dark, 320 and 1280 pixels wide, of a campaign with data and of one without, as a
  phone of the middle class on a slow link would, and holds what it costs against the targets. Then filters and orders a triage queue of 100,000
  devices. Exits with 1 where a target is missed.

  --page NAME   this page alone, for example regions
  --dir FOLDER  a site that was built, instead of the two
  --json FILE   write all that was measured to a file
  --help        this text
`;

const LOOKS: readonly Look[] = [
  { width: 320, scheme: "light" },
  { width: 320, scheme: "dark" },
  { width: 1280, scheme: "light" },
  { width: 1280, scheme: "dark" },
];

const WITH_DATA = "with data";
const nameOf = ({ width, scheme }: Look): string => `${width} ${scheme}`;

const { values } = parseArgs({
  options: {
    page: { type: "string" },
    dir: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const isAsked = (page: string): boolean => values.page === undefined || values.page === page;

if (values.help) process.stdout.write(USAGE);
else process.exitCode = await audit();

async function audit(): Promise<number> {
  const browser = await openBrowser();
  const all: Measured[] = [];
  try {
    const sites = values.dir
      ? []
      : ([
          [WITH_DATA, populated()],
          ["empty", empty()],
        ] as const);
    if (values.dir) all.push(...(await auditSite(browser, values.dir, values.dir)));
    for (const [name, marts] of sites) all.push(...(await auditFixture(browser, name, marts)));
  } finally {
    await browser.close();
  }
  if (values.json) writeFileSync(values.json, `${JSON.stringify(all, null, 2)}\n`);
  process.stdout.write(`${printed(all)}\n`);
  return all.length > 0 && all.every((page) => missed(page).length === 0) ? 0 : 1;
}

type Chromium = Awaited<ReturnType<typeof openBrowser>>;

async function auditFixture(browser: Chromium, name: string, marts: Marts): Promise<Measured[]> {
  const project = await siteProject(marts);
  try {
    const { dir } = await project.build();
    const pages = await auditSite(browser, name, dir);
    return name === WITH_DATA && isAsked("triage") ? [...pages, await auditQueue(browser, dir)] : pages;
  } finally {
    await project.remove();
  }
}

async function auditQueue(browser: Chromium, dir: string): Promise<Measured> {
  const look: Look = { width: 1280, scheme: "light" };
  const costs = await measureQueue(browser, dir, look);
  return { site: "100,000 devices", page: "triage", look: nameOf(look), ...costs };
}

async function auditSite(browser: Chromium, site: string, dir: string): Promise<Measured[]> {
  const server: PreviewServer = await previewSite({ dir, port: 0 });
  const measured: Measured[] = [];
  try {
    for (const { path } of NAVIGATION) {
      const page = path.slice(1);
      if (!isAsked(page)) continue;
      for (const look of LOOKS) {
        const name = nameOf(look);
        const one = { site, page, look: name, ...(await measure(browser, `${server.url}${page}.html`, look)) };
        const misses = missed(one).map((target) => target.name);
        process.stderr.write(
          `${site}: ${page}, ${name}: ${misses.length > 0 ? `misses ${misses.join(", ")}` : "meets all"}\n`,
        );
        measured.push(one);
      }
    }
  } finally {
    await server.close();
  }
  return measured;
}

/** The table, with the worst of each column below, and what is wrong in words. */
function printed(all: readonly Measured[]): string {
  const written = (value: number | undefined, { digits, limit }: Target): string =>
    value === undefined ? "" : `${value.toFixed(digits)}${value > limit ? " !" : ""}`;
  const shown = (page: Measured): string[] => TARGETS.map((target) => written(target.of(page), target));
  const worst = TARGETS.map((target) => {
    const found = all.flatMap((page) => target.of(page) ?? []);
    return written(found.length > 0 ? Math.max(...found) : undefined, target);
  });
  const rows = all.map((page) => [page.site, page.page, page.look, ...shown(page)]);
  const limits = TARGETS.map(({ limit }) => `<= ${limit}`);
  const words = all.flatMap(({ site, page, look, findings = [], complaints = [] }) =>
    [...findings, ...complaints].map((what) => `${site}, ${page}, ${look}: ${what}`),
  );
  const found = [...new Set(words)];
  const lines = table(
    ["site", "page", "look", ...TARGETS.map(({ name }) => name)],
    [...rows, ["", "worst", "", ...worst], ["", "target", "", ...limits]],
  );
  const misses = all.filter((page) => missed(page).length > 0).length;
  return [lines, ...found, `${all.length - misses} of ${all.length} looks at a page meet all targets.`].join("\n");
}
