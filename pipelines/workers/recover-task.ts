import { createHash } from "node:crypto";
import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { printable } from "../cli/format.ts";
import { refusedAmong } from "../db/bisect.ts";
import { readCopyField } from "../db/copy.ts";
import { type CopyPart, copyIn } from "../db/copy-in.ts";
import { CopyLines, linesOf } from "../db/copy-lines.ts";
import { copyOut } from "../db/copy-out.ts";
import { ledgerEntry } from "../db/ledger.ts";
import { withSources } from "../db/rule-views.ts";
import { bind, sql } from "../db/sql.ts";
import { Checksum } from "../domain/checksum.ts";
import { type Class, findingsOf, Judge, SOURCES, type Source } from "../domain/judge.ts";
import type { Rule, RuleSet } from "../domain/rules.ts";
import { shardAt } from "../domain/shards.ts";
import { REFUSED_RULE, type RuleField } from "../domain/vocabulary.ts";
import { ClassCache, type Classifier, TimeClassCache } from "./class-cache.ts";
import type { Task } from "./protocol.ts";
import type { BatchTask } from "./tasks.ts";

type RecoverTask = Extract<Task, { stage: "recover" }>;
type Shard = { readonly campaign: number; readonly buckets: readonly number[] };

/** What the server said to the decisions on devices, by their numbers: these are held. */
type Refusals = ReadonlyMap<string, string>;

