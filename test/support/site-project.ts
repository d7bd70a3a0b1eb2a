import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { buildSite, type SiteResult } from "../../pipelines/site/build.ts";
import type { Marts } from "./fleet-fixture.ts";
import { writeWarehouse } from "./warehouse-fixture.ts";

const PROJECT = resolve(import.meta.dirname, "..", "..");
/** What a project has of this one, by link. */
const LINKED = [
  "loaders",
  "pipelines",
  "data",
  "node_modules",
  "package.json",
  "observablehq.config.ts",
  "tsconfig.json",
];

export interface SiteProject {
  /** A project of its own, so that no build meets another's cache; its path has a space. */
  readonly root: string;
  /** Folder of the built site. */
  readonly dir: string;
  readonly warehouse: string;
  /** Of what the warehouse holds, unless a build is told another. */
  readonly snapshotId: string;
  build(options?: { snapshotId?: string; warehouse?: string; signal?: AbortSignal }): Promise<SiteResult>;
  remove(): Promise<void>;
}

/** Sets a copy of the pages up beside a warehouse that holds the given rows. Everything else is this project's, by link. */
export async function siteProject(marts: Marts): Promise<SiteProject> {
  const project = projectAt(await mkdtemp(join(tmpdir(), "sentinel site ")), "one");
  await setUp(project, marts);
  return project;
}

/** The project in a folder, as far as it is there. */
export function projectAt(root: string, id: string): SiteProject {
  const warehouse = join(root, "warehouse.duckdb");
  return {
    root,
    warehouse,
    dir: join(root, "dist"),
    snapshotId: id,
    build: ({ snapshotId = id, warehouse: other = warehouse, signal } = {}) =>
      buildSite({ projectRoot: root, warehouse: other, snapshotId, outDir: "dist", ...(signal ? { signal } : {}) }),
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

export async function setUp({ root, warehouse }: SiteProject, marts: Marts): Promise<void> {
  await mkdir(root, { recursive: true });
  await Promise.all(LINKED.map((name) => symlink(join(PROJECT, name), join(root, name))));
  await cp(join(PROJECT, "src"), join(root, "src"), {
    recursive: true,
    filter: (source) => !source.includes(".observablehq"),
  });
  await writeWarehouse(warehouse, marts);
}
