import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { filesUnder } from "./built-pages.ts";
import { recordFolder } from "./libraries.ts";

/** What one file of a site is. */
export interface SiteFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** The files of a site by their paths in it, with slashes, in a stable order. */
export type Inventory = Readonly<Record<string, SiteFile>>;

/** What the last build made, and what from. */
export interface SiteRecord {
  readonly outDir: string;
  /** Digest of what the pages are made of, data apart. */
  readonly pages: string;
  /** Digest of what the data was made of. */
  readonly data: string;
  readonly files: Inventory;
  /** The pages by their paths as Framework made them, without anything in them that comes of data but the names of files. */
  readonly unbaked: Readonly<Record<string, string>>;
  /** The file of the door that each path of the site holds; nothing where the site holds more that may depend on the data. */
  readonly marts?: Readonly<Record<string, string>> | undefined;
}

/** Reads every file of a site; a folder that is missing has none. */
export async function takeInventory(dir: string): Promise<Inventory> {
  const files = await filesUnder(dir).catch(() => []);
  const entries = files.map(async (file): Promise<[string, SiteFile]> => {
    const content = await readFile(file);
    const sha256 = createHash("sha256").update(content).digest("hex");
    return [relative(dir, file).split(sep).join("/"), { bytes: content.length, sha256 }];
  });
  return Object.fromEntries(await Promise.all(entries));
}

export const bytesOf = (files: Inventory): number => Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);

/** The whole report as one file, made of the pages. */
export const REPORT = "report.html";

/** The pages of a site, without the report that is made of them. */
export const pagesOf = (files: Inventory): string[] =>
  Object.keys(files).filter((path) => path.endsWith(".html") && path !== REPORT);

/** The record of the site in a folder; nothing where that is not, to the byte, what was built there. */
export async function readRecord(projectRoot: string, outDir: string): Promise<SiteRecord | undefined> {
  const record = await parse(recordFile(projectRoot));
  if (record?.outDir !== outDir) return undefined;
  const found = await takeInventory(outDir);
  return JSON.stringify(found) === JSON.stringify(record.files) ? record : undefined;
}

export async function writeRecord(projectRoot: string, record: SiteRecord): Promise<void> {
  const file = recordFile(projectRoot);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(record));
}

const recordFile = (projectRoot: string): string => join(recordFolder(projectRoot), "site.json");

async function parse(file: string): Promise<SiteRecord | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as SiteRecord;
  } catch {
    return undefined;
  }
}
