import { Misfit, refuseStrangers } from "./condition.ts";
import {
  type Experiment,
  METHOD_STAGES,
  type MethodStage,
  type MethodStep,
  type Probe,
  type WorldFaultKind,
} from "./experiment.ts";

type Path = readonly (string | number)[];

/** A number that a form asks for: least, most, and whether it must be whole. */
interface NumberSpec {
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}

const SHARE: NumberSpec = { min: 0, max: 1 };
const SECONDS: NumberSpec = { min: 0, max: 3600 };
const TIMES: NumberSpec = { min: 1, max: 20, whole: true };
const BATCH: NumberSpec = { min: 0, max: 1023, whole: true };
const ROUND_TRIP: NumberSpec = { min: 1, max: 1_000_000, whole: true };

const FAULTS: Readonly<Record<WorldFaultKind, Readonly<Record<string, NumberSpec>>>> = {
  latency: { ms_each_way: { min: 1, max: 2000 } },
  cut: { first: ROUND_TRIP, every: ROUND_TRIP, times: TIMES },
  end_session: { at_batch: BATCH, times: TIMES },
  kill_server: { at_batch: BATCH, down_seconds: { min: 0, max: 60 } },
  kill_command: { at_batch: BATCH, times: TIMES },
};

const PROBES: Readonly<Record<Probe["probe"], Readonly<Record<string, NumberSpec>>>> = {
  ended: { seconds: SECONDS },
  promises_hold: {},
  as_unbroken: {},
  no_partial_left: {},
  no_open_run: {},
  nothing_orphaned: {},
  faults_found: { at_least: SHARE },
  false_alarms: { at_most: { min: 0, max: 100_000_000, whole: true } },
  quarantined: { at_most: SHARE },
  rest_as_unbroken: {},
};
/** What can be asked only of a fault of the outside world, and only of chaos in the data. */
const OF_WORLD: readonly Probe["probe"][] = ["as_unbroken"];
const OF_DATA: readonly Probe["probe"][] = ["rest_as_unbroken"];

/** Checks an experiment that came from a file. @throws Misfit where and how it is wrong. */
export function parseExperiment(value: unknown): Experiment {
  const { name, question, hypothesis, method, probes, stop } = record(value, []);
  refuseStrangers(value as object, ["name", "question", "hypothesis", "method", "probes", "stop"], []);
  if (typeof name !== "string" || !/^[a-z0-9-]+$/.test(name))
    throw new Misfit(["name"], '"name" must be of a-z, 0-9 and -');
  const steps = methodOf(method);
  return {
    name,
    question: sentence(question, "question"),
    hypothesis: sentence(hypothesis, "hypothesis"),
    method: steps,
    probes: probesOf(
      probes,
      steps.some(({ fault }) => fault !== undefined),
    ),
    stop: stopOf(stop),
  };
}

function methodOf(value: unknown): MethodStep[] {
  if (!Array.isArray(value))
    throw new Misfit(["method"], '"method" must be a list of steps, as [{"generate": {}}, {"recover": {}}]');
  const steps = value.map((step, no) => stepOf(step, ["method", no]));
  for (const [no, { stage }] of steps.entries()) {
    const before = steps[no - 1];
    if (before && METHOD_STAGES.indexOf(stage) <= METHOD_STAGES.indexOf(before.stage))
      throw new Misfit(
        ["method", no],
        `the steps of a method are ${METHOD_STAGES.join(", ")}, each once, in this order`,
      );
  }
  if (steps[0]?.stage !== "generate" || steps.at(-1)?.stage !== "recover")
    throw new Misfit(["method"], "a method begins with generate and ends with recover");
  const faulted = steps.flatMap(({ fault }, no) => (fault ? [no] : []));
  if (faulted.length > 1)
    throw new Misfit(["method", faulted[1] ?? 0], 'only one step has a "fault": else nobody knows which one did it');
  if (faulted.length === 0 && !steps.some(({ stage }) => stage === "corrupt"))
    throw new Misfit(["method"], 'a method needs a "fault" in one of its steps, or a step corrupt');
  return steps;
}

const STEP_KEYS: Readonly<Record<MethodStage, readonly string[]>> = {
  generate: [],
  corrupt: ["profile", "rate", "batches", "fault"],
  recover: ["rules", "policy", "batches", "fault"],
};

