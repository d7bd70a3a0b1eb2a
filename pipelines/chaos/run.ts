import { commandLine } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { type Context, workerCount } from "../context.ts";
import { withClient } from "../db/connect.ts";
import { sql } from "../db/sql.ts";
import {
  type Experiment,
  faultedStep,
  type MethodStep,
  strikesWanted,
  timesText,
  unbroken,
} from "../domain/experiment.ts";
import {
  type Facts,
  type Found,
  faultStruck,
  type Judgement,
  judgeProbe,
  steadyState,
  verdictOf,
} from "../domain/verdict.ts";
import { Commands, commandFailed } from "./commands.ts";
import { settled, stored, validated } from "./facts.ts";
import { Journal } from "./journal.ts";
import { type Play, playStep, type StepEnd, wordsOf } from "./method.ts";
import { openScratch, type Scratch, type ScratchDatabase } from "./scratch.ts";
import { type Watch, watchOver } from "./watch.ts";

const DEVICES = 20_000;
const SEED = 42;

/** An experiment under way. */
interface Scene {
  readonly context: Context;
  readonly experiment: Experiment;
  readonly play: Play;
  readonly journal: Journal;
  readonly commands: Commands;
  scratch?: Scratch;
  watch?: Watch;
}

/** What came of the method, but for what is left behind, which only the end can tell. */
interface Outcome {
  readonly before: Found;
  /** Undefined where all was not well before: then nothing was done. */
  readonly after?: After;
}

interface After {
  readonly strikes: number;
  readonly facts: Omit<Facts, "orphans">;
}

/**
 * Plays an experiment on a server of its own, takes everything back, and says what came of it.
 * @throws SentinelError exit 4 where its hypothesis did not prove true, 5 where a stop condition tripped, 130 where it was interrupted.
 */
export async function runExperiment(context: Context, experiment: Experiment): Promise<void> {
  const { devices = DEVICES, seed = SEED } = context.options;
  const play = { devices, seed, workers: workerCount(context) };
  const journal = new Journal(context, experiment, play);
  const scene: Scene = { context, experiment, play, journal, commands: new Commands(context.projectRoot) };
  let outcome: Outcome | undefined;
  let failure: unknown;
  try {
    outcome = await playOut(scene);
  } catch (error) {
    failure = error;
  }
  const orphans = await journal.step("roll back", () => rollBack(scene));
  const found = outcome ? foundOf(experiment, outcome, orphans) : [];
  const judgement = outcome ? verdictOf(found) : brokenOff(scene);
  journal.end(found, judgement);
  if (failure && judgement.verdict === "inconclusive") throw failure;
  const error = errorOf(scene, judgement, outcome?.before.passed ?? false);
  if (error) throw error;
}

/** The server, the fleet, the method without its fault, and with it. */
async function playOut(scene: Scene): Promise<Outcome> {
  const { context, experiment, journal } = scene;
  const scratch = await journal.step("start a server for this experiment", () => openScratch(context));
  scene.scratch = scratch;
  const from = faultedStep(experiment);
  for (const step of experiment.method.slice(0, from)) await undisturbed(scene, scratch, step);
  const copy = sql("chaos.copy_fleet");
  await journal.step("copy the fleet", () => withClient(scratch.target("postgres"), (client) => client.query(copy)));
  for (const step of unbroken(experiment)) await undisturbed(scene, scratch, step);
  const before = steadyState((await validation(scene, scratch, "sentinel", context.signal)).broken);
  if (!before.passed) return { before };
  scene.watch = watchOver(experiment.stop, scratch.target("trial"));
  const signal = AbortSignal.any([context.signal, scene.watch.signal]);
  return { before, after: await underFault(scene, scratch, experiment.method.slice(from), scene.watch, signal) };
}

/** A step without its fault, which must succeed. */
async function undisturbed(
  { context, play, journal, commands }: Scene,
  scratch: Scratch,
  step: MethodStep,
): Promise<void> {
  const { signal } = context;
  await journal.step(
    `${step.stage}, undisturbed`,
    async () => {
      const end = await commands.begin(wordsOf(step, play), scratch.url("sentinel"), signal).ended;
      signal.throwIfAborted();
      if (end.code !== EXIT.ok) throw commandFailed(step.stage, end);
    },
    () => "exit code 0",
  );
}

