import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { copyOut } from "../pipelines/db/copy-out.ts";
import { bind, sql } from "../pipelines/db/sql.ts";
import { shardAt } from "../pipelines/domain/shards.ts";
import {
  BATCHES,
  byHand,
  byWorkers,
  type Doing,
  FLEET,
  heldBy,
  type Owner,
  RANGES,
  runStage,
} from "./citus/routing.ts";
import { hotNames } from "./citus/statements.ts";
import { done } from "./support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { cloned, query } from "./support/fleet.ts";
import { type OwnServer, ownServer } from "./support/own-server.ts";

/** The statement that forgets its buckets. */
const wrong = vi.hoisted(() => ({ name: "" }));
vi.mock("../pipelines/db/sql.ts", async (original) => {
  const real = await original<typeof import("../pipelines/db/sql.ts")>();
  return {
    ...real,
    sql: (name: string) => (name === wrong.name ? withoutBuckets(real.sql(name)) : real.sql(name)),
  };
});

/** Asks for the same devices in whatever bucket. */
function withoutBuckets(text: string): string {
  return text
    .replace(/\b\w\.bucket = f\.bucket AND /g, "")
    .replace(/\b\w\.bucket = ANY\((\$\d)\)/g, (_, place: string) => `${place}::int[] IS NOT NULL`)
    .replace(/\b\w\.bucket = ANY\(:buckets\)/g, "true");
}

const fileOf = (name: string): string => readFileSync(new URL(`citus/${name}.sql`, import.meta.url), "utf8");
const BIG = ["stored_report", "decision", "fault_ledger", "triage_queue", "triage_decision", "telemetry_amendment"];
const EVERYTHING = [0, 1024] as const;
type Range = readonly [from: number, to: number];
type Held = Awaited<ReturnType<typeof heldBy>>;

const kept = keptDatabases();
const servers: OwnServer[] = [];
/** The fleet on three servers, with decoys. */
const spread: TestDatabase[] = [];
const expected: Held[] = [];

beforeAll(async () => {
  for (const _ of RANGES) servers.push(await ownServer({ settings: { shared_buffers: "32MB" } }));
  for (const server of servers) spread.push(await emptied(await server.database()));
  const single = kept(await emptied(kept(await freshDatabase())));
  await withOwners([single], [EVERYTHING], async (owners) => {
    await runStage(owners, "generate", byHand);
    expected.push(await heldBy(owners));
    await rest(owners, [EVERYTHING], byHand, async () => {});
    expected.push(await heldBy(owners));
  });
  await withOwners(spread, RANGES, async (owners) => {
    await runStage(owners, "generate", byHand);
    expected.push(await heldBy(owners));
    for (const { client } of owners) await client.query(fileOf("decoy-reports"));
  });
});
afterAll(() => Promise.all(servers.map((server) => server.stop())));

/** A database that has the campaign with its words and keys, but no report. */
async function emptied(database: TestDatabase): Promise<TestDatabase> {
  await done("generate", database.url, FLEET);
  await query(database.url, "DELETE FROM stored_report; DELETE FROM batch_ledger");
  return database;
}

async function withOwners(
  databases: readonly TestDatabase[],
  ranges: readonly Range[],
  work: (owners: readonly Owner[]) => Promise<void>,
): Promise<void> {
  const owners = databases.map(({ url }, at) => {
    const [from, to] = ranges[at] as Range;
    const client = new pg.Client({ connectionString: url });
    return { url, client, owns: (bucket: number) => bucket >= from && bucket < to };
  });
  for (const { client } of owners) await client.connect();
  try {
    await work(owners);
  } finally {
    for (const { client } of owners) await client.end();
  }
}

/** What comes after the fleet is stored; `plant` puts decoys beside what was decided. */
async function rest(
  owners: readonly Owner[],
  ranges: readonly Range[],
  doing: Doing,
  plant: (owners: readonly Owner[]) => Promise<void>,
): Promise<void> {
  await runStage(owners, "corrupt", doing);
  await runStage(owners, "recover", doing);
  await plant(owners);
  for (const [at, { client }] of owners.entries()) await client.query(fileOf("release"), [...(ranges[at] as Range)]);
  await runStage(owners, "recover", doing, 2);
}

