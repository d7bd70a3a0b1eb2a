import { EXIT, SentinelError } from "../cli/errors.ts";
import { isDownload } from "./downloads.ts";
import { bytesOf, type Inventory, REPORT } from "./inventory.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of one attached file. Marts that have a row a device, a batch or a rejected row have limits of their own. */
const FILE_LIMIT = 256 * KIB;
const LIMITS: Readonly<Record<string, number>> = {
  batch_timeline: 4 * MIB,
  // A row a pair of eight campaigns and part of the fleet.
  campaign_difference: MIB,
  import_rejects: MIB,
  policy_base: MIB,
  // What common static hosts take.
  triage_open: 25 * MIB,
};
/**
 * Bytes of all attached files, of all files under names that stay, of the SQL engine, of one page with its style sheet as they come over the
 * line, of the report, and of the rest of the site.
 */
const DATA_LIMIT = 40 * MIB;
const DOWNLOADS_LIMIT = 80 * MIB;
const ENGINE_LIMIT = 10 * MIB;
export const PAGE_LIMIT = 60 * KIB;
export const REPORT_LIMIT = 300 * KIB;
/** The pages that come with Sentinel need half of it; notebooks may bring libraries. */
const FRAME_LIMIT = 4 * MIB;

/**
 * Holds a site against its budget, which is the same for a fleet of any size; docs/site-build.md says where the numbers come from.
 * @param weights what comes over the line for each page before anyone interacts
 * @throws SentinelError with exit code 6 that names the file, its size and the limit.
 */
export function assertWithinBudget(files: Inventory, weights: Readonly<Record<string, number>>): void {
  const entries = Object.entries(files);
  const isPage = (path: string): boolean => path.endsWith(".html");
  const isEngine = (path: string): boolean => path.startsWith("_npm/@duckdb/");
  const isAttached = (path: string): boolean => path.startsWith("_file/");
  const sum = (those: (path: string) => boolean): number =>
    bytesOf(Object.fromEntries(entries.filter(([path]) => those(path))));
  for (const [path, { bytes }] of entries) {
    if (isAttached(path) || isDownload(path)) hold(nameOf(path), bytes, limitOf(path));
    else if (path === REPORT) hold(path, bytes, REPORT_LIMIT);
  }
  for (const [path, bytes] of Object.entries(weights))
    if (path !== REPORT) hold(`the page ${path}, compressed`, bytes, PAGE_LIMIT);
  hold("all data files together", sum(isAttached), DATA_LIMIT);
  hold("all downloads together", sum(isDownload), DOWNLOADS_LIMIT);
  hold("the SQL engine", sum(isEngine), ENGINE_LIMIT);
  const apart = (path: string): boolean => isAttached(path) || isDownload(path) || isEngine(path) || isPage(path);
  const pages = Object.values(weights).reduce((all, bytes) => all + bytes, 0);
  hold("the site without its data, its pages compressed", bytesOf(files) - sum(apart) + pages, FRAME_LIMIT);
}

/** The path of an attached file as a page writes it. */
const nameOf = (path: string): string => path.replace(/^_file\//, "").replace(/\.[0-9a-f]{8}(?=\.\w+$)/, "");

function limitOf(path: string): number {
  const mart = /^data\/marts\/(\w+)\.\w+$/.exec(nameOf(path))?.[1];
  return (mart && LIMITS[mart]) || FILE_LIMIT;
}

function hold(what: string, bytes: number, limit: number): void {
  if (bytes <= limit) return;
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: `The site is over its budget: ${what}: ${size(bytes)}, limit ${size(limit)}. The former site is untouched.`,
    remedy:
      "Let the mart answer with fewer rows, or raise its limit (docs/site-build.md). The marts can be read without a site:",
    command: "npm run report -- --no-site",
  });
}

const size = (bytes: number): string => `${(bytes / KIB).toLocaleString("en", { maximumFractionDigits: 1 })} KiB`;
