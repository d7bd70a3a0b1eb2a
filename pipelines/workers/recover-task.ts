import { createHash } from "node:crypto";
import type pg from "pg";
import { readCopyField } from "../db/copy.ts";
import { type CopyPart, copyIn } from "../db/copy-in.ts";
import { CopyLines } from "../db/copy-lines.ts";
import { copyOut } from "../db/copy-out.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { bind, sql } from "../db/sql.ts";
import { Checksum } from "../domain/checksum.ts";
import { findingsOf, judges, placeOf, type Values, type Verdict } from "../domain/judge.ts";
import type { Finding } from "../domain/rules.ts";
import { shardAt } from "../domain/shards.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";
import { VerdictCache } from "./verdict-cache.ts";

type RecoverTask = Extract<Task, { stage: "recover" }>;
type Shard = { readonly campaign: number; readonly buckets: readonly number[] };

/** Decides every Partial device of one shard that nothing was decided for, and appends the decisions. */
export function recoverTask(task: RecoverTask, worker: number): BatchTask<void> {
  const { pass } = task;
  const [battery, signal, storage] = judges(task.rules, task.policy, task.reported);
  const caches = [new VerdictCache(battery), new VerdictCache(signal), new VerdictCache(storage)] as const;
  return {
    prepare() {},
    async commit({ client }, batch) {
      const shard = { campaign: pass.campaignId, buckets: shardAt(batch, pass.batches).buckets };
      // The first pass does each shard once, as the ledger sees to: nothing can be decided there already.
      const decided = pass.pass > 1 ? await decidedBefore(client, shard) : undefined;
      const decisions = new ShardDecisions(task, worker, batch, caches, decided);
      await copyOut(client, bind(sql("recover.read"), shard), (bytes, from, to) => decisions.take(bytes, from, to));
      const { rows, checksum, parts } = decisions.result();
      await copyIn(client, parts, ledgerEntry(pass, { batch, worker, rows, checksum }));
      return rows;
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

/** Number of the row of `decision_rule` that stands for quarantine. */
const QUARANTINE = 0;
const TAB = 0x09;

/** The decisions on one shard, as lines of COPY. Of a device without findings nothing is ever made a text of. */
class ShardDecisions {
  readonly #task: RecoverTask;
  readonly #caches: Values<VerdictCache>;
  readonly #decided: ReadonlySet<string> | undefined;
  readonly #decisions = new CopyLines();
  readonly #triage = new CopyLines();
  readonly #checksum = new Checksum();
  readonly #trace: readonly number[];
  /** What follows the device in its line, by rule of the policy. */
  readonly #tails: readonly Uint8Array[];
  readonly #quarantine: Uint8Array;
  /** Where bucket, device_no, device_id and the first two telemetry fields of a line end. */
  readonly #ends = new Int32Array(5);
  #rows = 0;

  constructor(
    task: RecoverTask,
    worker: number,
    batch: number,
    caches: Values<VerdictCache>,
    decided: ReadonlySet<string> | undefined,
  ) {
    const { campaignId, pass } = task.pass;
    const tail = (ruleNo: number) => Buffer.from(`\t${campaignId}\t${ruleNo}\t${pass}\t${batch}\n`);
    this.#task = task;
    this.#caches = caches;
    this.#decided = decided;
    this.#trace = [pass, batch, worker, batch];
    this.#tails = task.ruleNos.map(tail);
    this.#quarantine = tail(QUARANTINE);
  }

  /** Decides the device in a line of `recover.read`. */
  take(bytes: Buffer, from: number, to: number): void {
    const ends = this.#ends;
    for (let at = from, no = 0; no < ends.length; at++) if (bytes[at] === TAB) ends[no++] = at;
    const [bucketEnd, noEnd, idEnd, batteryEnd, signalEnd] = ends as unknown as readonly [
      number,
      number,
      number,
      number,
      number,
    ];
    if (this.#decided?.has(bytes.toString("latin1", bucketEnd + 1, noEnd))) return;
    const battery = this.#caches[0].of(bytes, idEnd + 1, batteryEnd);
    const signal = this.#caches[1].of(bytes, batteryEnd + 1, signalEnd);
    const storage = this.#caches[2].of(bytes, signalEnd + 1, to);
    const sound = !(battery.rule || signal.rule || storage.rule);
    const place = sound ? placeOf([battery, signal, storage]) : -1;
    this.#rows += 1;
    this.#decisions.addBytes(bytes, from, noEnd, (sound ? this.#tails[place] : this.#quarantine) as Uint8Array);
    this.#checksum.add(bytes, bucketEnd + 1, noEnd, sound ? (this.#task.ruleNos[place] as number) : QUARANTINE);
    if (!sound)
      this.#hold(bytes.toString("utf8", from, noEnd), bytes.toString("utf8", noEnd + 1, idEnd), [
        battery,
        signal,
        storage,
      ]);
  }

  /** Enters a device into the triage queue, with the evidence. */
  #hold(head: string, id: string, verdicts: Values<Verdict>): void {
    const { pass, rules } = this.#task;
    const findings = findingsOf(verdicts);
    const [first] = findings as [Finding];
    const raw = first.raw === null ? null : Buffer.from(first.raw);
    const hash = raw && createHash("sha256").update(raw).digest();
    this.#triage.add([
      ...[Number.parseInt(head, 10), pass.campaignId, readCopyField(id), first.rule, rules.version, first.field],
      ...[raw, hash, JSON.stringify(findings), ...this.#trace],
    ]);
  }

  result(): { rows: number; checksum: string; parts: CopyPart[] } {
    const campaign = this.#task.pass.campaignId;
    const parts = [
      { into: bind(sql("recover.store_decisions"), { campaign }), lines: this.#decisions.bytes() },
      { into: sql("recover.store_triage"), lines: this.#triage.bytes() },
    ];
    return { rows: this.#rows, checksum: String(this.#checksum), parts };
  }
}
