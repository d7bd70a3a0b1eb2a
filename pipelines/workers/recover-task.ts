import { createHash } from "node:crypto";
import { CopyLines, copyBytes, copyField, copyIn, copyOut } from "../db/copy.ts";
import { batchChecksum, ledgerEntry } from "../db/ledger.ts";
import { bind, sql } from "../db/sql.ts";
import { decide } from "../domain/policy.ts";
import { evaluator, type Finding } from "../domain/rules.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";
import { type TelemetryRow, telemetryReader } from "./telemetry.ts";

type RecoverTask = Extract<Task, { stage: "recover" }>;

/** The decisions on one shard, as lines of COPY. */
interface Decisions {
  readonly actions: CopyLines;
  triage: string;
  readonly devices: Pick<TelemetryRow, "bucket" | "deviceId">[];
}

/** Decides every Partial device of one shard that nothing was decided for, and appends the decisions. */
export function recoverTask(task: RecoverTask, worker: number): BatchTask<void> {
  const { pass } = task;
  const read = telemetryReader(task.reported);
  const judge = judgeFor(task, worker);
  return {
    prepare() {},
    async commit(client, batch) {
      const { buckets } = shardAt(batch, pass.batches);
      const decisions: Decisions = { actions: new CopyLines(), triage: "", devices: [] };
      const shard = { buckets, campaign: pass.campaignId };
      const decided = new Set<string>();
      await client.query("BEGIN");
      await copyOut(client, bind(sql("recover.decided"), shard), ([id = ""]) => decided.add(id));
      await copyOut(client, bind(sql("recover.read"), shard), (fields) => {
        if (!decided.has(fields[1] ?? "")) judge(read(fields), batch, decisions);
      });
      const rows = decisions.devices.length;
      const record = { batch, worker, rows, checksum: batchChecksum(decisions.devices) };
      if (!decisions.actions.isEmpty) {
        await copyIn(client, sql("recover.store_actions"), decisions.actions.bytes());
      }
      if (decisions.triage) await copyIn(client, sql("recover.store_triage"), decisions.triage);
      await client.query(`${ledgerEntry(pass, record)}; COMMIT`);
      return rows;
    },
  };
}

function judgeFor({ pass, rules, policy }: RecoverTask, worker: number) {
  const evaluate = evaluator(rules);
  const [campaign, attempt, by] = [String(pass.campaignId), String(pass.pass), String(worker)];
  const version = String(policy.version);
  return ({ bucket, deviceId, telemetry }: TelemetryRow, batch: number, decisions: Decisions): void => {
    const shard = String(batch);
    const key = [String(bucket), campaign, deviceId];
    const findings = evaluate(telemetry);
    const first = findings[0];
    // Not the telemetry with it: kept to the end of a shard, it would cost the collector as much as the judging.
    decisions.devices.push({ bucket, deviceId });
    if (first) {
      const trace = [attempt, shard, by, shard].join("\t");
      decisions.triage += `${key.map(copyField).join("\t")}\t${evidence(first, findings, rules.version)}\t${trace}\n`;
    } else {
      const { action, id } = decide(policy, telemetry);
      decisions.actions.add([...key, action, policy.name, version, id, attempt, shard, by, shard]);
    }
  };
}

/** Rule, version, field, raw value to the byte, its hash, and all findings. */
function evidence(first: Finding, findings: readonly Finding[], version: number): string {
  const raw = first.raw === null ? null : Buffer.from(first.raw);
  const hash = raw && createHash("sha256").update(raw).digest();
  return [
    first.rule,
    version,
    first.field,
    copyBytes(raw),
    copyBytes(hash),
    copyField(JSON.stringify(findings.map(({ rule, field, raw }) => ({ rule, field, raw })))),
  ].join("\t");
}
