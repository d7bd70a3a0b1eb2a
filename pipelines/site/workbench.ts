import { type FSWatcher, unwatchFile, watch, watchFile } from "node:fs";
import { copyFile, link, rename, rm } from "node:fs/promises";
import { join } from "node:path";

export interface WorkbenchOptions {
  readonly projectRoot: string;
  /** The warehouse of the last snapshot, which is never written here. */
  readonly warehouse: string;
  /** Folder of this server's own, in the warehouse's. */
  readonly folder: string;
  /** Makes a warehouse at the target, from the pulled rows of the other, with the SQL as it is now. */
  readonly rebuild: (warehouse: string, target: string) => Promise<void>;
  /** Called when the marts are other ones. */
  readonly changed: () => Promise<void>;
  readonly note: (line: string) => void;
}

/** A warehouse that follows the SQL while somebody edits it. */
export interface Workbench {
  /** The file that the pages' data come from; it is replaced whole. */
  readonly warehouse: string;
  close(): Promise<void>;
}

/** SQL that can be run again without the database; what is staged is pulled. */
const LAYERS = ["macros", "reference", "intermediate", "marts", "checks"];
/** Editors write a file more than once. */
const STILL_MS = 60;
/** How often the warehouse is looked at; watching its folder would miss a file that a rename replaced. */
const POLL_MS = 1000;

/** Opens a workbench: the marts follow the last snapshot, and the SQL. A mart with an error is told of, and the former ones stay. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { projectRoot, warehouse, folder, changed } = options;
  const current = join(folder, "current.duckdb");
  await takeOver(warehouse, current);
  const rebuilt = oneAtATime(() => rebuildInto(current, options));
  let timer: NodeJS.Timeout | undefined;
  const soon = (_event: string, file: string | null): void => {
    if (file !== null && !file.endsWith(".sql")) return;
    clearTimeout(timer);
    timer = setTimeout(() => void rebuilt(), STILL_MS);
  };
  const watchers: FSWatcher[] = LAYERS.map((layer) => watch(join(projectRoot, "loaders", layer), soon));
  watchFile(warehouse, { interval: POLL_MS }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs && now.size > 0) void takeOver(warehouse, current).then(changed);
  });
  return {
    warehouse: current,
    close: async () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
      unwatchFile(warehouse);
      await rebuilt.done();
    },
  };
}

/** The same file under another name, where the disk can; it is read and replaced, never written. */
async function takeOver(warehouse: string, current: string): Promise<void> {
  const next = `${current}.next`;
  await rm(next, { force: true });
  await link(warehouse, next).catch(() => copyFile(warehouse, next));
  await rename(next, current);
}

async function rebuildInto(current: string, { warehouse, rebuild, changed, note }: WorkbenchOptions): Promise<void> {
  const next = `${current}.rebuilt`;
  const began = performance.now();
  try {
    await rm(next, { force: true });
    await rebuild(warehouse, next);
    await rename(next, current);
    await changed();
    note(`Made the marts again in ${((performance.now() - began) / 1000).toFixed(1)} s.`);
  } catch (error) {
    note(`The marts are as they were: ${(error as Error).message}`);
  }
}

/** Runs the work once more after it ended where it was asked for meanwhile, and never twice at once. */
function oneAtATime(work: () => Promise<void>): (() => Promise<void>) & { done(): Promise<void> } {
  let running: Promise<void> | undefined;
  let again = false;
  const run = async (): Promise<void> => {
    again = running !== undefined;
    if (running) return;
    do {
      again = false;
      running = work();
      await running;
    } while (again);
    running = undefined;
  };
  return Object.assign(run, { done: async () => running });
}
