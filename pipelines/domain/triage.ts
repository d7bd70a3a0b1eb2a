import { type Amendment, judgeAmended } from "./amend.ts";
import { FIELD_ORDER, findingsOf, type Judge, type Report } from "./judge.ts";
import { proposedFor } from "./propose.ts";
import { isTooLong } from "./repair.ts";
import type { Finding } from "./rules.ts";
import type { PolicyAction, RuleField, TriageState, TriageVerb } from "./vocabulary.ts";

/** What was said of one field: another value, or a rule that does not count. In the order of the vocabulary, where there are several. */
export interface Said {
  readonly field: string;
  readonly value?: string;
  readonly rule?: string;
}

/** The last entry in the audit of a place. */
export interface Entry {
  /** The version of the place that it was made on. */
  readonly version: number;
  readonly verb: TriageVerb;
  readonly by: string;
  /** ISO 8601, by the server's clock. */
  readonly at: string;
  readonly before: { readonly amendments: readonly Said[] };
  readonly after: After;
}

/** A place in the queue as it stands. */
export interface Place {
  readonly state: TriageState;
  readonly version: number;
  readonly reported: Report;
  readonly amendments: readonly Said[];
  readonly last: Entry | undefined;
}

/** What a person asks for. */
export interface Proposal {
  readonly verb: TriageVerb;
  /** Corrected values by field; `proposed`: those that rules propose. */
  readonly values: ReadonlyMap<RuleField, string> | "proposed";
  /** Fields whose reported value is right; `all`: whatever a rule finds fault with. */
  readonly accepted: ReadonlySet<RuleField> | "all";
  /** Of a rejected device. */
  readonly action: PolicyAction;
  /** The version of the place that the person looked at; undefined: whatever it is. */
  readonly version: number | undefined;
}

/** What a place is once it was decided. */
export interface After {
  readonly state: TriageState;
  readonly amendments: readonly Said[];
  /** What a person chose for the device. */
  readonly action?: PolicyAction;
}

/** What becomes of a proposal: it is done, it was done before, or it is refused in words. */
export type Outcome =
  | { readonly kind: "decided"; readonly after: After }
  | { readonly kind: "already" }
  | { readonly kind: "refused"; readonly reason: string };

/** Judges reports, and says in words what a field's rules accept. */
export interface Judging {
  readonly judge: Judge;
  readonly expected: (field: RuleField) => string;
  /** Fields that the source reports. */
  readonly reported: readonly string[];
}

/** What becomes of a proposal on a place; undefined: the device has none. */
export function outcomeOf(proposal: Proposal, place: Place | undefined, judging: Judging): Outcome {
  if (!place) return refused("it is not in the triage queue");
  if (isDone(proposal, place, judging)) return { kind: "already" };
  const { last, state, version } = place;
  if (proposal.version !== undefined && proposal.version !== version) return refused(movedOn(place, proposal.version));
  if (proposal.verb === "reopen") {
    if (state === "open" || !last) return refused("it is open: there is no decision to take back");
    return { kind: "decided", after: { state: "open", amendments: last.before.amendments } };
  }
  if (state !== "open") return refused(`${who(last)} has decided it already (${last?.verb}); reopen it first`);
  return after(proposal, place.reported, place.amendments, judging);
}

/** Whether the last decision was this one, and nothing has happened to the place since. */
function isDone(proposal: Proposal, place: Place, judging: Judging): boolean {
  const { last, version } = place;
  if (!last || last.verb !== proposal.verb || version !== last.version + 1) return false;
  if (proposal.version !== undefined && proposal.version !== last.version) return false;
  if (proposal.verb === "reopen") return true;
  const outcome = after(proposal, place.reported, last.before.amendments, judging);
  return outcome.kind === "decided" && isSame(outcome.after, last.after);
}

function isSame(one: After, other: After): boolean {
  const text = ({ state, amendments, action }: After): string =>
    JSON.stringify([state, action, amendments.map(({ field, value, rule }) => [field, value, rule])]);
  return text(one) === text(other);
}