function validation(scene: Scene, scratch: Scratch, database: ScratchDatabase, signal: AbortSignal) {
  const { journal, commands } = scene;
  const what = database === "trial" ? "validate, after the fault" : "validate, undisturbed";
  return journal.step(
    what,
    () => validated({ scratch, commands, signal }, database),
    ({ broken }) => (broken.length === 0 ? "every promise holds" : `broken: ${broken.join(", ")}`),
  );
}

/** The method under its fault, and what is found then. */
async function underFault(
  scene: Scene,
  scratch: Scratch,
  steps: readonly MethodStep[],
  watch: Watch,
  signal: AbortSignal,
): Promise<After> {
  const ends = await playMethod(scene, scratch, steps, watch, signal);
  await settled(scratch.target("trial"), signal);
  const facts = await stored(scratch);
  const { broken, detection } = await validation(scene, scratch, "trial", signal);
  const sum = (key: "seconds" | "strikes"): number => ends.reduce((total, end) => total + end[key], 0);
  return {
    strikes: steps[0]?.fault ? sum("strikes") : detection.injected,
    facts: { ...facts, broken, detection, end: { code: ends.at(-1)?.code ?? EXIT.bug, seconds: sum("seconds") } },
  };
}

/** Ends with the first step that fails. */
async function playMethod(
  { play, journal, commands, context }: Scene,
  scratch: Scratch,
  steps: readonly MethodStep[],
  watch: Watch,
  signal: AbortSignal,
): Promise<StepEnd[]> {
  const ends: StepEnd[] = [];
  for (const [no, step] of steps.entries()) {
    const which = no > 0 ? "on what the fault left" : step.fault ? "under the fault" : "which is the fault";
    const act = () => playStep(step, play, { scratch, commands, signal });
    const end = await journal.step(`${step.stage}, ${which}`, act, outcomeText);
    await watch.look();
    signal.throwIfAborted();
    ends.push(end);
    if (end.code === EXIT.ok) continue;
    context.reporter.note(`${step.stage} said: ${end.said}`);
    break;
  }
  return ends;
}

const outcomeText = ({ code, starts, strikes }: StepEnd): string =>
  `exit code ${code}${starts > 1 ? ` at start ${starts}` : ""}${strikes > 0 ? `, the fault struck ${timesText(strikes)}` : ""}`;

/** Whatever happened: nothing that was started goes on, and nothing that was made stays. Says what did. */
async function rollBack({ commands, scratch, watch }: Scene): Promise<string[]> {
  await commands.end();
  await watch?.end();
  await scratch?.remove();
  return [...commands.remains(), ...(scratch?.remains() ?? [])];
}

function foundOf({ method, probes }: Experiment, { before, after }: Outcome, orphans: readonly string[]): Found[] {
  if (!after) return [before];
  const fault = method.find((step) => step.fault)?.fault;
  const facts = { ...after.facts, orphans };
  return [before, faultStruck(strikesWanted(fault), after.strikes), ...probes.map((probe) => judgeProbe(probe, facts))];
}

/** The verdict on a method that did not come to its end. */
function brokenOff({ context, watch }: Scene): Judgement {
  if (context.signal.aborted) return { verdict: "stopped", reason: "on request" };
  const reason = watch?.reason();
  if (reason !== undefined) return { verdict: "stopped", reason };
  return { verdict: "inconclusive", reason: "an error ended it" };
}

function errorOf(
  { context, experiment: { name } }: Scene,
  { verdict, reason }: Judgement,
  wasWell: boolean,
): SentinelError | undefined {
  if (verdict === "held") return undefined;
  const again = { command: commandLine("chaos", context.options, ["run", name]) };
  const cause = `Experiment ${name} is ${verdict}: ${reason}.`;
  const remedy = "Everything is taken back, and the journal kept. The same command plays it again:";
  if (verdict === "refuted") return new SentinelError({ exitCode: EXIT.validation, cause, remedy, ...again });
  if (verdict === "inconclusive") {
    const missed = "Let the fault strike earlier, or more seldom, or take more devices, and play it again:";
    const ill = "See what is wrong with the program as it is; no fault is needed for that. Then play it again:";
    return new SentinelError({ exitCode: EXIT.validation, cause, remedy: wasWell ? missed : ill, ...again });
  }
  const exitCode = context.signal.aborted ? EXIT.interrupted : EXIT.resumable;
  return new SentinelError({ exitCode, cause, remedy, ...again });
}
