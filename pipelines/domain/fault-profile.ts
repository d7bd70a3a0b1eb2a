import { type Condition, checkCondition, Misfit, refuseStrangers } from "./condition.ts";
import { FAULT_KIND_SPECS } from "./fault-kinds.ts";
import { FAULT_KINDS, type FaultKind, type ReportColumn } from "./vocabulary.ts";

/** Why a value is not there: by chance; by something else that the device reports; or by what the value itself would have been. */
export const MECHANISMS = ["MCAR", "MAR", "MNAR"] as const;
export type Mechanism = (typeof MECHANISMS)[number];

/** Values of one field that go missing. */
export interface Missingness {
  readonly field: ReportColumn;
  readonly mechanism: Mechanism;
  /** Share of devices, 0 to 1. */
  readonly rate: number;
  /** Of MAR and MNAR: devices for which this holds lose theirs `times` as often. */
  readonly when?: Condition;
  readonly times?: number;
}

/** How often a kind befalls a device against the others, and which fields. */
export type Weight = number | { readonly weight: number; readonly fields: readonly ReportColumn[] };

/** Which devices chaos can reach: all, where nothing is said. */
export interface BlastRadius {
  readonly region?: readonly string[];
  readonly model?: readonly string[];
  /** Of those, this share, 0 to 1. */
  readonly share?: number;
}

/** What is believed to hold with all these faults: least share of faults found, of findings that are faults; largest share of sound devices with one. */
export interface FaultHypothesis {
  readonly recall?: number;
  readonly precision?: number;
  readonly false_alarm_rate?: number;
}

/** How much chaos, and of what kind: one file of `data/chaos/`. */
export interface FaultProfile {
  readonly name: string;
  /** For people. */
  readonly title?: string;
  /** Share of the devices within the blast radius, 0 to 1. */
  readonly rate: number;
  readonly weights: Readonly<Partial<Record<FaultKind, Weight>>>;
  readonly missing?: readonly Missingness[];
  readonly blast_radius?: BlastRadius;
  readonly hypothesis?: FaultHypothesis;
  /** Where more than this share of the fleet is struck, chaos has gone too far: the rollback is due. */
  readonly stop?: { readonly struck_share: number };
  /** What is done then: `undo` takes all faults back, `keep` leaves them for somebody to look at. */
  readonly rollback?: "undo" | "keep";
}

type Path = readonly (string | number)[];

export const weightOf = (weight: Weight | undefined): number =>
  typeof weight === "object" ? weight.weight : (weight ?? 0);

/** The fields that a kind strikes by a profile. */
export function fieldsOf(kind: FaultKind, weight: Weight | undefined): readonly ReportColumn[] {
  const { fields, usual = fields } = FAULT_KIND_SPECS[kind];
  return typeof weight === "object" ? weight.fields : usual;
}

const KEYS = ["name", "title", "rate", "weights", "missing", "blast_radius", "hypothesis", "stop", "rollback"];

/** Checks a profile that came from a file. @throws Misfit where and how it is wrong. */
export function parseFaultProfile(value: unknown): FaultProfile {
  const profile = (value ?? {}) as Partial<Record<keyof FaultProfile, unknown>>;
  if (typeof profile.name !== "string") throw new Misfit([], 'a profile needs a "name"');
  refuseStrangers(profile, KEYS, []);
  if (profile.title !== undefined && typeof profile.title !== "string")
    throw new Misfit(["title"], '"title" must be a text');
  checkShare(profile.rate, ["rate"]);
  checkWeights(profile.weights, ["weights"]);
  if (profile.missing !== undefined) checkMissing(profile.missing, ["missing"]);
  if (profile.blast_radius !== undefined) checkRadius(profile.blast_radius, ["blast_radius"]);
  if (profile.hypothesis !== undefined)
    checkShares(profile.hypothesis, ["recall", "precision", "false_alarm_rate"], ["hypothesis"]);
  if (profile.stop !== undefined) checkShares(profile.stop, ["struck_share"], ["stop"]);
  if (profile.rollback !== undefined && !["undo", "keep"].includes(profile.rollback as string))
    throw new Misfit(["rollback"], '"rollback" must be undo or keep');
  if ((profile.stop === undefined) !== (profile.rollback === undefined))
    throw new Misfit([], '"stop" and "rollback" need each other');
  return profile as FaultProfile;
}

