import type { FaultHypothesis } from "./fault-profile.ts";

/** What the rules found of the faults of one kind. */
export interface Detection {
  readonly kind: string;
  readonly injected: number;
  /** Of these, those on whose field a rule finds fault. */
  readonly found: number;
  /** Of these, those that the rule found which is there for the kind. */
  readonly right_rule: number;
  /** Not found on their field, but the device breaks a rule elsewhere. */
  readonly elsewhere: number;
  /** Findings of the kind's rules where nothing was injected. */
  readonly false_alarms: number;
}

/** A share from 0 to 1, with the bounds of its 95 % interval. */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const Z = 1.959963984540054;

/** k of n with the Wilson score interval; undefined where n is 0. Source: E. B. Wilson, JASA 22 (1927) 209-212. */
export function wilson(k: number, n: number): Share | undefined {
  if (n === 0) return undefined;
  const middle = k + (Z * Z) / 2;
  const half = Z * Math.sqrt((k * (n - k)) / n + (Z * Z) / 4);
  const whole = n + Z * Z;
  return {
    value: k / n,
    low: k === 0 ? 0 : (middle - half) / whole,
    high: k === n ? 1 : (middle + half) / whole,
  };
}

/** How well faults are found; undefined where there is nothing to divide by. */
export interface Score {
  /** Faults that are found, of those that were injected. */
  readonly recall: Share | undefined;
  /** Findings that are faults, of all findings. */
  readonly precision: Share | undefined;
  /** The harmonic mean of the two. Its interval is that of found / (found + missed + false alarms), of which it is a function. */
  readonly f1: Share | undefined;
}

export function scoreOf({
  injected,
  found,
  false_alarms,
}: Pick<Detection, "injected" | "found" | "false_alarms">): Score {
  const overlap = wilson(found, injected + false_alarms);
  const f1 = (share: number): number => (2 * share) / (1 + share);
  return {
    recall: wilson(found, injected),
    precision: wilson(found, found + false_alarms),
    f1: overlap && { value: f1(overlap.value), low: f1(overlap.low), high: f1(overlap.high) },
  };
}

/** The same of several kinds together. */
export function together(rows: readonly Detection[]): Omit<Detection, "kind"> {
  const sum = (key: Exclude<keyof Detection, "kind">): number => rows.reduce((total, row) => total + row[key], 0);
  const [injected, found, right_rule] = [sum("injected"), sum("found"), sum("right_rule")];
  return { injected, found, right_rule, elsewhere: sum("elsewhere"), false_alarms: sum("false_alarms") };
}

/** One thing that a profile believes, and what came of it. */
export interface Belief {
  readonly what: keyof FaultHypothesis;
  readonly bound: number;
  readonly actual: number;
  readonly held: boolean;
}

/**
 * Holds the outcome to a profile's hypothesis. Of what did not occur nothing can be said: it is left out.
 * @param sound devices that nothing was done to.
 */
export function beliefs(hypothesis: FaultHypothesis, rows: readonly Detection[], sound: number): Belief[] {
  const all = together(rows);
  const { recall, precision } = scoreOf(all);
  const found = {
    recall: recall?.value,
    precision: precision?.value,
    false_alarm_rate: sound > 0 ? all.false_alarms / sound : undefined,
  };
  return (Object.entries(hypothesis) as [keyof FaultHypothesis, number][]).flatMap(([what, bound]) => {
    const actual = found[what];
    if (actual === undefined) return [];
    return [{ what, bound, actual, held: what === "false_alarm_rate" ? actual <= bound : actual >= bound }];
  });
}
