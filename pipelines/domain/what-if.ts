import { type Case, type Condition, casesOf } from "./condition.ts";
import { Judge, type Report } from "./judge.ts";
import { type Fate, fateOf, type Policy } from "./policy.ts";
import { holds } from "./predicate.ts";
import { REPORT_COLUMNS } from "./vocabulary.ts";

/** The numbers whose lines can be moved. */
export const WHAT_IF_NUMBERS = ["battery_voltage", "signal_strength", "storage_free_mb", "attempts"] as const;
export type WhatIfNumber = (typeof WHAT_IF_NUMBERS)[number];
/** The words that a policy may ask about for a what-if. */
export const WHAT_IF_WORDS = ["error_code", "model"] as const;
export type WhatIfWord = (typeof WHAT_IF_WORDS)[number];

/**
 * A place where a line may be drawn. A value that is the edge is counted as `at`, one above it, up to the next edge, as `after`: values that no
 * line at an edge can tell from those that they stand for.
 */
export interface Step {
  readonly field: WhatIfNumber;
  readonly edge: number;
  readonly at: string;
  readonly after: string;
}

/** Which numbers decide for devices that report an error code, or any but the named ones (OTHER), or none (NONE). */
export interface Asked {
  readonly error_code: string;
  readonly fields: readonly WhatIfNumber[];
}

/** By what devices have to be counted, so that a policy with its lines moved can be tried on the counts. */
export interface Ground {
  readonly steps: readonly Step[];
  readonly asked: readonly Asked[];
  /** Models with bounds of their own. */
  readonly models: readonly string[];
}

/** Stand in a count for a value that is absent, that is no number, and that the policy does not name. */
export const NONE = "(none)";
export const NO_NUMBER = "(text)";
export const OTHER = "(other)";

/** Where lines may be drawn: from, to, and how far apart, where few numbers are asked about and where many are. */
const GRIDS: Readonly<Record<WhatIfNumber, { from: number; to: number; fine: number; coarse: number }>> = {
  battery_voltage: { from: 11, to: 14, fine: 0.05, coarse: 0.1 },
  signal_strength: { from: 5, to: 95, fine: 1, coarse: 10 },
  storage_free_mb: { from: 128, to: 2048, fine: 64, coarse: 256 },
  attempts: { from: 1, to: 12, fine: 1, coarse: 1 },
};
/** Stands for a value below the lowest edge. */
const LOWEST = -1e300;

/** @returns what keeps a policy from being tried on counts, where anything does. */
export function groundOf(policy: Policy): Ground | string {
  const cases = policy.rules.flatMap(casesOf);
  const stranger = cases.flat().find((one) => !isCounted(one));
  if (stranger)
    return `It asks of ${stranger.field} whether it is ${stranger.test.kind}, by which devices are not counted.`;
  const numbers = WHAT_IF_NUMBERS.filter((field) =>
    cases.flat().some((one) => one.field === field && one.test.kind !== "any"),
  );
  return {
    steps: numbers.flatMap((field) => stepsOf(field, numbers.length > 1, cases.flat())),
    asked: askedBy(cases),
    models: named(cases, "model"),
  };
}

function isCounted({ field, test: { kind } }: Condition): boolean {
  if (kind === "any") return true;
  if ((WHAT_IF_WORDS as readonly string[]).includes(field)) return ["missing", "one_of", "not_one_of"].includes(kind);
  const kinds = ["missing", "not_number", "equals", "above", "below", "outside", "inside"];
  return (WHAT_IF_NUMBERS as readonly string[]).includes(field) && kinds.includes(kind);
}

/** The texts that lines name of a word. */
function named(cases: readonly Case[], word: WhatIfWord): string[] {
  const texts = cases.flat().flatMap(({ field, test }) => (field === word && "values" in test ? test.values : []));
  return [...new Set(texts)].sort();
}

/** A line that can't apply to an error code, whatever else is reported, asks nothing of its devices. */
function askedBy(cases: readonly Case[]): Asked[] {
  return [...named(cases, "error_code"), OTHER, NONE].map((code) => {
    const raw = code === NONE ? null : code;
    const open = cases.filter((one) => one.every(({ field, test }) => field !== "error_code" || holds(test, raw)));
    const fields = WHAT_IF_NUMBERS.filter((number) =>
      open.flat().some(({ field, test }) => field === number && test.kind !== "any"),
    );
    return { error_code: code, fields };
  });
}

