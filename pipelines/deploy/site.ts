import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { assertAllowed } from "../site/allowed.ts";
import { assertWithinBudget } from "../site/budget.ts";
import { dataFingerprint, pagesFingerprint } from "../site/fingerprint.ts";
import { readRecord } from "../site/inventory.ts";
import { weighPages } from "../site/weight.ts";
import { refusal } from "./refusal.ts";
import type { BuiltSite, Target } from "./target.ts";

/**
 * The site in `dist`, if that is what a build would give now and all of it may be published.
 * @throws SentinelError with exit code 6 where it is missing, was altered, is out of date, holds what may not be published, or more than
 * the host takes.
 */
export async function readSite(
  projectRoot: string,
  base: string,
  target: Target,
  snapshotId: () => Promise<string>,
): Promise<BuiltSite> {
  const dir = join(projectRoot, "dist");
  if (!existsSync(join(dir, "index.html"))) throw refusal("There is no built site.", "Build it first.", BUILD);
  const record = await readRecord(projectRoot, dir);
  if (!record)
    throw refusal("dist/ is not, to the byte, what was built here: a file was edited, added or removed.", AGAIN, BUILD);
  const [pages, data] = await Promise.all([
    pagesFingerprint(projectRoot),
    snapshotId().then((id) => dataFingerprint(projectRoot, id)),
  ]);
  if (record.pages !== pages) throw refusal("dist/ is older than its pages or their tools.", AGAIN, BUILD);
  if (record.data !== data)
    throw refusal(
      "dist/ shows other data than the last snapshot has.",
      "Build it again; or, if another campaign is meant, name it with --campaign, here and there.",
      BUILD,
    );
  assertAllowed(record.files);
  assertWithinBudget(record.files, await weighPages(dir));
  for (const [path, { bytes }] of Object.entries(record.files)) assertTaken(path, bytes, target);
  const pagesAndReport = Object.keys(record.files).filter((path) => path.endsWith(".html"));
  const texts = pagesAndReport.map(async (path) => [path, await readFile(join(dir, path), "utf8")] as const);
  return { dir, files: record.files, base, pages: Object.fromEntries(await Promise.all(texts)) };
}

const BUILD = "npm run build";
const AGAIN = "Build it again.";
const MIB = 1024 * 1024;

function assertTaken(path: string, bytes: number, { title, mostBytes }: Target): void {
  if (mostBytes === undefined || bytes <= mostBytes) return;
  const size = (n: number): string => `${(n / MIB).toFixed(1)} MiB`;
  throw refusal(
    `${path} has ${size(bytes)}; ${title} takes files of ${size(mostBytes)} at most.`,
    "Let the mart answer with fewer rows, or publish where files may be larger: --target nginx, s3 or gcs.",
  );
}
