import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { filesUnder } from "../../pipelines/site/built-pages.ts";

/** One digest over the names and the bytes of all files of a folder. */
export async function siteDigest(dir: string): Promise<string> {
  const hash = createHash("sha256");
  for (const file of await filesUnder(dir)) hash.update(file.slice(dir.length)).update(await readFile(file));
  return hash.digest("hex");
}