/** The places for lines on a number. Its own lines lie among them. */
function stepsOf(field: WhatIfNumber, isOneOfMany: boolean, conditions: readonly Condition[]): Step[] {
  const tests = conditions.filter((one) => one.field === field).map(({ test }) => test);
  const bounds = tests.flatMap((test) => [
    ...("value" in test ? [test.value] : []),
    ...("min" in test ? [test.min, test.max] : []),
  ]);
  const { from, to, fine, coarse } = GRIDS[field];
  const step = isOneOfMany ? coarse : fine;
  const grid = Array.from({ length: Math.round((to - from) / step) + 1 }, (_, no) => rounded(from + no * step));
  const edges = [...new Set([...grid, ...bounds])].sort((a, b) => a - b);
  const kinds = new Set(
    tests.map(({ kind }) => kind).filter((kind) => !["any", "missing", "not_number"].includes(kind)),
  );
  const only = (kind: "above" | "below"): boolean => kinds.size === 1 && kinds.has(kind);
  return [LOWEST, ...edges].map((edge, no, all) => {
    const next = all[no + 1];
    const between = next === undefined ? edge + 1 : edge === LOWEST ? next - 1 : (edge + next) / 2;
    // Where all lines look to one side, values between two edges belong to one of them.
    const after = only("above") ? (next ?? edge + 1) : only("below") && edge !== LOWEST ? edge : between;
    return { field, edge, at: String(edge === LOWEST ? after : edge), after: String(after) };
  });
}

/** To hundredths, so that a sum of steps is the number that a person writes. */
const rounded = (value: number): number => Math.round(value * 100) / 100;

/** The edges that a line on a number may be moved to, in order. */
export function edgesOf(ground: Ground, field: WhatIfNumber): number[] {
  return ground.steps.filter((step) => step.field === field && step.edge !== LOWEST).map(({ edge }) => edge);
}

/** Devices that no line of a policy, wherever it is drawn, tells from one another but by their battery. */
export interface Cell {
  readonly region: string;
  /** policy: it decides. held: a rule finds fault with them. settled: decided in triage, or about to be, so that no policy moves them. */
  readonly standing: "policy" | "held" | "settled";
  readonly error_code: string | null;
  readonly model: string | null;
  readonly attempts: string | null;
  readonly signal_strength: string | null;
  readonly storage_free_mb: string | null;
  readonly devices: number;
  /** Devices by battery: "12.3=4 12.35=7"; the value stands for those between two steps. */
  readonly batteries: string;
}

export type Outcome = Fate | "hold" | "settled";

/** Devices of a region for which one policy says one thing, and another the same or another. */
export interface Move {
  readonly region: string;
  readonly from: Outcome;
  readonly to: Outcome;
  readonly devices: number;
}

/** What two policies say of the same devices, by the engine's own judge. */
export function movesBetween(first: Policy, second: Policy, cells: readonly Cell[]): Move[] {
  const [one, other] = [outcomeBy(first), outcomeBy(second)];
  const moves = new Map<string, Move>();
  for (const cell of cells)
    for (const { battery, devices } of batteriesOf(cell)) {
      const [from, to] = [one(cell, battery), other(cell, battery)];
      const key = JSON.stringify([cell.region, from, to]);
      const before = moves.get(key)?.devices ?? 0;
      moves.set(key, { region: cell.region, from, to, devices: before + devices });
    }
  return [...moves.values()];
}

function outcomeBy(policy: Policy): (cell: Cell, battery: string | null) => Outcome {
  const judge = new Judge({ name: policy.name, version: policy.version, rules: [] }, policy, REPORT_COLUMNS);
  const fates = policy.rules.map(fateOf);
  return (cell, battery) => {
    if (cell.standing === "held") return "hold";
    if (cell.standing === "settled") return "settled";
    return fates[judge.of(reportOf(cell, battery)).place] as Fate;
  };
}

function batteriesOf({ batteries }: Cell): { battery: string | null; devices: number }[] {
  return batteries.split(" ").map((part) => {
    const at = part.lastIndexOf("=");
    return { battery: part.slice(0, at), devices: Number(part.slice(at + 1)) };
  });
}

/** A report as any of the devices might have sent it. */
function reportOf(cell: Cell, battery: string | null): Report {
  return {
    error_code: reported(cell.error_code),
    model: reported(cell.model),
    attempts: reported(cell.attempts),
    signal_strength: reported(cell.signal_strength),
    storage_free_mb: reported(cell.storage_free_mb),
    battery_voltage: reported(battery),
  };
}

const reported = (text: string | null): string | null => (text === NONE ? null : text);