function checkShare(value: unknown, at: Path): void {
  if (typeof value !== "number" || !(value >= 0 && value <= 1))
    throw new Misfit(at, `"${at.at(-1)}" must be a number from 0 to 1`);
}

function checkShares(value: unknown, keys: readonly string[], at: Path): void {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0)
    throw new Misfit(at, `"${at.at(-1)}" must have ${keys.join(" or ")}`);
  refuseStrangers(value, keys, at);
  for (const [key, share] of Object.entries(value)) checkShare(share, [...at, key]);
}

function checkWeights(value: unknown, at: Path): void {
  if (typeof value !== "object" || value === null) throw new Misfit(at, '"weights" must name kinds of faults');
  refuseStrangers(value, FAULT_KINDS, at);
  const weights = value as Record<FaultKind, unknown>;
  for (const [kind, weight] of Object.entries(weights) as [FaultKind, unknown][])
    checkWeight(kind, weight, [...at, kind]);
  if (!Object.values(weights as FaultProfile["weights"]).some((weight) => weightOf(weight) > 0))
    throw new Misfit(at, '"weights" are all 0');
}

function checkWeight(kind: FaultKind, value: unknown, at: Path): void {
  const isNumber = (weight: unknown): boolean => typeof weight === "number" && weight >= 0 && Number.isFinite(weight);
  if (isNumber(value)) return;
  const { weight, fields, ...rest } = (value ?? {}) as { weight?: unknown; fields?: unknown };
  refuseStrangers(rest, ["weight", "fields"], at);
  if (!isNumber(weight))
    throw new Misfit(at, `"weights" needs a number of at least 0 for "${kind}", or {"weight", "fields"}`);
  const known: readonly string[] = FAULT_KIND_SPECS[kind].fields;
  if (!Array.isArray(fields) || fields.length === 0 || !fields.every((field) => known.includes(field)))
    throw new Misfit([...at, "fields"], `"fields" of ${kind} must be of ${known.join(", ")}`);
}

function checkMissing(value: unknown, at: Path): void {
  if (!Array.isArray(value)) throw new Misfit(at, '"missing" must be a list');
  for (const [no, one] of value.entries()) checkMissingness((one ?? {}) as Missingness, [...at, no]);
}

function checkMissingness(value: Missingness, at: Path): void {
  const { field, mechanism, rate, when, times } = value;
  refuseStrangers(value, ["field", "mechanism", "rate", "when", "times"], at);
  const known: readonly string[] = FAULT_KIND_SPECS.null.fields;
  if (!known.includes(field)) throw new Misfit([...at, "field"], `"field" must be one of ${known.join(", ")}`);
  if (!MECHANISMS.includes(mechanism))
    throw new Misfit([...at, "mechanism"], `"mechanism" must be one of ${MECHANISMS.join(", ")}`);
  checkShare(rate, [...at, "rate"]);
  if (mechanism === "MCAR") {
    if (when !== undefined || times !== undefined)
      throw new Misfit(at, '"when" and "times" belong to MAR and MNAR: MCAR is by chance alone');
    return;
  }
  if (typeof when !== "object" || when === null) throw new Misfit(at, `${mechanism} needs "when": {"field", "test"}`);
  refuseStrangers(when, ["field", "test"], [...at, "when"]);
  checkCondition(when, [...at, "when"]);
  if ((when.field === field) !== (mechanism === "MNAR"))
    throw new Misfit([...at, "when"], `MAR asks about another field, MNAR about "${field}" itself`);
  if (typeof times !== "number" || !(times > 0 && times * rate <= 1))
    throw new Misfit([...at, "times"], '"times" must be a number above 0 that leaves rate * times at 1 or below');
}

function checkRadius(value: unknown, at: Path): void {
  if (typeof value !== "object" || value === null || Object.keys(value).length === 0)
    throw new Misfit(at, '"blast_radius" must have region, model or share');
  refuseStrangers(value, ["region", "model", "share"], at);
  const { share, ...lists } = value as BlastRadius;
  if (share !== undefined) checkShare(share, [...at, "share"]);
  for (const [key, list] of Object.entries(lists))
    if (!Array.isArray(list) || list.length === 0 || !list.every((word) => typeof word === "string"))
      throw new Misfit([...at, key], `"${key}" must be a list of texts`);
}
