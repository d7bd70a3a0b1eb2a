import { type Case, type Condition, casesOf } from "./condition.ts";
import type { Policy } from "./policy.ts";
import { holds } from "./predicate.ts";
import { decisive, effectOf, type Finding, type Rule, type RuleSet } from "./rules.ts";
import { type OUTCOME_COLUMNS, PROFILE_COLUMNS, type ReportColumn, type RuleField } from "./vocabulary.ts";

/**
 * Where the values of a report stand as they are stored: each of its own values by itself, what the device is and what became of its update in
 * one number each, which stands for several words.
 */
export const SOURCES = {
  battery_voltage: ["battery_voltage"],
  signal_strength: ["signal_strength"],
  storage_free_mb: ["storage_free_mb"],
  attempts: ["attempts"],
  reported_at: ["reported_at"],
  device_id: ["device_id"],
  profile_no: PROFILE_COLUMNS,
  outcome_no: ["firmware_reported", "last_stage", "error_code"],
} as const satisfies Readonly<Record<string, readonly (RuleField | (typeof OUTCOME_COLUMNS)[number])[]>>;
export type Source = keyof typeof SOURCES;
const SOURCE_NAMES = Object.keys(SOURCES) as Source[];

/** Values of one source that no rule tells apart: of all that can be reported there are a few. */
export interface Class {
  /** From 0, in the order in which they were met. */
  readonly no: number;
  /** Of each condition on the source whether it holds, in the order of the conditions. */
  readonly held: readonly boolean[];
}

/** A report in words; what is not there is as absent as what is NULL. */
export type Report = Readonly<Partial<Record<RuleField, string | null>>>;

/** What rules and policy say of a report. */
export interface Decision {
  /** The first rule that each field breaks, in the order of the fields. Where there is one, the device is held. */
  readonly broken: readonly Rule[];
  /** Place of the rule of the policy that decides where no broken one counts; -1 without a policy. */
  readonly place: number;
  /** A broken rule that says that recovery must not go on. */
  readonly halts: Rule | undefined;
}

/** @param broken rules that count, in the order of the fields. */
export function decisionOf(broken: readonly Rule[], place: number): Decision {
  return { broken, place, halts: broken.find((rule) => effectOf(rule) === "halt") };
}

/** Where the answer to a condition stands: of which source, and which of the answers that a class of its values holds. */
interface Place {
  readonly source: number;
  readonly condition: number;
}

/** Of a conditional, the cases of which one suffices, each as what must hold together. */
type Placed = readonly (readonly Place[])[];

/** Where a device stands when a part of its sources has been looked at. */
interface State {
  readonly classes: readonly Class[];
  readonly next: (State | undefined)[];
  decision: Decision | undefined;
}

/**
 * Judges reports by rules and policy. A rule asks about single values, so all that matters of a value is its class, and a report is decided by
 * the classes of its values: for each combination that occurs once, then it is looked up. Rules in any number cost nothing then.
 */
export class Judge {
  /** The sources that anything is asked about, in the order of {@link decide}. */
  readonly sources: readonly Source[];
  readonly #rules: readonly { readonly rule: Rule; readonly cases: Placed }[];
  readonly #policy: readonly Placed[];
  readonly #conditions: ReadonlyMap<Source, readonly Condition[]>;
  readonly #classes = new Map<Source, Map<string, Class>>();
  readonly #start: State = { classes: [], next: [], decision: undefined };

