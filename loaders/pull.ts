import { open } from "node:fs/promises";
import { join } from "node:path";
import type pg from "pg";
import { to as copyTo } from "pg-copy-streams";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import { bind } from "../pipelines/db/sql.ts";
import { readSql } from "./models.ts";

/** What is pulled, by the names of `pull/*.sql` and of what `pulled()` reads; the devices, which take longest, come first. */
export const SOURCES = [
  "device",
  "campaign",
  "fault",
  "action",
  "triage",
  "batch",
  "validation",
  "run",
  "reject",
] as const;
export type Source = (typeof SOURCES)[number];

export interface Campaign {
  readonly id: number;
  readonly name: string;
  readonly devices: number;
}

/** What a file of pulled rows holds. */
export interface Pulled {
  readonly source: Source;
  readonly file: string;
  readonly rows: number;
  /** Bytes, without the line feed. */
  readonly longestLine: number;
}

/** Begins the one read-only transaction of a snapshot, as the loaders' role where there is one. */
export async function beginPull(client: pg.ClientBase, onNote: (line: string) => void): Promise<void> {
  await client.query(readSql("pull/begin"));
  try {
    await client.query(readSql("pull/role"));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== NO_SUCH_ROLE && code !== NO_RIGHT) throw error;
    await client.query("ROLLBACK TO SAVEPOINT before_role");
    onNote(`Reading as the user of the connection, in a read-only transaction (role sentinel_loader: ${message}).`);
  }
}

const NO_SUCH_ROLE = "22023";
const NO_RIGHT = "42501";

/** The campaign of that name, or the current one. */
export async function findCampaign(client: pg.ClientBase, name: string | undefined): Promise<Campaign> {
  const { rows } = await client.query(readSql("pull/find_campaign"), [name ?? null]);
  const row = rows[0];
  if (row) return { id: row.campaign_id, name: row.name, devices: Number(row.device_count) };
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: name === undefined ? "There is no campaign yet." : `There is no campaign named ${name}.`,
    remedy: name === undefined ? "Generate one first." : "Name another one, or generate it.",
    command: name === undefined ? "npm run generate" : `npm run generate -- --campaign ${name}`,
  });
}

/**
 * Streams one source of a campaign into a file of its own in `folder`, readable by its user alone.
 * @param onRows gets the rows written so far.
 */
export async function pullSource(
  client: pg.ClientBase,
  source: Source,
  campaign: Campaign,
  folder: string,
  onRows: (rows: number) => void,
): Promise<Pulled> {
  const file = join(folder, `${source}.tsv`);
  const stream = client.query(copyTo(bind(readSql(`pull/${source}`), { campaign: campaign.id }), BUFFER));
  const handle = await open(file, "wx", 0o600);
  const lines = new LineCounter();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      await handle.write(chunk);
      lines.add(chunk);
      onRows(lines.count);
    }
  } finally {
    await handle.close();
  }
  return { source, file, rows: lines.count, longestLine: lines.longest };
}

/** Bytes. */
const BUFFER = { highWaterMark: 1 << 18 };
const LINE_FEED = 10;

/** Counts the rows of COPY's text format, which writes a line feed in a value as \n, so that each one ends a row. */
class LineCounter {
  count = 0;
  longest = 0;
  #open = 0;

  add(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      this.longest = Math.max(this.longest, this.#open + end - start);
      this.count += 1;
      this.#open = 0;
      start = end + 1;
    }
    this.#open += chunk.length - start;
  }
}
