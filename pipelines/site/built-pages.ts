import { readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";

/** What a finished build holds. */
export interface BuiltSite {
  readonly pages: number;
  /** One line for each page that shows an error instead of its content. */
  readonly errors: readonly string[];
}

const HTML_ERROR = /class="[^"]*observablehq--error[^"]*"[^>]*>([\s\S]*?)<\/div>/;

/**
 * Finishes the pages that Framework wrote: gives them a language, lets people zoom, and takes out modification times, which would make
 * two builds of one input differ. Adds the file that keeps hosts from hiding folders with a leading underscore.
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
  }
  return { pages, errors };
}

export function finishHtml(html: string): string {
  return html
    .replace("<html>", '<html lang="en">')
    .replace(", maximum-scale=1", "")
    .replaceAll(/,"lastModified":\d+(?:\.\d+)?/g, "");
}

/** The pages of a site by their paths in it, with slashes. */
export async function readPages(dir: string): Promise<Record<string, string>> {
  const files = (await filesUnder(dir)).filter((file) => file.endsWith(".html"));
  const entries = files.map(async (file) => [relative(dir, file).split(sep).join("/"), await readFile(file, "utf8")]);
  return Object.fromEntries(await Promise.all(entries));
}

/** Takes the times of writing out of a site, so that two of one content are alike. */
export async function forgetTimes(dir: string): Promise<void> {
  for (const file of await filesUnder(dir)) await utimes(file, 0, 0);
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
