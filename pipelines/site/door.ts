import { copyFile, mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { type ChildResult, runChild } from "./child.ts";
import { reasons, siteError } from "./failure.ts";
import { cacheFolder, recordFolder } from "./libraries.ts";
import { untar } from "./untar.ts";

/** The folder of the site's sources that the door stands for. */
export const MARTS_FOLDER = "data/marts";

export interface DoorRun {
  readonly projectRoot: string;
  readonly warehouse: string;
  /** Digest of all that the data comes from: an archive that was made from the same is used again. */
  readonly data: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the door of the marts, `src/data/marts.tar.ts`, unless what it would give is there already. Returns the path of its archive.
 *
 * @throws SentinelError with exit code 6 and the door's own lines; the signal's reason where it was aborted.
 */
export async function openDoor({ projectRoot, warehouse, data, signal }: DoorRun): Promise<string> {
  const folder = recordFolder(projectRoot);
  const name = `marts-${data}.tar`;
  const archive = join(folder, name);
  await mkdir(folder, { recursive: true });
  const kept = (await readdir(folder)).filter((file) => file.startsWith("marts-"));
  if (kept.includes(name)) return archive;

  const unfinished = join(folder, `marts-${process.pid}.part`);
  try {
    const result = await runDoor(unfinished, { projectRoot, warehouse, signal });
    if (result.code !== 0) throw siteError("The site could not be built", reasons(result));
    await rename(unfinished, archive);
  } finally {
    await rm(unfinished, { force: true });
  }
  for (const former of kept) await rm(join(folder, former), { force: true });
  return archive;
}

/** By way of a file, since an archive is no text. */
async function runDoor(
  target: string,
  { projectRoot, warehouse, signal }: Omit<DoorRun, "data">,
): Promise<ChildResult> {
  const file = await open(target, "w");
  try {
    const result = await runChild({
      args: [join("pipelines", "site", "door-entry.mjs")],
      cwd: projectRoot,
      env: { SENTINEL_WAREHOUSE: warehouse },
      into: file.fd,
      signal,
    });
    // A machine that loses power could else keep the archive's name and lose what is in it, and be believed for ever.
    await file.sync();
    return result;
  } finally {
    await file.close();
  }
}

/** The files that the door gave, by name. */
export const readArchive = async (archive: string): Promise<Map<string, Buffer>> => untar(await readFile(archive));

/** Puts the archive where Framework looks for it before it runs the door itself. */
export async function handOver(projectRoot: string, archive: string): Promise<void> {
  const target = join(cacheFolder(projectRoot), `${MARTS_FOLDER}.tar`);
  const unfinished = `${target}.part`;
  await mkdir(join(target, ".."), { recursive: true });
  await copyFile(archive, unfinished);
  await rename(unfinished, target);
}

/** Framework never runs a loader again whose result it has, whatever changed. What it fetched and bundled stays. */
export async function clearData(projectRoot: string): Promise<void> {
  const cache = cacheFolder(projectRoot);
  const names = await readdir(cache).catch(() => []);
  const data = names.filter((name) => !name.startsWith("_"));
  await Promise.all(data.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}