/** What three servers hold in the end; the decoys on them must be as they were planted. */
async function spreadEnd(
  doing: Doing = byHand,
  prepare: (owners: readonly Owner[]) => Promise<void> = async () => {},
): Promise<Held> {
  const copies = await Promise.all(spread.map((database) => cloned(database)));
  let held: Held | undefined;
  try {
    await withOwners(copies, RANGES, async (owners) => {
      await prepare(owners);
      await readIds(owners);
      const before = await decoys(owners, ["stored_report"]);
      let planted: unknown;
      await rest(owners, RANGES, doing, async () => {
        expect(await decoys(owners, ["stored_report"])).toEqual(before);
        for (const { client } of owners) await client.query(fileOf("decoy-decisions"));
        planted = await decoys(owners, BIG);
      });
      expect(await decoys(owners, BIG)).toEqual(planted);
      await forgetDecoys(owners);
      held = await heldBy(owners);
    });
  } finally {
    await Promise.all(copies.map((copy) => copy.drop()));
  }
  return held as Held;
}

/** What reads the ids of a batch gets those of its buckets and no others: what comes after would leave those out, unseen. */
async function readIds(owners: readonly Owner[]): Promise<void> {
  for (const { client, owns } of owners) {
    const buckets =
      Array.from({ length: BATCHES }, (_, batch) => shardAt(batch, BATCHES).buckets).find(([first = 0]) =>
        owns(first),
      ) ?? [];
    const read = new Set<number>();
    await copyOut(client, bind(sql("corrupt.ids"), { campaign: 1, buckets }), (bytes, from, to) => {
      read.add(Number.parseInt(bytes.toString("latin1", from, to), 10));
    });
    expect([...read].sort((a, b) => a - b)).toEqual(buckets);
  }
}

async function decoys(owners: readonly Owner[], tables: readonly string[]): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const [at, { client }] of owners.entries())
    for (const table of tables)
      found.push(
        (
          await client.query(
            `SELECT count(*), sum(hashtextextended(t::text, 0)) FROM ${table} t WHERE NOT (t.bucket >= $1 AND t.bucket < $2)`,
            [...(RANGES[at] as Range)],
          )
        ).rows,
      );
  return found;
}

async function forgetDecoys(owners: readonly Owner[]): Promise<void> {
  for (const [at, { client }] of owners.entries())
    for (const table of BIG)
      await client.query(`DELETE FROM ${table} WHERE NOT (bucket >= $1 AND bucket < $2)`, [...(RANGES[at] as Range)]);
}

test("a fleet whose rows go where their bucket says is that of one server", () => {
  const [single, , three] = expected;
  expect(three).toEqual(single);
  expect(single?.parts.device_report?.rows).toBe(BigInt(FLEET.devices));
});

test("every batch finds all that it needs on the server that owns its buckets, and touches nothing else", async () => {
  const held = await spreadEnd();
  expect(held).toEqual(expected[1]);
  expect(held.parts.triage_queue?.rows).toBeGreaterThan(16n);
});

test.each([1, 2, 5])("so do %d workers, each placed where its buckets are", async (workers) => {
  expect(await spreadEnd(byWorkers(workers))).toEqual(expected[1]);
});

test("a fleet that workers store at three servers is that of one", async () => {
  const copies = await Promise.all(servers.map((server) => server.database().then(emptied)));
  await withOwners(copies, RANGES, async (owners) => {
    await runStage(owners, "generate", byWorkers(3));
    for (const [at, { client }] of owners.entries()) {
      const { rows } = await client.query("SELECT min(bucket) AS first, max(bucket) + 1 AS last FROM stored_report");
      expect(Object.values(rows[0])).toEqual(RANGES[at]);
    }
    expect(await heldBy(owners)).toEqual(expected[0]);
  });
});

const ROUTED = [...hotNames()].filter((name) => /bucket = ANY/.test(sql(name)));

test("workers send statements that name buckets, and each of them can be made to forget them", () => {
  expect(ROUTED.length).toBeGreaterThan(8);
  for (const name of ROUTED) expect(withoutBuckets(sql(name)), name).not.toMatch(/bucket = (ANY|f\.)/);
});

test.each(ROUTED)("%s without its buckets comes to another end", async (name) => {
  wrong.name = name;
  try {
    expect(await isCaught(spreadEnd())).toBe(true);
  } finally {
    wrong.name = "";
  }
});

test("quarantine_again without its buckets comes to another end", async () => {
  const spoil = async (owners: readonly Owner[]): Promise<void> => {
    for (const { client } of owners) {
      const { rows } = await client.query("SELECT pg_get_functiondef('quarantine_again'::regproc) AS text");
      const right = String(rows[0]?.text);
      const text = right.replace("t.bucket = ANY(of_buckets) AND t.bucket = s.bucket AND ", "");
      expect(text).not.toBe(right);
      await client.query(text);
    }
  };
  expect(await isCaught(spreadEnd(byHand, spoil))).toBe(true);
});

/** Whether a run ends in an error, in touched decoys, or in something else than the fleet on one server. */
async function isCaught(end: Promise<Held>): Promise<boolean> {
  try {
    expect(await end).toEqual(expected[1]);
    return false;
  } catch {
    return true;
  }
}
