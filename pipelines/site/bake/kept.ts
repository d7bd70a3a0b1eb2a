import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Chapter } from "./chapter.ts";

/** A page as it was baked, and what that came of. */
export interface KeptPage {
  /** Digest of the page before it was baked, and of all that bakes. */
  readonly key: string;
  /** What its cells read of the site, by the path, as a digest. Modules are not among it: a page names each with a digest of its own. */
  readonly reads: Readonly<Record<string, string>>;
  readonly source: string;
  /** What the report takes of it; nothing where it is none of the report's. */
  readonly chapter?: Chapter | undefined;
}

/** What the last bake made: for pages and a report that come of the same, so that they are not made again. */
export interface Kept {
  readonly pages: Readonly<Record<string, KeptPage>>;
  readonly report?: { readonly key: string; readonly source: string };
}

export function digestOf(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${part.length}\n`).update(part);
  return hash.digest("hex");
}

/** The page as it was baked before; nothing where what it comes of is not the same to the byte. */
export async function keptPage({ pages }: Kept, dir: string, path: string, key: string): Promise<KeptPage | undefined> {
  const page = pages[path];
  if (page?.key !== key) return undefined;
  for (const [file, digest] of Object.entries(page.reads)) {
    const content = await readFile(join(dir, file)).catch(() => undefined);
    if (content === undefined || digestOf(content) !== digest) return undefined;
  }
  return page;
}

export async function readKept(file: string): Promise<Kept> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Kept;
  } catch {
    return { pages: {} };
  }
}

export async function writeKept(file: string, kept: Kept): Promise<void> {
  const unfinished = `${file}.part`;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(unfinished, JSON.stringify(kept));
  await rename(unfinished, file);
}
