import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { assertAllowed } from "./allowed.ts";
import { type Baker, startBaker } from "./bake/baker.ts";
import { assertWithinBudget } from "./budget.ts";
import { finishPages, forgetTimes, readPages } from "./built-pages.ts";
import { clearData, handOver, openDoor, readArchive } from "./door.ts";
import { reasons, siteError } from "./failure.ts";
import { dataFingerprint, pagesFingerprint } from "./fingerprint.ts";
import { runFramework } from "./framework.ts";
import { bytesOf, pagesOf, readRecord, type SiteRecord, takeInventory, writeRecord } from "./inventory.ts";
import { prepareLibraries } from "./libraries.ts";
import { withBuildLock } from "./lock.ts";
import { assertReplaceable, nextFolder, swapIn } from "./publish.ts";
import { findMarts, putData } from "./refresh.ts";
import { weighPages } from "./weight.ts";

export interface SiteOptions {
  readonly projectRoot: string;
  /** DuckDB file with the marts. */
  readonly warehouse: string;
  /** Identity of what the warehouse holds; another one makes the data be read again. */
  readonly snapshotId: string;
  readonly outDir: string;
  readonly note?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface SiteResult {
  readonly dir: string;
  readonly bytes: number;
  readonly pages: number;
  /** What had to be made: nothing, where the site that was asked for was there; the data alone; or all of it. */
  readonly made: "nothing" | "data" | "site";
}

/** A build under way: its options with whole paths, and the digests of what it is made from. */
interface Job extends SiteOptions, Pick<SiteRecord, "pages" | "data"> {
  readonly next: string;
  readonly baker: Baker;
}

/**
 * Builds the static site from a warehouse, without a network: as much of it as changed. The former site stays whole until the new one
 * is complete.
 *
 * @throws SentinelError with exit code 6 and the page's or loader's own lines where it cannot be built; the signal's reason
 * where it was aborted.
 */
export async function buildSite(options: SiteOptions): Promise<SiteResult> {
  const projectRoot = resolve(options.projectRoot);
  const outDir = resolve(projectRoot, options.outDir);
  options.signal?.throwIfAborted();
  return withBuildLock(projectRoot, options.signal, async () => {
    await assertReplaceable(outDir);
    const [pages, data, former] = await Promise.all([
      pagesFingerprint(projectRoot),
      dataFingerprint(projectRoot, options.snapshotId),
      readRecord(projectRoot, outDir),
    ]);
    if (former?.pages === pages && former.data === data) {
      options.note?.("The site is up to date.");
      return result(former, "nothing");
    }
    const next = nextFolder(outDir);
    const baker = startBaker(projectRoot, options.signal);
    const job = { ...options, projectRoot, warehouse: resolve(options.warehouse), outDir, pages, data, next, baker };
    try {
      await rm(next, { recursive: true, force: true });
      const renewed = former?.pages === pages ? await renewData(job, former) : undefined;
      return renewed ? result(renewed, "data") : result(await buildAll(job), "site");
    } finally {
      await baker.end();
      await rm(next, { recursive: true, force: true });
    }
  });
}

const result = ({ outDir, files }: SiteRecord, made: SiteResult["made"]): SiteResult => ({
  dir: outDir,
  bytes: bytesOf(files),
  pages: pagesOf(files).length,
  made,
});

/** Puts new data into the site that is there. Nothing where that does not do, so that all of it has to be built. */
async function renewData(job: Job, former: SiteRecord): Promise<SiteRecord | undefined> {
  if (!former.marts) return undefined;
  const door = await readArchive(await openDoor(job));
  if (!(await putData(former, former.marts, job.next, door))) return undefined;
  const record = await publish(job, door);
  job.note?.("Put the new data into the site; its pages are the same.");
  return record;
}

async function buildAll(job: Job): Promise<SiteRecord> {
  const { projectRoot, warehouse, next, signal } = job;
  await clearData(projectRoot);
  if (await prepareLibraries(projectRoot)) job.note?.("Bundled the client libraries.");
  await mkdir(next, { recursive: true });
  const [door, built] = await Promise.all([
    // While Framework reads the pages. Where this fails, Framework runs the door itself and says why.
    doorForFramework(job).catch(() => new Map<string, Buffer>()),
    runFramework({ projectRoot, args: ["build"], warehouse, output: next, signal }),
  ]);
  if (built.code !== 0) throw siteError("The site could not be built", reasons(built));
  const { pages, errors } = await finishPages(next);
  if (errors.length > 0) throw siteError("A page of the site has an error", errors);
  const record = await publish(job, door);
  job.note?.(`Built ${pages} pages.`);
  return record;
}

async function doorForFramework(job: Job): Promise<Map<string, Buffer>> {
  const archive = await openDoor(job);
  await handOver(job.projectRoot, archive);
  return readArchive(archive);
}

/** Bakes the new site and puts it where the former one was, if all of it may be published and is within its budget; keeps in mind what it is. */
async function publish(
  { projectRoot, outDir, next, pages, data, baker }: Job,
  door: Map<string, Buffer>,
): Promise<SiteRecord> {
  const unbaked = await readPages(next);
  await baker.bake(next);
  await forgetTimes(next);
  const files = await takeInventory(next);
  assertAllowed(files);
  assertWithinBudget(files, await weighPages(next));
  const marts = await findMarts(projectRoot, next, files, door);
  await swapIn(next, outDir);
  const record = { outDir, pages, data, files, unbaked, marts };
  await writeRecord(projectRoot, record);
  return record;
}
