import { type Conditional, checkRuleFile, Misfit } from "./condition.ts";
import { checkRepair, type Repair } from "./repair.ts";
import { FAULT_KINDS, type FaultKind, REFUSED_RULE, type RuleField } from "./vocabulary.ts";

/** How bad it is, for people who sort by it. */
export const SEVERITIES = ["critical", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/**
 * What follows for a device that recovery has to decide: it is held for a person; nothing, it is only told of; or recovery stops, since the
 * data is not what it is taken for.
 */
export const EFFECTS = ["quarantine", "warn", "halt"] as const;
export type Effect = (typeof EFFECTS)[number];

/** A check on a report; `field` is the one that it finds fault with. `detects` is the fault kind that it is there to find, or several. */
export interface Rule extends Conditional {
  readonly detects: FaultKind | readonly FaultKind[];
  /** `critical` where it is not said. */
  readonly severity?: Severity;
  /** `quarantine` where it is not said. */
  readonly effect?: Effect;
  /** What it proposes for the value that it finds fault with. */
  readonly repair?: Repair;
}

/** The rules in their order: for each field, the first that holds decides; one that only warns stands behind all others. */
export interface RuleSet {
  readonly name: string;
  readonly version: number;
  readonly rules: readonly Rule[];
}

/** A rule that a device breaks, with the value as it was received. */
export interface Finding {
  readonly rule: string;
  readonly field: RuleField;
  readonly raw: string | null;
}

export const effectOf = ({ effect = "quarantine" }: Rule): Effect => effect;
/** The fault kinds that a rule is there to find; for the first of them a false alarm counts. */
export const kindsOf = ({ detects }: Rule): readonly FaultKind[] => (typeof detects === "string" ? [detects] : detects);
export const severityOf = ({ severity = "critical" }: Rule): Severity => severity;

/** The rules that a decision rests on: those that do more than warn. */
export function decisive({ rules }: RuleSet): Rule[] {
  return rules.filter((rule) => effectOf(rule) !== "warn");
}

/** Checks a rule set that came from a file. @throws Misfit where and how it is wrong. */
export function parseRuleSet(value: unknown): RuleSet {
  checkRuleFile<Rule>(value, "a rule set", ["detects", "severity", "effect", "repair"], (rule, at) => {
    const { id, detects, severity, effect } = rule;
    if (id === REFUSED_RULE)
      throw new Misfit([...at, "id"], `"id" ${REFUSED_RULE} is taken: it is what the server, not a rule, holds back`);
    checkKinds(detects, [...at, "detects"]);
    if (severity !== undefined) refuseOther(severity, SEVERITIES, [...at, "severity"]);
    if (effect !== undefined) refuseOther(effect, EFFECTS, [...at, "effect"]);
    if (rule.repair !== undefined) checkRepairOf(rule, [...at, "repair"]);
  });
  if (decisive(value).length === 0) throw new Misfit(["rules"], "write at least one rule that does more than warn");
  return value;
}

/** What cannot be corrected, or asks nobody to, needs no proposal; and what stops recovery must not pass it by. */
function checkRepairOf(rule: Rule, at: readonly (string | number)[]): void {
  const { repair, field } = rule;
  checkRepair(repair, at);
  const effect = effectOf(rule);
  if (field === "device_id") throw new Misfit(at, "a device_id can't be repaired: it is what the device is known by");
  if (effect === "warn") throw new Misfit(at, "a rule that warns holds no device, so that there is nothing to repair");
  if (effect === "halt" && repair.auto)
    throw new Misfit([...at, "auto"], 'a rule that halts recovery can\'t be passed by with "auto"');
}

function checkKinds(value: unknown, at: readonly (string | number)[]): void {
  if (!Array.isArray(value)) {
    refuseOther(value, FAULT_KINDS, at);
    return;
  }
  if (value.length === 0) throw new Misfit(at, '"detects" must name at least one fault kind');
  for (const [no, kind] of value.entries()) {
    if (!(FAULT_KINDS as readonly unknown[]).includes(kind))
      throw new Misfit([...at, no], `"detects" must be of ${FAULT_KINDS.join(", ")}`);
    if (value.indexOf(kind) < no) throw new Misfit([...at, no], `"detects" names ${kind} twice`);
  }
}

function refuseOther(value: unknown, known: readonly string[], at: readonly (string | number)[]): void {
  if (!(known as readonly unknown[]).includes(value))
    throw new Misfit(at, `"${at.at(-1)}" must be one of ${known.join(", ")}`);
}