/** Decides every Partial device of one shard that nothing was decided for, and appends the decisions. */
export function recoverTask(task: RecoverTask, worker: number): BatchTask<Refusals | undefined> {
  const { pass } = task;
  const judge = new Judge(task.rules, task.policy, task.reported);
  const read = withSources(sql("recover.read"), judge.sources);
  let jury: Jury | undefined;

  const decide = async (client: pg.ClientBase, batch: number, refusals?: Refusals): Promise<ShardDecisions> => {
    const shard = { campaign: pass.campaignId, buckets: shardAt(batch, pass.batches).buckets };
    // The first pass does each shard once, as the ledger sees to: nothing can be decided there already.
    const decided = pass.pass > 1 ? await decidedBefore(client, shard) : undefined;
    jury ??= await juryOf(client, judge, pass.campaignId);
    const decisions = new ShardDecisions(task, worker, batch, jury, { decided, refusals });
    await copyOut(client, bind(read, shard), (bytes, from, to) => decisions.take(bytes, from, to));
    return decisions;
  };
  const commit: BatchTask<Refusals | undefined>["commit"] = async ({ client }, batch, refusals) => {
    const { rows, checksum, parts } = (await decide(client, batch, refusals)).result();
    await copyIn(client, parts, ledgerEntry(pass, { batch, worker, rows, checksum }));
    return rows;
  };
  return {
    prepare: () => undefined,
    commit,
    async sift(link, batch) {
      const devices = (await decide(link.client, batch)).devices();
      const refused = await refusedAmong(link.client, devices, (part) =>
        copyIn(
          link.client,
          partsOf(
            pass.campaignId,
            Buffer.concat(part.map(({ decision }) => decision)),
            Buffer.concat(part.flatMap(({ triage }) => triage ?? [])),
          ),
        ),
      );
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

/** What judges a device by its line of `recover.read`. */
interface Jury {
  readonly judge: Judge;
  readonly classifiers: readonly Classifier[];
  /** What a value of a source says, as words for {@link SOURCES}. */
  readonly wordsOf: (source: Source, raw: string | null) => readonly (string | null)[];
}

type Words = ReadonlyMap<string, readonly (string | null)[]>;

/** Reads the words that numbers stand for, where they are asked about: a few hundred of them, which do not change any more. */
async function juryOf(client: pg.ClientBase, judge: Judge, campaign: number): Promise<Jury> {
  const numbered = new Map<Source, Words>();
  for (const source of judge.sources)
    if (source === "profile_no" || source === "outcome_no")
      numbered.set(source, await wordsIn(client, sql(`recover.${source}`), campaign));
  const wordsOf: Jury["wordsOf"] = (source, raw) => {
    const words = numbered.get(source);
    return words ? (words.get(raw ?? "") ?? []) : [raw];
  };
  const classifiers = judge.sources.map((source) => {
    const classOf = (raw: string | null): Class => judge.classOf(source, wordsOf(source, raw));
    return source === "reported_at" ? new TimeClassCache(classOf) : new ClassCache(classOf);
  });
  return { judge, classifiers, wordsOf };
}

async function wordsIn(client: pg.ClientBase, text: string, campaign: number): Promise<Words> {
  const { rows } = await client.query<(string | null)[]>({ text, values: [campaign], rowMode: "array" });
  return new Map(rows.map(([no, ...words]) => [no ?? "", words]));
}

/** Number of the row of `decision_rule` that stands for quarantine. */
const QUARANTINE = 0;
const TAB = 0x09;
/** Bucket, device_no and device_id stand before the sources in a line. */
const BEFORE_SOURCES = 3;

/** What is stored of one device. */
interface Decided {
  /** As text. */
  readonly deviceNo: string;
  readonly decision: Buffer;
  readonly triage: Buffer | undefined;
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
  readonly #jury: Jury;
  readonly #decided: ReadonlySet<string> | undefined;
  readonly #refusals: Refusals | undefined;
  /** Numbers of the devices in the lines of `#triage`. */
  readonly #held: string[] = [];
  readonly #decisions = new CopyLines();
  readonly #triage = new CopyLines();
  readonly #checksum = new Checksum();
  readonly #trace: readonly number[];
  /** What follows the device in its line, by rule of the policy. */
  readonly #tails: readonly Uint8Array[];
  readonly #quarantine: Uint8Array;
  /** Where bucket, device_no, device_id and the sources of a line end. */
  readonly #ends: Int32Array;
  /** Of the sources of the line that is looked at. */
  readonly #classes: Class[];
  #rows = 0;

  constructor(
    task: RecoverTask,
    worker: number,
    batch: number,
    jury: Jury,
    known: { readonly decided: ReadonlySet<string> | undefined; readonly refusals: Refusals | undefined },
  ) {
    const { campaignId, pass } = task.pass;
    const tail = (ruleNo: number) => Buffer.from(`\t${campaignId}\t${ruleNo}\t${pass}\t${batch}\n`);
    this.#task = task;
    this.#jury = jury;
    this.#ends = new Int32Array(BEFORE_SOURCES + jury.classifiers.length);
    this.#classes = new Array(jury.classifiers.length);
    this.#decided = known.decided;
    this.#refusals = known.refusals;
    this.#trace = [pass, batch, worker, batch];
    this.#tails = task.ruleNos.map(tail);
    this.#quarantine = tail(QUARANTINE);
  }

  /** Decides the device in a line of `recover.read`. */
  take(bytes: Buffer, from: number, to: number): void {
    const ends = this.#ends;
    const last = ends.length - 1;
    for (let at = from, no = 0; no < last; at++) if (bytes[at] === TAB) ends[no++] = at;
    ends[last] = to;
    const [bucketEnd, noEnd, idEnd] = ends as unknown as readonly [number, number, number];
    if (this.#decided?.has(bytes.toString("latin1", bucketEnd + 1, noEnd))) return;
    const { judge, classifiers } = this.#jury;
    for (let no = 0; no < classifiers.length; no++) {
      const end = BEFORE_SOURCES + no;
      this.#classes[no] = (classifiers[no] as Classifier).of(bytes, (ends[end - 1] as number) + 1, ends[end] as number);
    }
    const decision = judge.decide(this.#classes);
    const refusal = this.#refusals?.get(bytes.toString("latin1", bucketEnd + 1, noEnd));
    const sound = decision.broken.length === 0 && refusal === undefined;
    const { place } = decision;
    this.#rows += 1;
    this.#decisions.addBytes(bytes, from, noEnd, (sound ? this.#tails[place] : this.#quarantine) as Uint8Array);
    this.#checksum.add(bytes, bucketEnd + 1, noEnd, sound ? (this.#task.ruleNos[place] as number) : QUARANTINE);
    if (sound) return;
    const id = readCopyField(bytes.toString("utf8", noEnd + 1, idEnd)) ?? "";
    if (decision.halts) throw halted(id, decision.halts, this.#task.rules);
    const refused = { rule: REFUSED_RULE, field: "device", raw: null, reason: refusal };
    const found = refusal === undefined ? findingsOf(decision, (field) => this.#raw(bytes, field)) : [refused];
    this.#hold(bytes.toString("latin1", from, noEnd), id, found);
  }

  /** What the line that is looked at says of a field. */
  #raw(bytes: Buffer, field: RuleField): string | null {
    const { judge, wordsOf } = this.#jury;
    const no = judge.sources.findIndex((source) => (SOURCES[source] as readonly string[]).includes(field));
    const [from, to] = [(this.#ends[BEFORE_SOURCES + no - 1] as number) + 1, this.#ends[BEFORE_SOURCES + no]];
    const source = judge.sources[no] as Source;
    const words = wordsOf(source, readCopyField(bytes.toString("utf8", from, to)));
    return words[(SOURCES[source] as readonly string[]).indexOf(field)] ?? null;
  }

  /** Enters a device into the triage queue, with the evidence. */
  #hold(head: string, id: string, findings: readonly Evidence[]): void {
    const { pass, rules } = this.#task;
    const [bucket = "", deviceNo = ""] = head.split("\t");
    const [first] = findings as [Evidence];
    const raw = first.raw === null ? null : Buffer.from(first.raw);
    const hash = raw && createHash("sha256").update(raw).digest();
    this.#held.push(deviceNo);
    this.#triage.add([
      ...[Number(bucket), pass.campaignId, id, first.rule, rules.version, first.field],
      ...[raw, hash, JSON.stringify(findings), ...this.#trace],
    ]);
  }

  result(): { rows: number; checksum: string; parts: CopyPart[] } {
    const parts = partsOf(this.#task.pass.campaignId, this.#decisions.bytes(), this.#triage.bytes());
    return { rows: this.#rows, checksum: String(this.#checksum), parts };
  }

  /** The same, device by device. */
  devices(): Decided[] {
    const lines = linesOf(this.#triage.bytes());
    const triage = new Map(this.#held.map((deviceNo, at) => [deviceNo, lines[at]]));
    return linesOf(this.#decisions.bytes()).map((decision) => {
      const deviceNo = String(decision).split("\t", 2)[1] ?? "";
      return { deviceNo, decision, triage: triage.get(deviceNo) };
    });
  }
}

function halted(device: string, rule: Rule, { name, version }: RuleSet): SentinelError {
  return new SentinelError({
    exitCode: EXIT.resumable,
    cause: `Device ${printable(device)} breaks rule ${rule.id} of rules ${name} version ${version}, which says that recovery must halt.`,
    remedy: "Look at its report, mend the data or the rule in data/rules, and go on:",
    command: "npm run recover -- --resume",
  });
}
