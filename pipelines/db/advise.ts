import type pg from "pg";
import { batchesInFlight, batchRows, roundTripMs } from "./latency.ts";
import { isMigrated } from "./migrate.ts";
import { sql } from "./sql.ts";

/** One setting of the server, as it is and as it would serve best. */
export interface Advice {
  readonly setting: string;
  readonly now: string;
  readonly better: string;
  /** What that would bring, as measured: docs/performance.md. */
  readonly why: string;
  /** The statement that changes it, for who may. */
  readonly change: string;
  /** Whether the server must be started again for it. */
  readonly restart: boolean;
}

/** What `npm run db -- advise` finds. */
export interface Findings {
  readonly linkMs: number;
  /** Devices that commit together over this link, in a large fleet. */
  readonly batchRows: number;
  /** Batches that a worker has under way over it. */
  readonly inFlight: number;
  readonly advice: readonly Advice[];
  /** Campaigns whose reports have no key: their first stage was stopped. */
  readonly unfinished: readonly string[];
}

interface Wish {
  readonly setting: string;
  /** What suffices: a word, or an amount in bytes, seconds or pieces. */
  readonly enough: string | number;
  /** Whether less than the amount suffices, too, instead of more. */
  readonly orLess?: boolean;
  readonly better: string;
  readonly why: string;
}

const MB = 1_048_576;

/** In the order of what they bring. Only what makes a commit durable is demanded of a server; the rest is speed. */
const WISHES: readonly Wish[] = [
  { setting: "fsync", enough: "on", better: "on", why: "a crash of the machine loses or breaks what was committed" },
  { setting: "full_page_writes", enough: "on", better: "on", why: "a crash of the machine can tear pages" },
  { setting: "synchronous_commit", enough: "on", better: "on", why: "a crash can lose batches that were acknowledged" },
  {
    setting: "max_wal_size",
    enough: 8192 * MB,
    better: "8GB",
    why: "checkpoints in the middle of a load write each page to the log again: up to a third more of it",
  },
  {
    setting: "checkpoint_timeout",
    enough: 900,
    better: "15min",
    why: "the same: ten million devices take less than that",
  },
  {
    setting: "wal_compression",
    enough: "off",
    better: "off",
    why: "compressing the log takes two fifths of the speed of a key's build",
  },
  {
    setting: "shared_buffers",
    enough: 256 * MB,
    better: "256MB",
    why: "a shard that is read and written again should still be there; for 10,000,000 devices 3GB save another tenth",
  },
  {
    setting: "maintenance_work_mem",
    enough: 256 * MB,
    better: "256MB",
    why: "the key of a large campaign is sorted in memory",
  },
  {
    setting: "work_mem",
    enough: 16 * MB,
    better: "16MB",
    why: "validate joins a fleet with its decisions: smaller ones go through files",
  },
  {
    setting: "random_page_cost",
    enough: 1.5,
    orLess: true,
    better: "1.1",
    why: "on a disk without moving parts: validate looks the few devices in triage up instead of reading the fleet",
  },
  {
    setting: "max_parallel_workers_per_gather",
    enough: 2,
    better: "2",
    why: "counting the statuses and validating take half of the time",
  },
  {
    setting: "max_parallel_maintenance_workers",
    enough: 2,
    better: "2",
    why: "the key of an imported campaign is built in two thirds of the time",
  },
  {
    setting: "jit",
    enough: "off",
    better: "off",
    why: "compiling a query of a small campaign takes longer than running it",
  },
];

const SAFE = ["fsync", "full_page_writes", "synchronous_commit"];
const LARGE = Number.MAX_SAFE_INTEGER;

/** Looks at a server and says what would help Sentinel there. Changes nothing. */
export async function advise(client: pg.ClientBase): Promise<Findings> {
  const linkMs = await roundTripMs(client);
  const names = WISHES.map(({ setting }) => setting);
  const { rows } = await client.query<Setting>(sql("advise.settings"), [names]);
  const known = new Map(rows.map((row) => [row.name, row]));
  const migrated = await isMigrated(client);
  const campaigns = migrated ? (await client.query<{ name: string }>(sql("advise.without_key"))).rows : [];
  return {
    linkMs,
    batchRows: batchRows(linkMs, LARGE),
    inFlight: batchesInFlight(linkMs),
    advice: WISHES.flatMap((wish) => adviceOn(wish, known.get(wish.setting))),
    unfinished: campaigns.map(({ name }) => name),
  };
}

interface Setting {
  readonly name: string;
  readonly shown: string;
  readonly context: string;
  readonly amount: number | null;
}

function adviceOn(wish: Wish, found: Setting | undefined): Advice[] {
  if (!found || suffices(wish, found)) return [];
  const { setting, better, why } = wish;
  const change = `ALTER SYSTEM SET ${setting} = '${better}'`;
  return [{ setting, now: found.shown, better, why, change, restart: found.context === "postmaster" }];
}

/** A commit that waits for more than the disk is as durable as `on`. */
function suffices({ enough, orLess = false }: Wish, { name, shown, amount }: Setting): boolean {
  if (typeof enough === "number") return orLess ? (amount ?? enough) <= enough : (amount ?? 0) >= enough;
  return SAFE.includes(name) ? shown !== "off" : shown === enough;
}
