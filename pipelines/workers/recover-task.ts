import { createHash } from "node:crypto";
import type pg from "pg";
import { refusedAmong } from "../db/bisect.ts";
import { readCopyField } from "../db/copy.ts";
import { type CopyPart, copyIn } from "../db/copy-in.ts";
import { CopyLines, linesOf } from "../db/copy-lines.ts";
import { copyOut } from "../db/copy-out.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { bind, sql } from "../db/sql.ts";
import { inTransaction } from "../db/transaction.ts";
import { type Amendment, amended } from "../domain/amend.ts";
import { Checksum } from "../domain/checksum.ts";
import { findingsOf, judges, placeOf, type Values, type Verdict } from "../domain/judge.ts";
import { shardAt } from "../domain/shards.ts";
import { REFUSED_RULE } from "../domain/vocabulary.ts";
import type { Task } from "./protocol.ts";
import { quarantineAgain, type Return, releasedAmong } from "./released.ts";
import type { BatchTask } from "./tasks.ts";
import { VerdictCache } from "./verdict-cache.ts";

type RecoverTask = Extract<Task, { stage: "recover" }>;
type Shard = { readonly campaign: number; readonly buckets: readonly number[] };

/** What the server said to the decisions on devices, by their numbers: these are held. */
type Refusals = ReadonlyMap<string, string>;

/** Decides every Partial device of one shard that nothing was decided for, and appends the decisions. */
export function recoverTask(task: RecoverTask, worker: number): BatchTask<Refusals | undefined> {
  const { pass } = task;
  const judge = judges(task.rules, task.policy, task.reported);
  const caches = [new VerdictCache(judge[0]), new VerdictCache(judge[1]), new VerdictCache(judge[2])] as const;

  const decide = async (client: pg.ClientBase, batch: number, refusals?: Refusals): Promise<ShardDecisions> => {
    const shard = { campaign: pass.campaignId, buckets: shardAt(batch, pass.batches).buckets };
    // The first pass does each shard once, as the ledger sees to: nothing can be decided there already.
    const isFirst = pass.pass === 1;
    const decided = isFirst ? undefined : await decidedBefore(client, shard);
    const released = isFirst ? undefined : await releasedAmong(client, shard);
    const decisions = new ShardDecisions(task, worker, batch, caches, { decided, refusals, released, judge });
    await copyOut(client, bind(sql("recover.read"), shard), (bytes, from, to) => decisions.take(bytes, from, to));
    return decisions;
  };
  const commit: BatchTask<Refusals | undefined>["commit"] = async ({ client }, batch, refusals) => {
    const { rows, checksum, parts, returns } = (await decide(client, batch, refusals)).result();
    const entry = ledgerEntry(pass, { batch, worker, rows, checksum });
    if (returns.length === 0) await copyIn(client, parts, entry);
    else
      await inTransaction(client, async () => {
        await quarantineAgain(client, task, { batch, worker }, returns);
        await copyIn(client, parts, entry);
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
      });
      return {
        rows: await commit(link, batch, new Map(refused.map(({ item, reason }) => [item.deviceNo, reason]))),
        instead: "devices are held for triage, since the server refuses what was decided on them",
        refused: refused.map(({ item, reason }) => `device ${item.deviceNo}: ${reason}`),
      };
    },
  };
}

