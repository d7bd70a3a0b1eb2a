import { join } from "node:path";
import type pg from "pg";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import { copyOut } from "../pipelines/db/copy-out.ts";
import { type Bindable, bind } from "../pipelines/db/sql.ts";
import { shardAt, shardCount } from "../pipelines/domain/shards.ts";
import type { RuleField } from "../pipelines/domain/vocabulary.ts";
import { type LineFile, withLines } from "./line-file.ts";
import { readSql } from "./models.ts";

/** What is pulled, by the names of `pull/*.sql` and of what `pulled()` reads. */
export const SOURCES = [
  "device",
  "profile",
  "outcome",
  "rule",
  "campaign",
  "fault",
  "action",
  "triage",
  "judged",
  "triage_decision",
  "batch",
  "validation",
  "run",
  "reject",
] as const;
/** These, and what is pulled of several campaigns. */
export type Source = (typeof SOURCES)[number] | "compared" | "tally";

export interface Campaign {
  readonly id: number;
  readonly name: string;
  readonly devices: number;
  /** Name of the rule set that judges it. */
  readonly rules: string;
  /** Name of the policy that recovery decided by last; undefined where it has not run. */
  readonly policy: string | undefined;
}

/** What the files of pulled rows of a source hold. */
export interface Pulled {
  readonly source: Source;
  /** Their paths. */
  readonly files: readonly string[];
  readonly rows: number;
  /** Bytes, without the line feed. */
  readonly longestLine: number;
}

/**
 * Begins the read-only transaction of a snapshot, as the loaders' role where there is one.
 * @param seen what this function returned for another session: this one then sees what that one sees.
 * @returns a name for what it sees.
 */
export async function beginPull(client: pg.ClientBase, onNote: (line: string) => void, seen?: string): Promise<string> {
  await client.query(readSql("pull/begin"));
  const snapshot = seen ?? (await exportSnapshot(client));
  if (seen !== undefined) await client.query(bind(readSql("pull/see_snapshot"), { snapshot }));
  await client.query(readSql("pull/settings"));
  try {
    await client.query(readSql("pull/role"));
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code !== NO_SUCH_ROLE && code !== NO_RIGHT) throw error;
    await client.query("ROLLBACK TO SAVEPOINT before_role");
    onNote(`Reading as the user of the connection, in a read-only transaction (role sentinel_loader: ${message}).`);
  }
  return snapshot;
}

async function exportSnapshot(client: pg.ClientBase): Promise<string> {
  const { rows } = await client.query<{ snapshot: string }>(readSql("pull/export_snapshot"));
  return rows[0]?.snapshot ?? "";
}

const NO_SUCH_ROLE = "22023";
const NO_RIGHT = "42501";

/** The campaign of that name, or the current one. */
export async function findCampaign(client: pg.ClientBase, name: string | undefined): Promise<Campaign> {
  const { rows } = await client.query(readSql("pull/find_campaign"), [name ?? null]);
  const row = rows[0];
  if (row)
    return {
      id: row.campaign_id,
      name: row.name,
      devices: Number(row.device_count),
      rules: row.rules,
      policy: row.policy ?? undefined,
    };
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: name === undefined ? "There is no campaign yet." : `There is no campaign named ${name}.`,
    remedy: name === undefined ? "Generate one first." : "Name another one, or generate it.",
    command: name === undefined ? "npm run generate" : `npm run generate -- --campaign ${name}`,
  });
}

/** What a session pulls from, and where to. */
export interface PullPlace {
  readonly client: pg.ClientBase;
  readonly campaign: Campaign;
  /** Folder for the files, each readable by its user alone. */
  readonly folder: string;
  /** What rules and policy ask about: of the columns that nothing else reads, those alone are pulled. */
  readonly asked?: readonly RuleField[];
  /** Whether any rule proposes anything: else nobody asks what is judged of open places. */
  readonly proposes?: boolean;
}

/** Streams one source of a campaign into a file of its own. */
export async function pullSource(place: PullPlace, source: (typeof SOURCES)[number]): Promise<Pulled> {
  const { client, campaign, folder, proposes = false } = place;
  const file = join(folder, `${source}.tsv`);
  const values = { campaign: campaign.id, proposes: Number(proposes) };
  const lines = await withLines(file, (into) => pullInto(into, client, source, values));
  return { source, files: [file], ...lines };
}

/** Devices that one statement reads: few enough for a hash of their decisions to stay in the processor's cache. */
const DEVICES_TOGETHER = 100_000;

/**
 * Streams the devices into a file a session, shard by shard, the sessions taking turns.
 * @param onRows gets the rows written so far, of all sessions.
 */
export async function pullDevices(places: readonly PullPlace[], onRows: (rows: number) => void): Promise<Pulled> {
  const [first] = places as readonly [PullPlace, ...PullPlace[]];
  const shards = shardCount(first.campaign.devices, DEVICES_TOGETHER);
  let next = 0;
  let rows = 0;
  const files = places.map(({ folder }, lane) => join(folder, `device-${lane}.tsv`));
  const isAsked = (field: RuleField): number => Number(first.asked?.includes(field) ?? false);
  const asked = { attempts: isAsked("attempts"), reported_at: isAsked("reported_at") };
  const lanes = places.map(({ client, campaign }, lane) =>
    withLines(files[lane] as string, async (into) => {
      for (let shard = next++; shard < shards; shard = next++) {
        const before = into.rows;
        const { buckets } = shardAt(shard, shards);
        await pullInto(into, client, "device", { campaign: campaign.id, buckets, ...asked });
        rows += into.rows - before;
        onRows(rows);
      }
    }),
  );
  const written = await Promise.all(lanes);
  return { source: "device", files, rows, longestLine: Math.max(...written.map(({ longestLine }) => longestLine)) };
}

/** Streams a source into a file that is open. */
export async function pullInto(
  into: LineFile,
  client: pg.ClientBase,
  source: Source,
  values: Readonly<Record<string, Bindable>>,
): Promise<void> {
  await copyOut(client, bind(readSql(`pull/${source}`), values), (bytes, from, to) => into.add(bytes, from, to));
}