function stepOf(value: unknown, at: Path): MethodStep {
  const [[stage, settings] = [], ...more] = Object.entries(record(value, at));
  const known = METHOD_STAGES.find((one) => one === stage);
  if (!known || more.length > 0)
    throw new Misfit(at, `a step is {"STAGE": {..}}, where STAGE is one of ${METHOD_STAGES.join(", ")}`);
  const inside = [...at, known];
  const { profile, rules, policy, rate, batches, fault } = record(settings, inside);
  const keys = STEP_KEYS[known];
  if (keys.length === 0 && Object.keys(settings as object).length > 0)
    throw new Misfit(inside, `${known} takes nothing here: write {}`);
  refuseStrangers(settings as object, keys, inside);
  return {
    stage: known,
    ...optional("profile", profile, (text) => word(text, [...inside, "profile"])),
    ...optional("rules", rules, (text) => word(text, [...inside, "rules"])),
    ...optional("policy", policy, (text) => word(text, [...inside, "policy"])),
    ...optional("rate", rate, (share) => number(share, SHARE, [...inside, "rate"])),
    ...optional("batches", batches, (count) =>
      number(count, { min: 4, max: 1024, whole: true }, [...inside, "batches"]),
    ),
    ...optional("fault", fault, (one) => formed(one, "kind", FAULTS, [...inside, "fault"]) as MethodStep["fault"]),
  };
}

function probesOf(value: unknown, isOfWorld: boolean): Probe[] {
  if (!Array.isArray(value)) throw new Misfit(["probes"], '"probes" must be a list, as [{"probe": "promises_hold"}]');
  const strange = isOfWorld ? OF_DATA : OF_WORLD;
  const probes = value.map((one, no) => {
    const probe = formed(one, "probe", PROBES, ["probes", no]) as Probe;
    if (!strange.includes(probe.probe)) return probe;
    const where = isOfWorld ? "a method whose fault is corrupt" : 'a method with a "fault"';
    throw new Misfit(["probes", no, "probe"], `${probe.probe} belongs to ${where}`);
  });
  if (!probes.some(({ probe }) => probe === "ended"))
    throw new Misfit(
      ["probes"],
      '"probes" must have {"probe": "ended", "seconds": N}: a method that fails shows nothing',
    );
  return probes;
}

function stopOf(value: unknown): Experiment["stop"] {
  const { seconds, quarantined_share: share } = record(value, ["stop"]);
  refuseStrangers(value as object, ["seconds", "quarantined_share"], ["stop"]);
  return {
    seconds: number(seconds, SECONDS, ["stop", "seconds"]),
    ...optional("quarantined_share", share, (one) => number(one, SHARE, ["stop", "quarantined_share"])),
  };
}

/** Checks a value that a word in it tells the form of. */
function formed(
  value: unknown,
  key: string,
  forms: Readonly<Record<string, Readonly<Record<string, NumberSpec>>>>,
  at: Path,
): object {
  const given = record(value, at);
  const name = given[key];
  const form = typeof name === "string" && Object.hasOwn(forms, name) ? forms[name] : undefined;
  if (!form) throw new Misfit([...at, key], `"${key}" must be one of ${Object.keys(forms).join(", ")}`);
  refuseStrangers(given, [key, ...Object.keys(form)], at);
  for (const [part, spec] of Object.entries(form)) number(given[part], spec, [...at, part]);
  return given;
}

function record(value: unknown, at: Path): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misfit(at, "write an object here");
  return value as Record<string, unknown>;
}

function number(value: unknown, { min, max, whole = false }: NumberSpec, at: Path): number {
  if (typeof value === "number" && value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
  throw new Misfit(at, `"${at.at(-1)}" must be a ${whole ? "whole " : ""}number from ${min} to ${max}`);
}

function word(value: unknown, at: Path): string {
  if (typeof value === "string" && /^[\w][\w.-]*$/.test(value)) return value;
  throw new Misfit(at, `"${at.at(-1)}" must be a name`);
}

function sentence(value: unknown, key: string): string {
  if (typeof value === "string" && value.trim() !== "") return value;
  throw new Misfit([key], `"${key}" must be a sentence`);
}

/** A key that may be left out. */
function optional<K extends string, T>(
  key: K,
  value: unknown,
  read: (value: unknown) => T,
): { [P in K]?: NonNullable<T> } {
  return (value === undefined ? {} : { [key]: read(value) }) as { [P in K]?: NonNullable<T> };
}