function partsOf(campaign: number, decisions: Buffer, triage: Buffer): CopyPart[] {
  return [
    { into: bind(sql("recover.store_decisions"), { campaign }), lines: decisions },
    { into: sql("recover.store_triage"), lines: triage },
  ];
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

/** What is stored of one device. */
interface Decided {
  /** As text. */
  readonly deviceNo: string;
  readonly decision: Buffer;
  readonly triage: Buffer | undefined;
  /** Of a device that has a place in the queue already. */
  readonly returns: Return | undefined;
}

/** What is known before a shard is decided. */
interface Known {
  readonly decided: ReadonlySet<string> | undefined;
  readonly refusals: Refusals | undefined;
  /** By number of the device, as text. */
  readonly released: ReadonlyMap<string, Amendment> | undefined;
  readonly judge: Values<(raw: string | null) => Verdict>;
}

/** What puts a device into the triage queue. */
interface Evidence {
  readonly rule: string;
  readonly field: string;
  readonly raw: string | null;
}

/** The decisions on one shard, as lines of COPY. Of a device without findings nothing is ever made a text of. */
class ShardDecisions {
  readonly #task: RecoverTask;
  readonly #caches: Values<VerdictCache>;
  readonly #known: Known;
  readonly #returns = new Map<string, Return>();
  /** Numbers of the devices in the lines of `#triage`. */
  readonly #held: string[] = [];
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

  constructor(task: RecoverTask, worker: number, batch: number, caches: Values<VerdictCache>, known: Known) {
    const { campaignId, pass } = task.pass;
    const tail = (ruleNo: number) => Buffer.from(`\t${campaignId}\t${ruleNo}\t${pass}\t${batch}\n`);
    this.#task = task;
    this.#caches = caches;
    this.#known = known;
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
    const { decided, refusals, released, judge } = this.#known;
    if (decided?.has(bytes.toString("latin1", bucketEnd + 1, noEnd))) return;
    let battery = this.#caches[0].of(bytes, idEnd + 1, batteryEnd);
    let signal = this.#caches[1].of(bytes, batteryEnd + 1, signalEnd);
    let storage = this.#caches[2].of(bytes, signalEnd + 1, to);
    const amendment = released?.get(bytes.toString("latin1", bucketEnd + 1, noEnd));
    if (amendment) [battery, signal, storage] = amended([battery, signal, storage], judge, amendment);
    const refusal = refusals?.get(bytes.toString("latin1", bucketEnd + 1, noEnd));
    const sound = !(battery.rule || signal.rule || storage.rule || refusal);
    const place = sound ? placeOf([battery, signal, storage]) : -1;
    this.#rows += 1;
    this.#decisions.addBytes(bytes, from, noEnd, (sound ? this.#tails[place] : this.#quarantine) as Uint8Array);
    this.#checksum.add(bytes, bucketEnd + 1, noEnd, sound ? (this.#task.ruleNos[place] as number) : QUARANTINE);
    if (sound) return;
    const found = findingsOf([battery, signal, storage]);
    const refused = { rule: REFUSED_RULE, field: "device", raw: null, reason: refusal };
    this.#hold(
      bytes.toString("latin1", from, noEnd),
      bytes.toString("utf8", noEnd + 1, idEnd),
      refusal === undefined ? found : [refused],
    );
  }

  /** Enters a device into the triage queue, with the evidence. */
  #hold(head: string, id: string, findings: readonly Evidence[]): void {
    const { pass, rules } = this.#task;
    const [bucket = "", deviceNo = ""] = head.split("\t");
    const [first] = findings as [Evidence];
    if (this.#known.released?.has(deviceNo)) {
      const place = { bucket: Number(bucket), deviceId: readCopyField(id) ?? "" };
      this.#returns.set(deviceNo, {
        ...place,
        rule: first.rule,
        field: first.field,
        findings: JSON.stringify(findings),
      });
      return;
    }
    const raw = first.raw === null ? null : Buffer.from(first.raw);
    const hash = raw && createHash("sha256").update(raw).digest();
    this.#held.push(deviceNo);
    this.#triage.add([
      ...[Number(bucket), pass.campaignId, readCopyField(id), first.rule, rules.version, first.field],
      ...[raw, hash, JSON.stringify(findings), ...this.#trace],
    ]);
  }

  result(): { rows: number; checksum: string; parts: CopyPart[]; returns: readonly Return[] } {
    const parts = partsOf(this.#task.pass.campaignId, this.#decisions.bytes(), this.#triage.bytes());
    return { rows: this.#rows, checksum: String(this.#checksum), parts, returns: [...this.#returns.values()] };
  }

  /** The same, device by device. */
  devices(): Decided[] {
    const lines = linesOf(this.#triage.bytes());
    const triage = new Map(this.#held.map((deviceNo, at) => [deviceNo, lines[at]]));
    return linesOf(this.#decisions.bytes()).map((decision) => {
      const deviceNo = String(decision).split("\t", 2)[1] ?? "";
      return { deviceNo, decision, triage: triage.get(deviceNo), returns: this.#returns.get(deviceNo) };
    });
  }
}
