import { randomUUID } from "node:crypto";
import type pg from "pg";
import { externalTarget, type Target } from "../../pipelines/db/connect.ts";
import { copyIn } from "../../pipelines/db/copy-in.ts";
import { linesOf } from "../../pipelines/db/copy-lines.ts";
import { enterRules } from "../../pipelines/db/decision-rules.ts";
import { acquireWriteLease } from "../../pipelines/db/lease.ts";
import type { Pass } from "../../pipelines/db/ledger.ts";
import type { Link } from "../../pipelines/db/session.ts";
import { sql } from "../../pipelines/db/sql.ts";
import { shardAt } from "../../pipelines/domain/shards.ts";
import { type BatchedStage, REPORT_COLUMNS } from "../../pipelines/domain/vocabulary.ts";
import { reference } from "../../pipelines/reference.ts";
import { WorkerPool } from "../../pipelines/workers/pool.ts";
import { postsOf } from "../../pipelines/workers/posts.ts";
import type { Task } from "../../pipelines/workers/protocol.ts";
import { batchTask } from "../../pipelines/workers/tasks.ts";
import { PROJECT } from "../support/command.ts";

/** The fleet that is spread, and into how many batches each stage divides it. */
export const FLEET = { devices: 1_600, seed: 42 };
export const BATCHES = 16;
const BATCH_SIZE = FLEET.devices / BATCHES;
const inputs = reference(PROJECT);

/** A session on a server that owns the buckets of some batches; `owns` gets a bucket. */
export interface Owner {
  readonly url: string;
  readonly client: pg.Client;
  readonly owns: (bucket: number) => boolean;
}

/** Three servers of 5, 6 and 5 batches of 64 buckets each. One server owns them all. */
export const RANGES = [
  [0, 320],
  [320, 704],
  [704, 1024],
] as const;

/** Does all batches of a task, each on that server alone which owns its buckets. */
export type Doing = (owners: readonly Owner[], task: Task) => Promise<void>;

/** Does the batches of a stage, and gives each server what all of them know of small tables. */
export async function runStage(owners: readonly Owner[], stage: BatchedStage, doing: Doing, pass = 1): Promise<void> {
  const leaseId = randomUUID();
  for (const { client } of owners) await acquireWriteLease(client, leaseId, "a test");
  const of: Pass = { campaignId: 1, stage, pass, batches: BATCHES, runId: randomUUID(), leaseId };
  await doing(owners, await taskOf(owners, of));
  for (const { client } of owners) await client.query("DELETE FROM lease");
  for (const table of WORDS) await share(owners, table);
}

/** As a worker does, in this thread. Rows to be stored go where their first column says. */
export const byHand: Doing = async (owners, task) => {
  const [first] = owners as readonly [Owner];
  const { prepare, commit } = batchTask(task, 0);
  for (let batch = 0; batch < BATCHES; batch++) {
    const { client } = task.stage === "generate" ? first : ownerOf(owners, shardAt(batch, BATCHES).buckets[0] ?? 0);
    await commit({ client, put: putting(owners, client) }, batch, await prepare(batch));
  }
};

/** By so many workers that are placed as on the nodes of Citus. */
export function byWorkers(workers: number): Doing {
  return async (owners, task) => {
    const stations = owners.map(({ url, owns }) => ({
      target: externalTarget({ databaseUrl: url, env: {} }) as Target,
      buckets: Array.from({ length: 1_024 }, (_, bucket) => bucket).filter(owns),
    }));
    const batches = Array.from({ length: BATCHES }, (_, batch) => batch);
    const pool = new WorkerPool(workers);
    try {
      const posts = postsOf(stations, task, batches);
      await pool.run({ task, posts, signal: new AbortController().signal, onProgress: () => {}, onNote: () => {} });
    } finally {
      await pool.close();
    }
  };
}

const WORDS = ["device_profile", "update_outcome"];

/** Of a small table each server has what any of them was given. */
async function share(owners: readonly Owner[], table: string): Promise<void> {
  for (const { client: from } of owners) {
    const { rows } = await from.query(`SELECT jsonb_agg(t) AS all_rows FROM ${table} t`);
    for (const { client } of owners)
      await client.query(
        `INSERT INTO ${table} SELECT * FROM jsonb_populate_recordset(NULL::${table}, $1) ON CONFLICT DO NOTHING`,
        [JSON.stringify(rows[0]?.all_rows)],
      );
  }
}

async function taskOf(owners: readonly Owner[], pass: Pass): Promise<Task> {
  if (pass.stage === "generate") {
    const { devices: deviceCount, seed } = FLEET;
    return { stage: "generate", pass, fleet: inputs.fleet(), seed, deviceCount, batchSize: BATCH_SIZE, inFlight: 1 };
  }
  const reported = REPORT_COLUMNS;
  if (pass.stage === "corrupt") {
    const versions = ["1.8.2", "1.9.0"];
    // The ids are asked for, as those of an import are.
    const chaos = {
      profile: inputs.faultProfile("storm"),
      rate: 0.5,
      seed: 9,
      reported,
      versions,
      generated: undefined,
    };
    return { stage: "corrupt", pass, ...chaos };
  }
  const [rules, policy] = [inputs.rules("field"), inputs.policy("field")];
  const numbers = await Promise.all(owners.map(({ client }) => enterRules(client, policy)));
  return { stage: "recover", pass, rules, policy, ruleNos: numbers[0] ?? [], reported };
}

function ownerOf(owners: readonly Owner[], bucket: number): Owner {
  const owner = owners.find(({ owns }) => owns(bucket));
  if (!owner) throw new Error(`nobody owns bucket ${bucket}`);
  return owner;
}

/** Sends each line to the owner of its bucket, and the ledger's entry to `home`. */
function putting(owners: readonly Owner[], home: pg.Client): Link["put"] {
  return async (parts, then) => {
    for (const { client, owns } of owners) {
      const own = parts.map(({ into, lines }) => {
        const its = linesOf(lines).filter((line) => owns(Number.parseInt(String(line), 10)));
        return { into, lines: Buffer.concat(its) };
      });
      if (client === home) await copyIn(client, own, then);
      else if (own.some(({ lines }) => lines.length > 0)) await copyIn(client, own);
    }
  };
}

/** What servers hold together: the parts of the digest, and what the ledger says of every batch but who did it when. */
export async function heldBy(owners: readonly Owner[]) {
  const parts = new Map<string, { rows: bigint; sum: bigint }>();
  const ledger: string[] = [];
  for (const { client } of owners) {
    const { rows } = await client.query<{ part: string; rows: string; sum: string }>(sql("digest.tables"), [1]);
    for (const { part, rows: count, sum } of rows) {
      const before = parts.get(part) ?? { rows: 0n, sum: 0n };
      parts.set(part, { rows: before.rows + BigInt(count), sum: before.sum + BigInt(sum) });
    }
    const batches = await client.query<{ entry: string }>(
      "SELECT concat_ws(' ', stage, pass, batch_no, rows, checksum) AS entry FROM batch_ledger",
    );
    ledger.push(...batches.rows.map(({ entry }) => entry));
  }
  return { parts: Object.fromEntries(parts), ledger: ledger.sort() };
}
