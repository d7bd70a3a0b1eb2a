import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bind } from "../pipelines/db/sql.ts";
import { withLines } from "./line-file.ts";
import { readSql } from "./models.ts";
import { type Pulled, type PullPlace, pullInto } from "./pull.ts";

/** Campaigns that stand beside the one that is shown: enough to choose from, few enough for a page to hold every pair of them. */
export const COMPARED_OTHERS = 7;

/** A campaign that can be compared, as the database knows it. */
interface Other {
  readonly campaign_id: number;
  readonly name: string;
  /** Campaigns that could be compared. */
  readonly campaigns: number;
  /** Digest of all that its counts hang on. */
  readonly state: string;
}

/** Where counts of campaigns are kept from one pull to the next, and who is told of one that had to be left out. */
export interface Keeping {
  /** Folder; made where there is anything to keep. */
  readonly kept?: string;
  readonly onNote?: (line: string) => void;
}

/**
 * Pulls what other campaigns are compared by: their settings, and counts that PostgreSQL makes. A campaign that has not changed since its counts were
 * kept is not read again.
 */
export async function pullOthers(place: PullPlace, keeping: Keeping = {}): Promise<Pulled[]> {
  const { client, campaign, folder } = place;
  const { rows } = await client.query<Other>(readSql("pull/others"), [campaign.id, COMPARED_OTHERS]);
  const others = rows.filter(({ campaign_id: id }) => id !== campaign.id);
  const counts = join(folder, "tally.tsv");
  const none = await withLines(counts, async () => {});
  const tally: Pulled = { source: "tally", files: [counts], ...none };
  const counted: Other[] = [];
  const parts: Pulled[] = [];
  for (const other of others) {
    const part = await countOf(place, other, keeping);
    if (!part) continue;
    counted.push(other);
    parts.push(part);
  }
  if (keeping.kept !== undefined) forget(keeping.kept, rows);
  return [await pullSettings(place, counted, rows[0]?.campaigns ?? 1), [tally, ...parts].reduce(together)];
}

const together = (one: Pulled, other: Pulled): Pulled => ({
  source: one.source,
  files: [...one.files, ...other.files],
  rows: one.rows + other.rows,
  longestLine: Math.max(one.longestLine, other.longestLine),
});

async function pullSettings(
  { client, campaign, folder }: PullPlace,
  others: readonly Other[],
  campaigns: number,
): Promise<Pulled> {
  const file = join(folder, "compared.tsv");
  const compared = [campaign.id, ...others.map(({ campaign_id: id }) => id)];
  const lines = await withLines(file, (into) => pullInto(into, client, "compared", { compared, campaigns }));
  return { source: "compared", files: [file], ...lines };
}

/** The counts of a campaign: those that are kept, or new ones, which are kept then. Nothing where another command holds it. */
async function countOf(place: PullPlace, other: Other, { kept, onNote }: Keeping): Promise<Pulled | undefined> {
  const file = join(place.folder, `tally-${other.campaign_id}.tsv`);
  const keep = kept === undefined ? undefined : join(kept, keptName(other));
  if (keep !== undefined && isCopied(keep, file)) return { source: "tally", files: [file], ...sizeOf(file) };
  const lines = await count(place, other, file);
  if (!lines) {
    onNote?.(`Campaign ${other.name} is being written to, and so left out of the comparison.`);
    return undefined;
  }
  if (kept !== undefined && keep !== undefined) {
    mkdirSync(kept, { recursive: true, mode: 0o700 });
    const unfinished = `${keep}.${process.pid}.part`;
    copyFileSync(file, unfinished);
    renameSync(unfinished, keep);
  }
  return { source: "tally", files: [file], ...lines };
}

/** Another command may be removing it. */
function isCopied(from: string, to: string): boolean {
  try {
    copyFileSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

async function count({ client }: PullPlace, { campaign_id: id }: Other, file: string) {
  await client.query(readSql("pull/begin_count"));
  try {
    const lines = await withLines(file, (into) => pullInto(into, client, "tally", { campaign: id }));
    await client.query(readSql("pull/end_count"));
    return lines;
  } catch (error) {
    if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
    await client.query(readSql("pull/undo_count"));
    return undefined;
  }
}

const LOCK_NOT_AVAILABLE = "55P03";

/** What is kept holds what one statement gave of one state. */
function keptName({ campaign_id: id, state }: Other): string {
  const content = createHash("sha256")
    .update(bind(readSql("pull/tally"), { campaign: id }))
    .update(state);
  return `${id}-${content.digest("hex").slice(0, 24)}.tsv`;
}

/** Removes the counts of campaigns that have changed or are gone. */
function forget(kept: string, known: readonly Other[]): void {
  if (!existsSync(kept)) return;
  const names = new Set(known.map(keptName));
  for (const name of readdirSync(kept))
    if (name.endsWith(".tsv") && !names.has(name)) rmSync(join(kept, name), { force: true });
}

/** Rows and longest line of a small file. */
function sizeOf(file: string): { rows: number; longestLine: number } {
  const lines = readFileSync(file).toString("latin1").split("\n").slice(0, -1);
  return { rows: lines.length, longestLine: Math.max(0, ...lines.map(({ length }) => length)) };
}