function after(proposal: Proposal, reported: Report, before: readonly Said[], judging: Judging): Outcome {
  switch (proposal.verb) {
    case "reject":
      return { kind: "decided", after: { state: "rejected", amendments: [], action: proposal.action } };
    case "release":
    case "reopen":
      return { kind: "decided", after: { state: "released", amendments: before } };
    default:
      return afterSaying(proposal, reported, before, judging);
  }
}

/** Corrections and waivers: what is left to find must be nothing. */
function afterSaying(
  { values: given, accepted }: Proposal,
  reported: Report,
  before: readonly Said[],
  judging: Judging,
): Outcome {
  const values = given === "proposed" ? proposedValues(reported, before, judging) : given;
  if (given === "proposed" && values.size === 0) return refused("no rule proposes a value for it");
  const stranger = [...values.keys()].find((field) => !judging.reported.includes(field));
  if (stranger !== undefined) return refused(`the campaign has no ${stranger}`);
  const broken = [...values].find(([, value]) => value.includes("\0") || isTooLong(value));
  if (broken) return refused(`${broken[0]} can't be what was given: it is too long or no text`);
  const corrected = merged(
    before,
    [...values].map(([field, value]) => ({ field, value })),
  );
  const found = findings(reported, corrected, judging).filter(
    ({ field }) => accepted === "all" || accepted.has(field as RuleField),
  );
  if (accepted === "all" && found.length === 0) return refused("no rule finds fault with it: release or reject it");
  const sound = accepted !== "all" && [...accepted].find((name) => !found.some(({ field }) => field === name));
  if (sound) return refused(`no rule finds fault with its ${sound}`);
  const amendments = merged(
    corrected,
    found.map(({ field, rule }) => ({ field, rule })),
  );
  const left = findings(reported, amendments, judging);
  if (left.length > 0) return refused(left.map((finding) => stillBroken(finding, values, judging)).join("; "));
  return { kind: "decided", after: { state: "released", amendments } };
}

function findings(reported: Report, said: readonly Said[], { judge }: Judging): Finding[] {
  return findingsOf(judgeAmended(judge, reported, amendmentOf(said)), (field) => reported[field] ?? null);
}

function proposedValues(reported: Report, before: readonly Said[], { judge }: Judging): ReadonlyMap<RuleField, string> {
  return new Map(proposedFor(judge, reported, amendmentOf(before)).map(({ field, to }) => [field, to]));
}

function stillBroken(
  { field, rule, raw }: Finding,
  values: ReadonlyMap<string, string>,
  { expected }: Judging,
): string {
  const value = values.get(field) ?? raw;
  return `${field} ${value === null ? "(none)" : JSON.stringify(value)} breaks ${rule}: it must be ${expected(field)}`;
}

/** The later word on a field counts. */
function merged(before: readonly Said[], more: readonly Said[]): Said[] {
  const last = new Map([...before, ...more].map((said) => [said.field, said]));
  return FIELD_ORDER.flatMap((field) => last.get(field) ?? []);
}

/** The same by field, as recovery uses it. */
export function amendmentOf(said: readonly Said[]): Amendment {
  return {
    values: new Map(said.flatMap(({ field, value }) => (value === undefined ? [] : [[field, value] as const]))),
    waived: new Map(said.flatMap(({ field, rule }) => (rule === undefined ? [] : [[field, rule] as const]))),
  };
}

function movedOn({ last, version }: Place, given: number): string {
  const by = last && last.version >= given ? `${who(last)} decided meanwhile (${last.verb})` : "it has changed since";
  return `${by}: it has version ${version}, not ${given}`;
}

function who(last: Entry | undefined): string {
  return last ? `${last.by}, ${last.at},` : "somebody";
}

function refused(reason: string): Outcome {
  return { kind: "refused", reason };
}
