import type pg from "pg";
import { BUCKET_COUNT } from "../domain/vocabulary.ts";
import { type Target, withClient } from "./connect.ts";
import { bind, sql } from "./sql.ts";

/** Below, a second session and another table cost more than they gain. */
const FEWEST_HALVED = 300_000;

/** Whether a generated fleet of so many devices is stored in two halves. */
export function isHalved(devices: number): boolean {
  return devices >= FEWEST_HALVED;
}

const HALVES = 2;

/** Makes the partitions of a campaign, without keys: loading goes three times as fast, and the ledger keeps batches from coming twice. */
export async function createPartitions(client: pg.ClientBase, campaign: number, halved = false): Promise<void> {
  const grant = bind(sql("partition.grant"), { campaign });
  if (!halved) return void (await client.query(`${bind(sql("partition.create"), { campaign })};\n${grant}`));
  const size = BUCKET_COUNT / HALVES;
  const halves = Array.from({ length: HALVES }, (_, half) =>
    bind(sql("partition.create_half"), { campaign, half, from: half * size, to: (half + 1) * size }),
  );
  await client.query([bind(sql("partition.create_halved"), { campaign }), ...halves, grant].join(";\n"));
}

/** Drops the partitions of a campaign with all that they hold. */
export async function dropPartitions(client: pg.ClientBase, campaign: number): Promise<void> {
  await client.query(bind(sql("partition.drop"), { campaign }));
}

/** Whether the reports of a campaign have their key: they get it once all of them are stored. */
export function reportsAreKeyed(client: pg.ClientBase, campaign: number): Promise<boolean> {
  return isKeyed(client, "report", campaign);
}

/** Whether the decisions of a campaign have theirs: they get it once a pass is complete. */
export function decisionsAreKeyed(client: pg.ClientBase, campaign: number): Promise<boolean> {
  return isKeyed(client, "decision", campaign);
}

/** Who builds keys: a session, and, for the other half of a table, one beside it. */
export interface KeyBuild {
  readonly client: pg.ClientBase;
  /** Absent: the tables are made in the session's own transaction, so that another one can't see them. */
  readonly target?: Target;
  /** Raised: no further key is begun. */
  readonly signal: AbortSignal;
}

/**
 * Gives the reports of a campaign their key, which no two devices can share, where they don't have it yet. Stopped, it goes on with
 * the half that lacks its own.
 * @param onBuild is told before a key is built, which takes its time.
 * @returns whether one was.
 */
export async function keyReports(build: KeyBuild, campaign: number, onBuild = () => {}): Promise<boolean> {
  if (await reportsAreKeyed(build.client, campaign)) return false;
  onBuild();
  await key(build, "report", campaign);
  return true;
}

/** Gives the decisions of a campaign their key, by which a device is decided once, where they don't have it yet. */
export async function keyDecisions(build: KeyBuild, campaign: number): Promise<void> {
  if (!(await decisionsAreKeyed(build.client, campaign))) await key(build, "decision", campaign);
}

type Kind = "report" | "decision";
const TABLES = { report: "stored_report", decision: "decision" } as const;

async function isKeyed(client: pg.ClientBase, kind: Kind, campaign: number): Promise<boolean> {
  const { rows } = await client.query<{ keyed: boolean }>(sql("partition.is_keyed"), [`${TABLES[kind]}_${campaign}`]);
  return rows[0]?.keyed ?? false;
}

async function key({ client, target, signal }: KeyBuild, kind: Kind, campaign: number): Promise<void> {
  const table = `${TABLES[kind]}_${campaign}`;
  const { rows: halves } = await client.query<{ half: number }>(sql("partition.unkeyed_halves"), [table]);
  const keyHalf = async (session: pg.ClientBase, half: number): Promise<void> => {
    signal.throwIfAborted();
    await session.query(bind(sql(`partition.key_${kind}_half`), { campaign, half }));
  };
  // Both are waited for, so that neither session is left at work.
  const ends = await Promise.allSettled(
    halves.map(({ half }, at) =>
      at === 0 || !target ? keyHalf(client, half) : withClient(target, (second) => keyHalf(second, half)),
    ),
  );
  for (const end of ends) if (end.status === "rejected") throw end.reason;
  signal.throwIfAborted();
  await client.query(bind(sql(`partition.key_${kind}`), { campaign }));
}
