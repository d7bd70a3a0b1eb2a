import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm, rmdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, inject } from "vitest";
import { readRecord, writeRecord } from "../../pipelines/site/inventory.ts";
import type { Marts } from "./fleet-fixture.ts";
import { projectAt, type SiteProject, setUp } from "./site-project.ts";
import { populated } from "./site-scenarios.ts";
import { writeWarehouse } from "./warehouse-fixture.ts";

const POLL_MS = 200;

/** A site that all tests of a run share, and none changes. */
export type BuiltSite = Pick<SiteProject, "root" | "warehouse" | "dir" | "snapshotId">;

/**
 * The site of these marts, for tests that read it alone. Who asks first builds it, others wait. Where the marts are other than those of
 * {@link populated}, they are put as new data into a copy of its site, which gives the same bytes as a build from nothing.
 */
export async function builtSite(marts: Marts): Promise<BuiltSite> {
  const key = keyOf(marts);
  const folder = join(inject("sitesFolder"), key);
  const site = projectAt(join(folder, "project"), key);
  const ready = join(folder, "ready");
  await alone(folder, async () => {
    if (existsSync(ready)) return;
    await rm(site.root, { recursive: true, force: true });
    await (key === keyOf(populated()) ? buildAnew(site, marts) : putIntoCopy(site, marts));
    await writeFile(ready, "");
  });
  return site;
}

/** A copy of the site of these marts, for tests that change it or what it is made of. It counts as built. */
export async function copiedSite(marts: Marts): Promise<SiteProject> {
  const site = await builtSite(marts);
  const copy = projectAt(await mkdtemp(join(tmpdir(), "sentinel site ")), site.snapshotId);
  await copyInto(copy, site);
  return copy;
}

/** Does the work while no other worker does, however long that takes: a test that waits has a limit of its own. */
async function alone(folder: string, work: () => Promise<void>): Promise<void> {
  const lock = join(folder, "lock");
  await mkdir(folder, { recursive: true });
  const taken = (): Promise<boolean> =>
    mkdir(lock).then(
      () => true,
      (error) => {
        if (error.code !== "EEXIST") throw error;
        return false;
      },
    );
  while (!(await taken())) await setTimeout(POLL_MS);
  try {
    await work();
  } finally {
    await rmdir(lock);
  }
}

const keyOf = (marts: Marts): string => createHash("sha256").update(JSON.stringify(marts)).digest("hex").slice(0, 12);

async function buildAnew(site: SiteProject, marts: Marts): Promise<void> {
  await setUp(site, marts);
  await site.build();
}

async function putIntoCopy(site: SiteProject, marts: Marts): Promise<void> {
  await copyInto(site, await builtSite(populated()));
  await rm(site.warehouse);
  await writeWarehouse(site.warehouse, marts);
  expect(await site.build()).toMatchObject({ made: "data" });
}

async function copyInto(target: SiteProject, { root, dir }: BuiltSite): Promise<void> {
  await cp(root, target.root, { recursive: true, verbatimSymlinks: true });
  const record = await readRecord(root, dir);
  if (!record) throw new Error("A test changed the site that others share.");
  await writeRecord(target.root, { ...record, outDir: target.dir });
}