  /**
   * @param reported the columns that the source has: a rule about another field does not apply, and a condition on one finds nothing there.
   * @param policy may be left out by who only wants findings.
   */
  constructor(rules: RuleSet, policy: Policy | undefined, reported: readonly ReportColumn[]) {
    const isReported = (field: RuleField): boolean => field === "device_id" || reported.includes(field);
    const applying = decisive(rules)
      .filter(({ field }) => isReported(field))
      .map((rule) => ({ rule, cases: casesOf(rule) }));
    const lines = (policy?.rules ?? []).map(casesOf);
    const asked = [...applying.flatMap(({ cases }) => cases), ...lines.flat()].flat();
    this.#conditions = new Map(
      SOURCE_NAMES.map((source) => [
        source,
        distinct(asked.filter(({ field, test }) => isOf(source, field) && test.kind !== "any")),
      ]),
    );
    // The value that a rule finds fault with is evidence, even where the rule only asks about others.
    this.sources = SOURCE_NAMES.filter(
      (source) => this.#conditions.get(source)?.length || applying.some(({ rule }) => isOf(source, rule.field)),
    );
    for (const source of this.sources) this.#classes.set(source, new Map());
    this.#rules = applying.map(({ rule, cases }) => ({ rule, cases: this.#placed(cases) }));
    this.#policy = lines.map((cases) => this.#placed(cases));
  }

  /** The class of values: one for each of {@link SOURCES} of the source. */
  classOf(source: Source, values: readonly (string | null)[]): Class {
    const fields = SOURCES[source] as readonly RuleField[];
    const conditions = this.#conditions.get(source) ?? [];
    const held = conditions.map(({ field, test }) => holds(test, values[fields.indexOf(field)] ?? null));
    const known = this.#classes.get(source) as Map<string, Class>;
    const key = held.map(Number).join("");
    let found = known.get(key);
    if (!found) {
      found = { no: known.size, held };
      known.set(key, found);
    }
    return found;
  }

  /** What is decided on a report with these classes, which stand in the order of {@link sources}. */
  decide(classes: readonly Class[]): Decision {
    let state = this.#start;
    for (let at = 0; at < classes.length; at++) {
      const one = classes[at] as Class;
      state = state.next[one.no] ?? grow(state, one);
    }
    state.decision ??= this.#judge(state.classes);
    return state.decision;
  }

  /** What rules and policy say of a report that is at hand as words. */
  of(report: Report): Decision & { readonly findings: readonly Finding[] } {
    const classes = this.sources.map((source) =>
      this.classOf(
        source,
        SOURCES[source].map((field) => report[field as RuleField] ?? null),
      ),
    );
    const decision = this.decide(classes);
    return { ...decision, findings: findingsOf(decision, (field) => report[field] ?? null) };
  }

  /** Looked up once: a fleet has thousands of combinations of classes. */
  #placed(cases: readonly Case[]): Placed {
    return cases.map((one) =>
      one
        .filter(({ test }) => test.kind !== "any")
        .map((asked) => {
          const source = this.sources.findIndex((name) => isOf(name, asked.field));
          const conditions = this.#conditions.get(this.sources[source] as Source) as readonly Condition[];
          return { source, condition: conditions.findIndex((other) => isSame(other, asked)) };
        }),
    );
  }

  #judge(classes: readonly Class[]): Decision {
    const isTrue = ({ source, condition }: Place): boolean => (classes[source] as Class).held[condition] as boolean;
    const apply = (cases: Placed): boolean => cases.some((one) => one.every(isTrue));
    const broken: Rule[] = [];
    for (const { rule, cases } of this.#rules)
      if (!broken.some(({ field }) => field === rule.field) && apply(cases)) broken.push(rule);
    const order = (rule: Rule): number => FIELD_ORDER.indexOf(rule.field);
    broken.sort((a, b) => order(a) - order(b));
    return decisionOf(broken, this.#policy.findIndex(apply));
  }
}

/** The order in which findings are told: the first one is what the device is held for. */
export const FIELD_ORDER: readonly RuleField[] = SOURCE_NAMES.flatMap(
  (source) => SOURCES[source] as readonly RuleField[],
);

/** The findings of a decision, each with the value as it was received. */
export function findingsOf({ broken }: Decision, raw: (field: RuleField) => string | null): Finding[] {
  return broken.map(({ id, field }) => ({ rule: id, field, raw: raw(field) }));
}

function grow(state: State, one: Class): State {
  const next: State = { classes: [...state.classes, one], next: [], decision: undefined };
  state.next[one.no] = next;
  return next;
}

const isOf = (source: Source, field: RuleField): boolean => (SOURCES[source] as readonly string[]).includes(field);

/** The source that a field stands in. */
export function sourceOf(field: RuleField): Source {
  return SOURCE_NAMES.find((source) => isOf(source, field)) as Source;
}

const isSame = (a: Condition, b: Condition): boolean => JSON.stringify(a) === JSON.stringify(b);

function distinct(conditions: readonly Condition[]): Condition[] {
  return conditions.filter((one, no) => conditions.findIndex((other) => isSame(one, other)) === no);
}
