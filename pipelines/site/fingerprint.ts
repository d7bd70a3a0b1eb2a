import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What a site is made of beside the snapshot. */
const SOURCES = ["src", "loaders", join("pipelines", "site"), "observablehq.config.ts", "package.json"];

/** A digest of everything that decides what the site looks like: equal digests, equal sites. */
export async function siteFingerprint(projectRoot: string, snapshotId: string): Promise<string> {
  const hash = createHash("sha256").update(`${snapshotId}\n`);
  for (const source of SOURCES) {
    for (const file of await sourceFiles(join(projectRoot, source))) {
      hash.update(`${relative(projectRoot, file)}\n`).update(await readFile(file));
    }
  }
  return hash.digest("hex");
}

async function sourceFiles(path: string): Promise<string[]> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOTDIR") return undefined;
    if (error.code === "ENOENT") return [];
    throw error;
  });
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${sep}.observablehq${sep}`) && !file.includes(`${sep}node_modules${sep}`))
    .sort();
}
