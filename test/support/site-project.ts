import { cp, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSite, type SiteResult } from "../../pipelines/site/build.ts";
import type { Marts } from "./fleet-fixture.ts";
import { writeWarehouse } from "./warehouse-fixture.ts";

const PROJECT = resolve(import.meta.dirname, "..", "..");

export interface SiteProject {
  /** A project of its own, so that no build meets another's cache; its path has a space. */
  readonly root: string;
  readonly warehouse: string;
  build(options?: { snapshotId?: string; warehouse?: string; signal?: AbortSignal }): Promise<SiteResult>;
  remove(): Promise<void>;
}

/** Sets a copy of the pages up beside a warehouse that holds the given rows. Everything else is this project's, by link. */
export async function siteProject(marts: Marts): Promise<SiteProject> {
  const root = await mkdtemp(join(tmpdir(), "sentinel site "));
  const linked = [
    "loaders",
    "pipelines",
    "data",
    "node_modules",
    "package.json",
    "observablehq.config.ts",
    "tsconfig.json",
  ];
  await Promise.all(linked.map((name) => symlink(join(PROJECT, name), join(root, name))));
  await cp(join(PROJECT, "src"), join(root, "src"), {
    recursive: true,
    filter: (source) => !source.includes(".observablehq"),
  });
  const warehouse = join(root, "warehouse.duckdb");
  await writeWarehouse(warehouse, marts);
  return {
    root,
    warehouse,
    build: ({ snapshotId = "one", warehouse: other = warehouse, signal } = {}) =>
      buildSite({ projectRoot: root, warehouse: other, snapshotId, outDir: "dist", ...(signal ? { signal } : {}) }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
