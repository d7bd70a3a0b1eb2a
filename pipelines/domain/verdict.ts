import { type Probe, shareText } from "./experiment.ts";

/** What was found once the method of an experiment had ended. */
export interface Facts {
  /** Exit code of the command that ended the method, and the seconds that it took with all that it was called again. */
  readonly end: { readonly code: number; readonly seconds: number };
  /** Names of the promises that are broken. */
  readonly broken: readonly string[];
  readonly digest: string;
  readonly unbrokenDigest: string;
  readonly partial: number;
  readonly openRuns: number;
  /** What is left of processes and folders. */
  readonly orphans: readonly string[];
  readonly detection: { readonly injected: number; readonly found: number; readonly falseAlarms: number };
  readonly quarantinedShare: number;
  /** A fingerprint of what was decided on the devices that chaos left alone, here and without chaos. */
  readonly rest: string;
  readonly unbrokenRest: string;
}

/** What came of a probe. */
export interface Found {
  readonly probe: string;
  readonly when: "before" | "after";
  readonly expected: string;
  readonly found: string;
  readonly passed: boolean;
}

/** Whether all is well before anything is done: the promises of a run without the fault. */
export const steadyState = (broken: readonly string[]): Found => ({
  ...{ probe: "steady_state", when: "before", expected: "every promise holds", found: promisesText(broken) },
  passed: broken.length === 0,
});

/** Whether the fault was there at all. */
export const faultStruck = (wanted: number, strikes: number): Found => ({
  ...{ probe: "fault_struck", when: "after", expected: `at least ${wanted}`, found: String(strikes) },
  passed: strikes >= wanted,
});

/** Holds a probe to what was found. */
export function judgeProbe(probe: Probe, facts: Facts): Found {
  const [expected, found, passed = expected === found] = findings(probe, facts);
  return { probe: probe.probe, when: "after", expected, found, passed };
}

/** What is expected, what was found, and, where that is not whether they are the same, whether it will do. */
function findings(probe: Probe, facts: Facts): [expected: string, found: string, passed?: boolean] {
  switch (probe.probe) {
    case "ended": {
      const { code, seconds } = facts.end;
      const found = `exit code ${code} after ${seconds.toFixed(1)} s`;
      return [`exit code 0 within ${probe.seconds} s`, found, code === 0 && seconds <= probe.seconds];
    }
    case "promises_hold":
      return ["every promise holds", promisesText(facts.broken)];
    case "as_unbroken":
      return [short(facts.unbrokenDigest), short(facts.digest), facts.digest === facts.unbrokenDigest];
    case "rest_as_unbroken":
      return [short(facts.unbrokenRest), short(facts.rest), facts.rest === facts.unbrokenRest];
    case "no_partial_left":
      return ["0", String(facts.partial)];
    case "no_open_run":
      return ["0", String(facts.openRuns)];
    case "nothing_orphaned":
      return ["nothing", facts.orphans.join(", ") || "nothing"];
    case "faults_found": {
      const { injected, found } = facts.detection;
      const share = injected === 0 ? 0 : found / injected;
      return [`at least ${shareText(probe.at_least)}`, shareText(share), share >= probe.at_least];
    }
    case "false_alarms": {
      const { falseAlarms } = facts.detection;
      return [`at most ${probe.at_most}`, String(falseAlarms), falseAlarms <= probe.at_most];
    }
    case "quarantined": {
      const { quarantinedShare: share } = facts;
      return [`at most ${shareText(probe.at_most)}`, shareText(share), share <= probe.at_most];
    }
  }
}

const promisesText = (broken: readonly string[]): string =>
  broken.length === 0 ? "every promise holds" : `broken: ${broken.join(", ")}`;

/** Of a fingerprint, as much as a table has room for. */
const short = (digest: string): string => digest.slice(0, 16);

/** What an experiment says of its hypothesis. */
export type Verdict = "held" | "refuted" | "inconclusive" | "stopped";

export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not "held". */
  readonly reason: string | null;
}

/** The verdict on a method that came to its end. Where all was not well before, or the fault never struck, nothing was learnt. */
export function verdictOf(found: readonly Found[]): Judgement {
  const failed = found.filter(({ passed }) => !passed).map(({ probe }) => probe);
  if (failed.includes("steady_state"))
    return { verdict: "inconclusive", reason: "without the fault, promises are broken already" };
  const wrong = failed.filter((probe) => probe !== "fault_struck");
  if (wrong.length > 0) return { verdict: "refuted", reason: `not as expected: ${wrong.join(", ")}` };
  if (failed.length > 0)
    return { verdict: "inconclusive", reason: "the fault never struck, or not as often as it should" };
  return { verdict: "held", reason: null };
}
