import { EXIT, SentinelError } from "../cli/errors.ts";
import { bytesOf, type Inventory } from "./inventory.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** Bytes of one attached file. Marts that have a row a device, a batch or a rejected row have limits of their own. */
const FILE_LIMIT = 256 * KIB;
const LIMITS: Readonly<Record<string, number>> = {
  batch_timeline: 4 * MIB,
  // A row a pair of eight campaigns and part of the fleet.
  campaign_difference: MIB,
  import_rejects: MIB,
  // What common static hosts take.
  triage_open: 25 * MIB,
};
/** Bytes of all attached files, of one page, and of the site without attached files. */
const DATA_LIMIT = 40 * MIB;
const PAGE_LIMIT = 64 * KIB;
const FRAME_LIMIT = 2 * MIB;

/**
 * Holds a site against its budget, which is the same for a fleet of any size; docs/site-build.md says where the numbers come from.
 * @throws SentinelError with exit code 6 that names the file, its size and the limit.
 */
export function assertWithinBudget(files: Inventory): void {
  const isData = ([path]: readonly [string, unknown]): boolean => path.startsWith("_file/");
  const entries = Object.entries(files);
  for (const [path, { bytes }] of entries.filter(isData)) hold(nameOf(path), bytes, limitOf(path));
  for (const [path, { bytes }] of entries) if (path.endsWith(".html")) hold(`the page ${path}`, bytes, PAGE_LIMIT);
  const data = bytesOf(Object.fromEntries(entries.filter(isData)));
  hold("all data files together", data, DATA_LIMIT);
  hold("the site without its data", bytesOf(files) - data, FRAME_LIMIT);
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
