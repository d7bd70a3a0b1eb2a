import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, link, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { relative } from "node:path/posix";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { filesUnder } from "./built-pages.ts";
import { MARTS_FOLDER } from "./door.ts";
import { downloadPath, isDownload } from "./downloads.ts";
import type { Inventory, SiteRecord } from "./inventory.ts";

/** Pages, libraries and the file for hosts: what Framework and we make of sources alone, but for the references in pages. */
const OF_SOURCES = /\.html$|^\.nojekyll$|^_(npm|node|observablehq)\//;
const ATTACHED = /^_file\/(.+)\.[0-9a-f]{8}(\.\w+)$/;

/**
 * Which of the door's files each file of a site that Framework built holds, by its path. Nothing where anything else in it may hang on the
 * data: another loader's file, a page that a loader writes, a component that attaches a file. Such a site has to be built anew.
 *
 * @throws SentinelError with exit code 6 where the site holds other data than the door gave.
 */
export async function findMarts(
  projectRoot: string,
  dir: string,
  files: Inventory,
  door: ReadonlyMap<string, Buffer>,
): Promise<Record<string, string> | undefined> {
  const source = join(projectRoot, "src");
  let isAll = !(await filesUnder(source)).some((file) => /\.md\.\w+$/.test(file));
  const marts: Record<string, string> = {};
  for (const [path, { sha256 }] of Object.entries(files)) {
    if (OF_SOURCES.test(path)) continue;
    const attached = path.replace(ATTACHED, "$1$2");
    const name = relative(MARTS_FOLDER, attached);
    const content = door.get(name);
    if (content === undefined) isAll &&= existsSync(join(source, attached)) || (await attachesNothing(dir, path));
    else if (sha256 === sha256Of(content)) marts[path] = name;
    else throw notOurs(attached);
  }
  return isAll ? marts : undefined;
}

/** Whether a file of the site is a script or a style sheet that names no attached file. */
async function attachesNothing(dir: string, path: string): Promise<boolean> {
  return path.startsWith("_import/") && !(await readFile(join(dir, path), "utf8")).includes("/_file/");
}

function notOurs(attached: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.site,
    cause: `${attached} does not hold what the warehouse gives: a dev server wrote its own data meanwhile.`,
    remedy: "The former site is untouched. Build again, without the dev server if it shows another campaign:",
    command: "npm run build",
  });
}

/**
 * Writes a site as it was before it was baked, with other data in place of its marts, into a new folder. Pages name every file that they
 * attach with a digest and its size: beside the files themselves these are all that changes. Returns whether the door still gives every
 * file that the site has, and no other.
 */
export async function putData(
  { outDir, files, unbaked }: SiteRecord,
  marts: Readonly<Record<string, string>>,
  next: string,
  door: ReadonlyMap<string, Buffer>,
): Promise<boolean> {
  if ([...door.keys()].some((name) => !(downloadPath(name) in marts))) return false;
  const moved = new Map<string, { path: string; content: Buffer }>();
  for (const [former, name] of Object.entries(marts)) {
    const content = door.get(name);
    if (content === undefined) return false;
    const path = isDownload(former) ? former : sitePath(name, content);
    if (isDownload(former) || path !== former) moved.set(former, { path, content });
  }
  const paths = Object.keys(files);
  for (const folder of new Set(paths.map(dirname))) await mkdir(join(next, folder), { recursive: true });
  const same = paths.filter((path) => !path.endsWith(".html") && !moved.has(path));
  await Promise.all(same.map((path) => giveName(join(outDir, path), join(next, path))));
  for (const { path, content } of moved.values()) await writeFile(join(next, path), content);
  for (const [path, html] of Object.entries(unbaked)) await writeFile(join(next, path), refer(html, moved));
  return true;
}

/**
 * Gives a file that is not going to be written to another name, which takes a twentieth of a copy. A copy it is where a file can't have two: on
 * a file system without links, or where the file is somebody else's.
 */
export async function giveName(file: string, name: string): Promise<void> {
  await link(file, name).catch(() => copyFile(file, name));
}

function refer(html: string, moved: ReadonlyMap<string, { path: string; content: Buffer }>): string {
  return html.replaceAll(REFERENCE, (text, former: string, size?: string) => {
    const target = moved.get(former);
    if (!target) return text;
    return target.path + (size === undefined ? "" : `","size":${target.content.length}`);
  });
}

/** A file of the door in a page: its path, and its size where the page registers it. */
const REFERENCE = new RegExp(`(_file/${MARTS_FOLDER}/[\\w.-]+)(","size":\\d+)?`, "g");

/** The name that Framework gives an attached file in the site. */
function sitePath(name: string, content: Buffer): string {
  const ending = extname(name);
  return `_file/${MARTS_FOLDER}/${name.slice(0, -ending.length)}.${sha256Of(content).slice(0, 8)}${ending}`;
}

function sha256Of(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}
