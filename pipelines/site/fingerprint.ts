import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** Pages run code of it (`pages.ts`), and so does the door. */
const DOMAIN = join("pipelines", "domain");

/** What pages are made of, data apart. The last is npm's own list of what is installed, in which versions. */
const PAGES = [
  "src",
  join("pipelines", "site"),
  DOMAIN,
  "observablehq.config.ts",
  "package.json",
  "tsconfig.json",
  join("node_modules", ".package-lock.json"),
];

/** What the door runs and reads beside the snapshot: itself, and whatever it and the loaders may import. */
const DATA = [
  join("src", "data"),
  join("src", "components"),
  "loaders",
  DOMAIN,
  join("pipelines", "db"),
  join("pipelines", "cli"),
  "package.json",
  join("node_modules", "world-atlas", "package.json"),
];

/** What bakes pages: beside them, all that decides what a page shows. */
const BAKE = [join("pipelines", "site"), join("node_modules", ".package-lock.json")];

/** A digest of everything that decides what the pages look like but for their data: equal digests, equal pages. */
export const pagesFingerprint = (projectRoot: string): Promise<string> => digest(projectRoot, PAGES);

/** A digest of everything that decides what the door gives: equal digests, equal data. */
export const dataFingerprint = (projectRoot: string, snapshotId: string): Promise<string> =>
  digest(projectRoot, DATA, snapshotId);

/** A digest of everything that bakes pages, Node included: equal digests, and equal pages show the same. */
export const bakeFingerprint = (projectRoot: string): Promise<string> => digest(projectRoot, BAKE, process.version);

async function digest(projectRoot: string, sources: readonly string[], seed = ""): Promise<string> {
  const hash = createHash("sha256").update(`${seed}\n`);
  for (const source of sources) {
    for (const file of await sourceFiles(join(projectRoot, source))) {
      hash.update(`${relative(projectRoot, file)}\n`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

/** The files of a folder, tests apart, in the order of their names; of a file, itself. */
export async function sourceFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOTDIR") return undefined;
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}.observablehq${sep}`) && !file.includes(`${sep}node_modules${sep}`))
    .sort();
}
