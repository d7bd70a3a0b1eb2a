import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { reference } from "../reference.ts";
import { countedStatus } from "./contradiction.ts";
import { FAULT_KIND_SPECS, type SoundReport } from "./fault-kinds.ts";
import { type Fault, idHasher, injector } from "./faults.ts";
import { type DeviceReport, fleet } from "./fleet.ts";
import { Judge } from "./judge.ts";
import { kindsOf } from "./rules.ts";
import { type Detection, scoreOf } from "./score.ts";
import { type FaultKind, REPORT_COLUMNS } from "./vocabulary.ts";

const SEEDS = 100;
const DEVICES = 2_000;
/** Far more than any profile asks for, so that every seed has some of each kind. */
const RATE = 0.5;

const inputs = reference(fileURLToPath(new URL("../..", import.meta.url)));
const rules = inputs.rules("field");
const judge = new Judge(rules, undefined, REPORT_COLUMNS);
const kindsOfRule = new Map(rules.rules.map((rule) => [rule.id, kindsOf(rule)]));
const versions = inputs.fleet().firmwareFrom.map(({ value }) => value);

interface Tally {
  readonly kinds: Map<FaultKind, { injected: number; found: number; false_alarms: number }>;
  sound: number;
  suspected: number;
}

function playSeed(seed: number): Tally {
  const reportAt = fleet(inputs.fleet(), DEVICES, seed);
  const inject = injector(inputs.faultProfile("field"), RATE, seed, REPORT_COLUMNS, versions);
  const hash = idHasher(seed);
  const tally: Tally = { kinds: new Map(), sound: 0, suspected: 0 };
  for (let index = 0; index < DEVICES; index++) {
    const report = reportAt(index);
    const sound: SoundReport = { ...report, update_status: report.updateStatus };
    const idHash = hash.ofText(report.deviceId);
    const faults = inject.chooses(idHash) ? inject.strike(idHash, sound) : [];
    judged(tally, report, sound, faults);
  }
  return tally;
}

/** Enters what the rules find of a device that something befell, or nothing. */
function judged(tally: Tally, { deviceId }: DeviceReport, sound: SoundReport, faults: readonly Fault[]): void {
  const said = { ...sound, ...Object.fromEntries(faults.map(({ field, after }) => [field, after])) };
  const { findings } = judge.of({ ...said, device_id: deviceId });
  const entry = (kind: FaultKind) => {
    const known = tally.kinds.get(kind) ?? { injected: 0, found: 0, false_alarms: 0 };
    tally.kinds.set(kind, known);
    return known;
  };
  const isCounted = countedStatus({ ...said, updateStatus: said.update_status }) !== said.update_status;
  for (const { kind, field } of faults) {
    entry(kind).injected += 1;
    if (findings.some((finding) => finding.field === field) || (kind === "false_success" && isCounted))
      entry(kind).found += 1;
  }
  const alarms = findings.filter((finding) => !faults.some(({ field }) => field === finding.field));
  for (const { rule } of alarms) entry(kindsOfRule.get(rule)?.[0] as FaultKind).false_alarms += 1;
  if (faults.length > 0) return;
  tally.sound += 1;
  if (findings.length > 0) tally.suspected += 1;
}

test(`over ${SEEDS} seeds, by the rules of the field: syntactic faults are all found and nothing else is, contextual ones have an F1 of 0.95 or more each`, () => {
  const misses: string[] = [];
  let [sound, suspected] = [0, 0];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const tally = playSeed(seed);
    sound += tally.sound;
    suspected += tally.suspected;
    if (tally.suspected > 0.001 * tally.sound) misses.push(`seed ${seed}: ${tally.suspected} sound devices suspected`);
    expect(tally.kinds.size).toBe(Object.keys(FAULT_KIND_SPECS).length);
    for (const [kind, counts] of tally.kinds) {
      const { recall, precision, f1 } = scoreOf(counts as Detection);
      const perfect = recall?.value === 1 && precision?.value === 1;
      const enough = FAULT_KIND_SPECS[kind].layer === "syntactic" ? perfect : (f1?.value ?? 0) >= 0.95;
      if (!enough) misses.push(`seed ${seed}: ${kind} ${JSON.stringify(counts)}`);
    }
  }
  expect(misses).toEqual([]);
  expect(sound).toBeGreaterThan(SEEDS * DEVICES * 0.4);
  expect(suspected).toBeLessThanOrEqual(0.001 * sound);
}, 120_000);

test("what is found is found by the rule that is there for it, but for numbers that could be of another unit", () => {
  const reportAt = fleet(inputs.fleet(), 20_000, 7);
  const inject = injector(inputs.faultProfile("field"), RATE, 7, REPORT_COLUMNS, versions);
  const hash = idHasher(7);
  let [found, rightly] = [0, 0];
  for (let index = 0; index < 20_000; index++) {
    const report = reportAt(index);
    const sound: SoundReport = { ...report, update_status: report.updateStatus };
    const idHash = hash.ofText(report.deviceId);
    const faults = inject.chooses(idHash) ? inject.strike(idHash, sound) : [];
    const said = { ...sound, ...Object.fromEntries(faults.map(({ field, after }) => [field, after])) };
    const { findings } = judge.of({ ...said, device_id: report.deviceId });
    for (const { kind, field } of faults) {
      const finding = findings.find((one) => one.field === field);
      if (!finding) continue;
      found += 1;
      if (kindsOfRule.get(finding.rule)?.includes(kind)) rightly += 1;
    }
  }
  expect(rightly / found).toBeGreaterThan(0.99);
});
