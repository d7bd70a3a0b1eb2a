import fc from "fast-check";
import { readOptions } from "../../../pipelines/cli/arguments.ts";
import type { Options } from "../../../pipelines/cli/options.ts";
import { COMMANDS } from "../../../pipelines/commands.ts";
import { playAlone, playBehind, playKilled, playRival, playSignalled, playTogether } from "./acts.ts";
import { deskSteps, naming } from "./desk-steps.ts";
import { type Fleet, fileOf } from "./fleets.ts";
import { type Ask, type Model, plan } from "./model.ts";
import { toldWords } from "./output.ts";
import { choice, type Draw, nth, Step } from "./step.ts";
import type { Turn } from "./turn.ts";

/** Which campaign: the current one, one that is there, or one that is not. */
const named = fc.oneof(
  { weight: 5, arbitrary: fc.constant(() => ({})) },
  {
    weight: 4,
    arbitrary: choice.map(
      (no) =>
        ({ model }: Turn) =>
          model.campaigns.length === 0 ? {} : { campaign: nth(model.campaigns, no).name },
    ),
  },
  { weight: 1, arbitrary: fc.constant(() => ({ campaign: "nowhere" })) },
);
const batchSize = fc.constantFrom(10, 25, 60, 1000);
const workers = fc.constantFrom(1, 2);

const ownName = fc.option(fc.constantFrom("alpha", "north sea"), { nil: undefined, freq: 1 });
const store: fc.Arbitrary<Draw> = fc
  .record({ fleet: choice, campaign: ownName, batchSize, workers, replace: fc.nat(3) })
  .map(({ fleet: no, campaign, batchSize, workers, replace }) => ({ ground }) => {
    const fleet = nth(ground.fleets, no);
    const options = { ...fleet.options, ...(campaign === undefined ? {} : { campaign }), batchSize, workers };
    return { command: "generate", fleet, options: { ...options, replace: replace === 0 } };
  });

const corrupt: fc.Arbitrary<Draw> = fc
  .record({
    named,
    batchSize,
    workers,
    // Of the storm its own rate: at a higher one it goes too far for its profile.
    chaos: fc.constantFrom(
      ...[undefined, 0, 0.3, 0.3, 0.6].map((faultRate) => ({ faultRate })),
      ...["default", "storm", "storm", "apocalypse"].map((profile) => ({ profile })),
    ),
    seed: fc.constantFrom(undefined, undefined, 3),
    resume: fc.constantFrom(false, true),
  })
  .map(({ named, chaos, ...options }) => (turn) => ({
    command: "corrupt",
    options: { ...options, ...chaos, ...named(turn) },
  }));

const undo = about("corrupt", { undo: true });
const recover: fc.Arbitrary<Draw> = fc
  .record({ named, batchSize, workers, resume: fc.constantFrom(false, true) })
  .map(({ named, ...options }) => (turn) => ({ command: "recover", options: { ...options, ...named(turn) } }));
const resume = about("generate", { resume: true });
const validate = about("validate");

function about(command: Ask["command"], options: Ask["options"] = {}): fc.Arbitrary<Draw> {
  return named.map((name) => (turn) => ({ command, options: { ...options, ...name(turn) } }));
}

/** What has batches left to do: of every campaign the stage that is its turn, and fleets that are made anew. */
const due: fc.Arbitrary<Draw> = fc.record({ no: choice, fleet: choice, batchSize }).map(
  ({ no, fleet, batchSize }) =>
    (turn) =>
      nth(allDue(turn, nth(turn.ground.fleets, fleet), batchSize), no),
);

function allDue({ model }: Turn, fleet: Ask["fleet"] & object, batchSize: number): Ask[] {
  const begun = model.campaigns.flatMap(({ name: campaign, fleet: own, chaos }): Ask[] => [
    own.source === "generated"
      ? { command: "generate", options: { campaign, resume: true } }
      : { command: "generate", fleet: own, options: { ...own.options, campaign } },
    {
      command: "corrupt",
      options: {
        campaign,
        batchSize,
        ...(chaos ? { faultRate: chaos.rate, profile: chaos.profile } : { faultRate: 0.3 }),
      },
    },
    { command: "recover", options: { campaign, batchSize } },
  ]);
  const anew: Ask = { command: "generate", fleet, options: { ...fleet.options, batchSize, replace: true } };
  return [...begun.filter((ask) => isDue(model, ask)), anew];
}

