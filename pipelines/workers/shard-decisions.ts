import { createHash } from "node:crypto";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { printable } from "../cli/format.ts";
import { readCopyField } from "../db/copy.ts";
import type { CopyPart } from "../db/copy-in.ts";
import { CopyLines, linesOf } from "../db/copy-lines.ts";
import { bind, sql } from "../db/sql.ts";
import { type Amendment, judgeAmended } from "../domain/amend.ts";
import { Checksum } from "../domain/checksum.ts";
import { type Class, type Decision, findingsOf, type Report } from "../domain/judge.ts";
import { type Alone, type Proposed, repairedAlone } from "../domain/propose.ts";
import type { Rule, RuleSet } from "../domain/rules.ts";
import { REFUSED_RULE } from "../domain/vocabulary.ts";
import type { Classifier } from "./class-cache.ts";
import type { Jury } from "./jury.ts";
import type { Task } from "./protocol.ts";
import type { Return } from "./released.ts";
import type { Repaired } from "./repaired.ts";

type RecoverTask = Extract<Task, { stage: "recover" }>;

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
  /** Of a device that has a place in the queue already. */
  readonly returns: Return | undefined;
  readonly repaired: Repaired | undefined;
}

/** What the server said to the decisions on devices, by their numbers: these are held. */
export type Refusals = ReadonlyMap<string, string>;

/** What is known before a shard is decided. */
interface Known {
  readonly decided: ReadonlySet<string> | undefined;
  readonly refusals: Refusals | undefined;
  /** By number of the device, as text. */
  readonly released: ReadonlyMap<string, Amendment> | undefined;
}

/** What puts a device into the triage queue. */
interface Evidence {
  readonly rule: string;
  readonly field: string;
  readonly raw: string | null;
}

/** A device that is not simply decided, and why. */
interface Unsound {
  readonly decision: Decision;
  readonly amendment: Amendment | undefined;
  readonly refusal: string | undefined;
}

/** The decisions on one shard, as lines of COPY. Of a device without findings nothing is ever made a text of. */
export class ShardDecisions {
  readonly #task: RecoverTask;
  readonly #jury: Jury;
  readonly #known: Known;
  readonly #returns = new Map<string, Return>();
  readonly #repaired = new Map<string, Repaired>();
  /** Whether any rule may repair by itself. */
  readonly #mayRepair: boolean;
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

  constructor(task: RecoverTask, worker: number, batch: number, jury: Jury, known: Known) {
    const { campaignId, pass } = task.pass;
    const tail = (ruleNo: number) => Buffer.from(`\t${campaignId}\t${ruleNo}\t${pass}\t${batch}\n`);
    this.#task = task;
    this.#mayRepair = task.rules.rules.some(({ repair }) => repair?.auto);
    this.#jury = jury;
    this.#ends = new Int32Array(BEFORE_SOURCES + jury.classifiers.length);
    this.#classes = new Array(jury.classifiers.length);
    this.#known = known;
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
    const [bucketEnd, noEnd] = ends as unknown as readonly [number, number];
    const { decided, refusals, released } = this.#known;
    if (decided?.has(bytes.toString("latin1", bucketEnd + 1, noEnd))) return;
    const { judge, classifiers } = this.#jury;
    for (let no = 0; no < classifiers.length; no++) {
      const end = BEFORE_SOURCES + no;
      this.#classes[no] = (classifiers[no] as Classifier).of(bytes, (ends[end - 1] as number) + 1, ends[end] as number);
    }
    const amendment = released?.get(bytes.toString("latin1", bucketEnd + 1, noEnd));
    const decision = amendment ? judgeAmended(judge, this.#report(bytes), amendment) : judge.decide(this.#classes);
    const refusal = refusals?.get(bytes.toString("latin1", bucketEnd + 1, noEnd));
    const isSound = refusal === undefined && decision.broken.length === 0;
    if (isSound) this.#enter(bytes, from, this.#tails[decision.place], this.#task.ruleNos[decision.place]);
    else this.#takeUnsound(bytes, from, { decision, amendment, refusal });
  }

  /** Not of {@link take}, which every device goes through: V8 would compile that anew as a whole for the few that come here. */
  #takeUnsound(bytes: Buffer, from: number, { decision, amendment, refusal }: Unsound): void {
    // Of what a person has worked on, nothing is repaired unasked.
    const alone = refusal === undefined && !amendment ? this.#repair(bytes, decision) : undefined;
    if (alone) this.#enter(bytes, from, this.#tails[alone.place], this.#task.ruleNos[alone.place]);
    else this.#enter(bytes, from, this.#quarantine, QUARANTINE);
    const [, noEnd, idEnd] = this.#ends as unknown as readonly [number, number, number];
    const id = readCopyField(bytes.toString("utf8", noEnd + 1, idEnd)) ?? "";
    if (decision.halts) throw halted(id, decision.halts, this.#task.rules);
    const refused = { rule: REFUSED_RULE, field: "device", raw: null, reason: refusal };
    const report = this.#report(bytes);
    const found = refusal === undefined ? findingsOf(decision, (field) => report[field] ?? null) : [refused];
    this.#hold(bytes.toString("latin1", from, noEnd), id, found, alone?.proposed);
  }

  /** Adds the line of a decision. */
  #enter(bytes: Buffer, from: number, tail: Uint8Array | undefined, ruleNo: number | undefined): void {
    const [bucketEnd, noEnd] = this.#ends as unknown as readonly [number, number];
    this.#rows += 1;
    this.#decisions.addBytes(bytes, from, noEnd, tail as Uint8Array);
    this.#checksum.add(bytes, bucketEnd + 1, noEnd, ruleNo as number);
  }

