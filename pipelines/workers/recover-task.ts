import type pg from "pg";
import { refusedAmong } from "../db/bisect.ts";
import { copyIn } from "../db/copy-in.ts";
import { copyOut } from "../db/copy-out.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { withSources } from "../db/rule-views.ts";
import { bind, sql } from "../db/sql.ts";
import { inTransaction } from "../db/transaction.ts";
import { Judge } from "../domain/judge.ts";
import { shardAt } from "../domain/shards.ts";
import { type Jury, juryOf } from "./jury.ts";
import type { Task } from "./protocol.ts";
import { quarantineAgain, releasedAmong } from "./released.ts";
import { amendByRule } from "./repaired.ts";
import { partsOf, type Refusals, ShardDecisions } from "./shard-decisions.ts";
import type { BatchTask } from "./tasks.ts";

type RecoverTask = Extract<Task, { stage: "recover" }>;
type Shard = { readonly campaign: number; readonly buckets: readonly number[] };

/** Decides every Partial device of one shard that nothing was decided for, and appends the decisions. */
export function recoverTask(task: RecoverTask, worker: number): BatchTask<Refusals | undefined> {
  const { pass } = task;
  const judge = new Judge(task.rules, task.policy, task.reported);
  const read = withSources(sql("recover.read"), judge.sources);
  let jury: Jury | undefined;

  const decide = async (client: pg.ClientBase, batch: number, refusals?: Refusals): Promise<ShardDecisions> => {
    const shard = { campaign: pass.campaignId, buckets: shardAt(batch, pass.batches).buckets };
    // The first pass does each shard once, as the ledger sees to: nothing can be decided there already.
    const isFirst = pass.pass === 1;
    const decided = isFirst ? undefined : await decidedBefore(client, shard);
    const released = isFirst ? undefined : await releasedAmong(client, shard);
    jury ??= await juryOf(client, judge, pass.campaignId);
    const decisions = new ShardDecisions(task, worker, batch, jury, { decided, refusals, released });
    await copyOut(client, bind(read, shard), (bytes, from, to) => decisions.take(bytes, from, to));
    return decisions;
  };
  const commit: BatchTask<Refusals | undefined>["commit"] = async ({ client }, batch, refusals) => {
    const { rows, checksum, parts, returns, repaired } = (await decide(client, batch, refusals)).result();
    const entry = ledgerEntry(pass, { batch, worker, rows, checksum });
    if (returns.length + repaired.length === 0) await copyIn(client, parts, entry);
    else
      await inTransaction(client, async () => {
        await quarantineAgain(client, task, { batch, worker }, returns);
        await copyIn(client, parts, entry);
        await amendByRule(client, task, batch, repaired);
      });
    return rows;
  };
  return {
    prepare: () => undefined,
    commit,
    async sift(link, batch) {
      const devices = (await decide(link.client, batch)).devices();
      const refused = await refusedAmong(link.client, devices, async (part) => {
        const returns = part.flatMap((device) => device.returns ?? []);
        await quarantineAgain(link.client, task, { batch, worker }, returns);
        await copyIn(
          link.client,
          partsOf(
            pass.campaignId,
            Buffer.concat(part.map(({ decision }) => decision)),
            Buffer.concat(part.flatMap(({ triage }) => triage ?? [])),
          ),
        );
        const repaired = part.flatMap((device) => device.repaired ?? []);
        await amendByRule(link.client, task, batch, repaired);
      });
      return {
        rows: await commit(link, batch, new Map(refused.map(({ item, reason }) => [item.deviceNo, reason]))),
        instead: "devices are held for triage, since the server refuses what was decided on them",
        refused: refused.map(({ item, reason }) => `device ${item.deviceNo}: ${reason}`),
      };
    },
  };
}

/** The numbers of a shard's devices, as text, for which something was decided. */
async function decidedBefore(client: pg.ClientBase, shard: Shard): Promise<ReadonlySet<string>> {
  const decided = new Set<string>();
  await copyOut(client, bind(sql("recover.decided"), shard), (bytes, from, to) => {
    decided.add(bytes.toString("latin1", from, to));
  });
  return decided;
}