/** Whether batches are left of what a command has to do. */
function isDue(model: Model, ask: Ask): boolean {
  const { work, model: begun } = plan(model, ask);
  const campaign = begun.campaigns.find(({ name }) => name === work?.campaign);
  const progress = work && campaign?.[work.stage];
  return progress !== undefined && progress.committed !== progress.batches;
}

const writing = fc.oneof(store, corrupt, recover, undo, resume, validate, due, naming(due));
const anything = fc.oneof(writing, about("triage"), about("report", { noSite: true }));

const alone = (draw: Draw): Step =>
  new Step((turn) => {
    const ask = draw(turn);
    turn.plays("alone", ask);
    return playAlone(turn, ask);
  });

/** What the last error told, as a person does it, who knows where files lie. Where it told nothing to do here, what is due. */
const heeding = (otherwise: Draw): Step =>
  new Step(async (turn) => {
    const { told } = turn;
    const heeded = told === undefined ? undefined : askTold(turn, told);
    const ask = heeded ?? otherwise(turn);
    turn.plays(heeded ? "as told" : "alone", ask);
    if (heeded && plan(turn.model, ask).exit === 2) throw new Error(`it tells ${told}, which is refused`);
    await playAlone(turn, ask);
  });

const HEEDED: readonly string[] = ["generate", "corrupt", "recover"] satisfies Ask["command"][];

function askTold({ ground }: Turn, told: string): Ask | undefined {
  const [name = "", ...words] = toldWords(told);
  const command = COMMANDS.find((known) => known.name === name);
  if (!command) throw new Error(`it tells ${told}, which is no command`);
  const { options } = readOptions({ name, options: command.options, words: command.mostWords ?? 0 }, words, {});
  if (!HEEDED.includes(name)) return undefined;
  const fleet = options.resume && options.from === undefined ? undefined : fleetTold(ground.fleets, options);
  if (name !== "generate" || !fleet) return { command: name as Ask["command"], options };
  return { command: "generate", options: { batchSize: 60, ...options, ...fleet.options }, fleet };
}

/** Where nothing is told of a fleet, the first. */
function fleetTold(fleets: readonly Fleet[], { from, devices, seed }: Options): Fleet | undefined {
  if (from !== undefined) return fleets.find((fleet) => fleet.source === "imported" && from.endsWith(fileOf(fleet)));
  return fleets.find(({ options }) => options.devices === devices && options.seed === seed) ?? fleets[0];
}

type Act = (turn: Turn, ask: Ask) => Promise<void>;
const cut = (what: string, draw: Draw, act: Act): Step =>
  new Step((turn) => {
    const ask = draw(turn);
    turn.plays(what, ask);
    return act(turn, ask);
  });

type ActOfTwo = (turn: Turn, asks: readonly [Ask, Ask]) => Promise<void>;
const both = (what: string, draws: readonly [Draw, Draw], act: ActOfTwo): Step =>
  new Step((turn) => {
    const asks = [draws[0](turn), draws[1](turn)] as const;
    turn.plays(what, ...asks);
    return act(turn, asks);
  });

/** Any step of a run. */
export const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: store.map(alone) },
  { weight: 6, arbitrary: corrupt.map(alone) },
  { weight: 6, arbitrary: recover.map(alone) },
  { weight: 3, arbitrary: undo.map(alone) },
  { weight: 2, arbitrary: resume.map(alone) },
  { weight: 5, arbitrary: validate.map(alone) },
  { weight: 2, arbitrary: about("triage").map(alone) },
  { weight: 2, arbitrary: about("report", { noSite: true }).map(alone) },
  { weight: 3, arbitrary: due.map(alone) },
  { weight: 5, arbitrary: due.map(heeding) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(due, choice, fc.boolean())
      .map(([draw, batch, commits]) =>
        cut(commits ? "killed, committed" : "killed", draw, (turn, ask) => playKilled(turn, ask, batch, commits)),
      ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(due, choice, fc.constantFrom("SIGINT", "SIGTERM"))
      .map(([draw, batch, signal]) => cut(signal, draw, (turn, ask) => playSignalled(turn, ask, batch, signal))),
  },
  { weight: 3, arbitrary: fc.tuple(writing, writing).map((draws) => both("together", draws, playTogether)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(due, writing, choice)
      .map(([draw, second, batch]) =>
        both("behind", [draw, second], (turn, [ask, other]) => playBehind(turn, ask, batch, other)),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(due, anything, choice)
      .map(([draw, second, batch]) =>
        both("rival", [draw, second], (turn, [ask, other]) => playRival(turn, ask, batch, other)),
      ),
  },
  ...deskSteps(due),
);