  /** What rules may repair of the device in the line that is looked at. */
  #repair(bytes: Buffer, { broken, halts }: Decision): Alone | undefined {
    if (!this.#mayRepair || broken.length === 0 || halts) return undefined;
    return repairedAlone(this.#jury.judge, this.#report(bytes), broken);
  }

  /** What the line that is looked at says, as far as anything is asked about it. */
  #report(bytes: Buffer): Report {
    const { judge, reportOf } = this.#jury;
    const raws = judge.sources.map((_, no) => {
      const end = BEFORE_SOURCES + no;
      return readCopyField(bytes.toString("utf8", (this.#ends[end - 1] as number) + 1, this.#ends[end]));
    });
    return reportOf(raws);
  }

  /** Enters a device into the triage queue, with the evidence; as one that is decided already, where rules repaired it. */
  #hold(head: string, id: string, findings: readonly Evidence[], proposed?: readonly Proposed[]): void {
    const { pass, rules } = this.#task;
    const [bucket = "", deviceNo = ""] = head.split("\t");
    const [first] = findings as [Evidence];
    if (this.#known.released?.has(deviceNo)) {
      const place = { bucket: Number(bucket), deviceId: id };
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
    if (proposed) this.#repaired.set(deviceNo, { bucket: Number(bucket), deviceId: id, proposed });
    this.#triage.add([
      ...[Number(bucket), pass.campaignId, id, first.rule, rules.version, first.field],
      ...[raw, hash, JSON.stringify(findings), ...this.#trace],
      ...(proposed ? ["released", 2] : ["open", 1]),
    ]);
  }

  result() {
    const parts = partsOf(this.#task.pass.campaignId, this.#decisions.bytes(), this.#triage.bytes());
    const [returns, repaired] = [[...this.#returns.values()], [...this.#repaired.values()]];
    return { rows: this.#rows, checksum: String(this.#checksum), parts, returns, repaired };
  }

  /** The same, device by device. */
  devices(): Decided[] {
    const lines = linesOf(this.#triage.bytes());
    const triage = new Map(this.#held.map((deviceNo, at) => [deviceNo, lines[at]]));
    return linesOf(this.#decisions.bytes()).map((decision) => {
      const deviceNo = String(decision).split("\t", 2)[1] ?? "";
      return {
        deviceNo,
        decision,
        triage: triage.get(deviceNo),
        returns: this.#returns.get(deviceNo),
        repaired: this.#repaired.get(deviceNo),
      };
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

/** What stores them. */
export function partsOf(campaign: number, decisions: Buffer, triage: Buffer): CopyPart[] {
  return [
    { into: bind(sql("recover.store_decisions"), { campaign }), lines: decisions },
    { into: sql("recover.store_triage"), lines: triage },
  ];
}
