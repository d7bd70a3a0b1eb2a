import { appendFile, cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readRecord, takeInventory } from "../../pipelines/site/inventory.ts";
import { findMarts } from "../../pipelines/site/refresh.ts";
import { copiedSite } from "../support/built-site.ts";
import type { Marts } from "../support/fleet-fixture.ts";
import { PAGES } from "../support/site-pages.ts";
import type { SiteProject } from "../support/site-project.ts";
import { alike, populated } from "../support/site-scenarios.ts";
import { writeWarehouse } from "../support/warehouse-fixture.ts";
import { siteDigest } from "./digest.ts";

const BUILD_MS = 120_000;

let project: SiteProject;

const path = (...names: string[]): string => join(project.root, ...names);
const pull = async (marts: Marts): Promise<void> => {
  await rm(project.warehouse, { force: true });
  await writeWarehouse(project.warehouse, marts);
};
const digest = (): Promise<string> => siteDigest(path("dist"));

/** The one file that the site has of an attached one. */
async function attached(folder: string, stem: string, ending: string): Promise<string> {
  const dir = path("dist", "_file", folder);
  const names = (await readdir(dir)).filter((name) => name.startsWith(`${stem}.`) && name.endsWith(ending));
  expect(names).toHaveLength(1);
  return readFile(join(dir, names[0] ?? ""), "utf8");
}

/** Every test begins with a site that is built, and may do with it what it likes. */
beforeEach(async () => {
  project = await copiedSite(alike());
});

afterEach(() => project?.remove());

test("a site that was built and copied as a whole is not built again", async () => {
  expect(await project.build()).toMatchObject({ made: "nothing", pages: PAGES });
});

test(
  "new data is put into the pages that are there, to the byte as a whole build would",
  async () => {
    const before = await digest();
    await pull(populated());
    const renewed = await project.build({ snapshotId: "populated" });
    expect(renewed).toMatchObject({ made: "data", pages: PAGES });
    const after = await digest();
    expect(after).not.toBe(before);
    for (const page of ["regions.html", "report.html"])
      expect(await readFile(path("dist", page), "utf8")).toContain("India fails 9.5 points more often");

    await rm(path("dist"), { recursive: true });
    await rm(path("src", ".observablehq"), { recursive: true });
    expect(await project.build({ snapshotId: "populated" })).toEqual({ ...renewed, made: "site" });
    expect(await digest()).toBe(after);

    await pull(alike());
    expect(await project.build()).toMatchObject({ made: "data" });
    expect(await digest()).toBe(before);
    expect(await project.build()).toMatchObject({ made: "nothing" });
  },
  2 * BUILD_MS,
);

test(
  "a page that changed is built without reading the data again",
  async () => {
    const page = path("src", "triage.md");
    await appendFile(page, "\nA word to who is on duty.\n");
    await rm(project.warehouse);
    expect(await project.build()).toMatchObject({ made: "site" });
    expect(await readFile(path("dist", "triage.html"), "utf8")).toContain("A word to who is on duty.");
  },
  BUILD_MS,
);

test(
  "a site with a page edited without another size, removed or added is not taken for what was built, and built again",
  async () => {
    const whole = await digest();
    const page = path("dist", "triage.html");
    const text = await readFile(page, "utf8");
    const more = path("dist", "more.html");
    const known = async (): Promise<boolean> => (await readRecord(project.root, path("dist"))) !== undefined;
    expect(await known()).toBe(true);
    await writeFile(more, text);
    expect(await known()).toBe(false);
    await rm(more);
    await writeFile(page, text.replace("W", "V"));
    expect(await known()).toBe(false);
    await writeFile(page, text);
    expect(await known()).toBe(true);
    await rm(page);
    expect(await known()).toBe(false);
    expect(await project.build()).toMatchObject({ made: "site" });
    expect(await digest()).toBe(whole);
  },
  BUILD_MS,
);

test(
  "a loader that changed is run again, for the same snapshot",
  async () => {
    const loaders = path("loaders");
    await rm(loaders);
    await cp(join(import.meta.dirname, "..", "..", "loaders"), loaders, { recursive: true });
    await appendFile(join(loaders, "marts", "fleet_status.sql"), "-- as of today\n");
    expect(await project.build()).toMatchObject({ made: "data" });
    expect(await attached("data/marts", "fleet_status", ".sql")).toContain("-- as of today");
  },
  2 * BUILD_MS,
);

test(
  "a loader beside the door is run again whenever the data changed, wherever it lies",
  async () => {
    await writeFile(path("src", "moment.txt.ts"), "process.stdout.write(String(process.env.SENTINEL_WAREHOUSE));");
    const page = path("src", "triage.md");
    await appendFile(page, '\n```js\nawait FileAttachment("moment.txt").text()\n```\n');
    expect(await project.build()).toMatchObject({ made: "site" });
    expect(await attached("", "moment", ".txt")).toBe(project.warehouse);

    const other = path("other.duckdb");
    await writeWarehouse(other, populated());
    const { made } = await project.build({ snapshotId: "other", warehouse: other });
    expect(made).toBe("site");
    expect(await attached("", "moment", ".txt")).toBe(other);
  },
  2 * BUILD_MS,
);

test("other data than the door gave is not taken for it", async () => {
  const door = async (content: string): Promise<unknown> =>
    findMarts(
      project.root,
      path("dist"),
      await takeInventory(path("dist")),
      new Map([["runs.json", Buffer.from(content)]]),
    );
  expect(await door(await attached("data/marts", "runs", ".json"))).toBeUndefined();
  await expect(door("[]")).rejects.toMatchObject({ exitCode: 6, message: expect.stringContaining("runs.json") });
});

test(
  "a file above the budget is refused, in a whole build and in new data, and the former site stays",
  async () => {
    const whole = await digest();
    const marts = alike();
    const [region] = marts.region_failure ?? [];
    await pull({ ...marts, region_failure: Array.from({ length: 700 }, () => ({ ...region })) });
    const refusal = {
      exitCode: 6,
      message: expect.stringMatching(/budget: data\/marts\/region_failure\.json: [\d.,]+ KiB, limit 256 KiB/),
    };
    await expect(project.build({ snapshotId: "many" })).rejects.toMatchObject(refusal);
    expect(await digest()).toBe(whole);
    await rm(path("src", ".observablehq"), { recursive: true });
    await expect(project.build({ snapshotId: "many" })).rejects.toMatchObject(refusal);
    expect(await digest()).toBe(whole);
  },
  2 * BUILD_MS,
);
