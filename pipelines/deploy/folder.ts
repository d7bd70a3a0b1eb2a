import { createHash } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { type Inventory, takeInventory } from "../site/inventory.ts";
import { nextFolder } from "../site/publish.ts";
import { refusal } from "./refusal.ts";
import type { BuiltSite, Ready } from "./target.ts";

/** Says what a folder was made for and of; a folder without it is not ours. */
const MANIFEST = "deploy.json";

export interface Manifest {
  readonly target: string;
  readonly base: string;
  readonly files: Inventory;
}

/** What the folder is to hold: the files of the site, and the host's texts. */
export function manifestOf(target: string, { base, files }: BuiltSite, { below, texts }: Ready): Manifest {
  const copies = Object.entries(files).map(([path, file]) => [`site/${below}${path}`, file] as const);
  const written = Object.entries(texts).map(([path, text]) => {
    const sha256 = createHash("sha256").update(text).digest("hex");
    return [path, { bytes: Buffer.byteLength(text), sha256 }] as const;
  });
  const all = [...new Map([...copies, ...written])].sort(([a], [b]) => (a < b ? -1 : 1));
  return { target, base, files: Object.fromEntries(all) };
}

/** @throws SentinelError with exit code 6 where the folder holds the project or the site, lies in the site, or holds what no deploy made. */
export async function assertOurs(folder: string, projectRoot: string, site: string): Promise<void> {
  const within = (inner: string, outer: string): boolean => `${inner}${sep}`.startsWith(`${resolve(outer)}${sep}`);
  if (within(folder, site) || within(site, folder) || within(projectRoot, folder))
    throw refusal(`${folder} is no place for it: that is where the site or the project is.`, "Name another folder.");
  const names: string[] = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    if (error.code === "ENOTDIR") throw refusal(`${folder} is a file.`, "Name a folder.");
    throw error;
  });
  if (names.length === 0) return;
  const former = await readManifest(folder);
  const strangers = former
    ? Object.keys(await inventory(folder)).filter((path) => !Object.hasOwn(former.files, path))
    : names;
  if (strangers.length === 0) return;
  const shown = strangers.slice(0, 3).join(", ");
  throw refusal(
    `The folder holds what no deploy made: ${shown}${strangers.length > 3 ? ` and ${strangers.length - 3} more` : ""}.`,
    "Move it away, or name another folder with --to.",
  );
}

/** Whether the folder is, to the byte, what it is to be. */
export async function isDone(folder: string, manifest: Manifest): Promise<boolean> {
  const former = await readManifest(folder);
  if (!former || JSON.stringify(former) !== JSON.stringify(manifest)) return false;
  const found = Object.entries(await inventory(folder)).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(Object.fromEntries(found)) === JSON.stringify(manifest.files);
}

/** Writes the folder beside its place, where `swapIn` takes it from. */
export async function writeBeside(
  folder: string,
  site: BuiltSite,
  { below, texts }: Ready,
  manifest: Manifest,
): Promise<void> {
  const next = nextFolder(folder);
  await rm(next, { recursive: true, force: true });
  for (const path of Object.keys(site.files)) {
    const target = join(next, "site", below, path);
    await mkdir(dirname(target), { recursive: true });
    await copyFile(join(site.dir, path), target);
    await utimes(target, 0, 0);
  }
  for (const [path, text] of [
    ...Object.entries(texts),
    [MANIFEST, `${JSON.stringify(manifest, null, 1)}\n`] as const,
  ]) {
    const target = join(next, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    await utimes(target, 0, 0);
  }
}

async function inventory(folder: string): Promise<Inventory> {
  const { [MANIFEST]: _, ...files } = await takeInventory(folder);
  return files;
}

async function readManifest(folder: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, MANIFEST), "utf8")) as Manifest;
  } catch {
    return undefined;
  }
}
