import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { sealPage } from "./policy.ts";

/** What a finished build holds. */
export interface BuiltSite {
  readonly pages: number;
  /** One line for each page that shows an error instead of its content. */
  readonly errors: readonly string[];
}

const HTML_ERROR = /class="[^"]*observablehq--error[^"]*"[^>]*>([\s\S]*?)<\/div>/;

/**
 * Finishes the pages that Framework wrote: gives them a language and their policy, lets people zoom, and takes out modification times,
 * which would make two builds of one input differ. Adds the file that keeps hosts from hiding folders with a leading underscore.
 */
export async function finishPages(dir: string): Promise<BuiltSite> {
  await writeFile(join(dir, ".nojekyll"), "");
  const errors: string[] = [];
  let pages = 0;
  for (const file of await filesUnder(dir)) {
    if (file.endsWith(".html")) {
      pages += 1;
      const html = finishHtml(await readFile(file, "utf8"));
      const error = HTML_ERROR.exec(html);
      if (error) errors.push(`${relative(dir, file)}: ${textOf(error[1] ?? "")}`);
      await writeFile(file, html);
    }
    await utimes(file, 0, 0);
  }
  return { pages, errors };
}

export function finishHtml(html: string): string {
  const finished = html
    .replace("<html>", '<html lang="en">')
    .replace(", maximum-scale=1", "")
    .replaceAll(/,"lastModified":\d+(?:\.\d+)?/g, "");
  return sealPage(finished);
}

/** All files below a folder, in a stable order. */
export async function filesUnder(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function textOf(html: string): string {
  return html
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .trim();
}
