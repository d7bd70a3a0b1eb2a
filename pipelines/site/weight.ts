import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { readPages } from "./built-pages.ts";

const STYLESHEET = /<link rel="stylesheet"[^>]* href="([^"]+)">/g;

const compressed = async (content: string | Buffer): Promise<number> => (await promisify(gzip)(content)).length;

/** Bytes that come over the line for each page before anyone interacts: its source and its style sheets, compressed. */
export async function weighPages(dir: string): Promise<Record<string, number>> {
  const sheets = new Map<string, Promise<number>>();
  const sheetWeight = (file: string): Promise<number> => {
    const weight = sheets.get(file) ?? readFile(file).then(compressed);
    sheets.set(file, weight);
    return weight;
  };
  const entries = Object.entries(await readPages(dir)).map(async ([path, html]): Promise<[string, number]> => {
    const links = [...html.matchAll(STYLESHEET)].map(([, href = ""]) => join(dir, dirname(path), href));
    const weights = await Promise.all([compressed(html), ...links.map(sheetWeight)]);
    return [path, weights.reduce((sum, bytes) => sum + bytes, 0)];
  });
  return Object.fromEntries(await Promise.all(entries));
}
