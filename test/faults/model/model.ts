import type { Options } from "../../../pipelines/cli/options.ts";
import { type Fleet, fileOf } from "./fleets.ts";

export const STAGES = ["generate", "corrupt", "recover"] as const;
export type Stage = (typeof STAGES)[number];

/** Options of a command line; what is undefined is not given. */
export type Given = { readonly [name in keyof Options]: Options[name] | undefined };

/** A command line. */
export interface Ask {
  readonly command: Stage | "validate" | "triage" | "report";
  readonly options: Given;
  /** What it asks to be stored. */
  readonly fleet?: Fleet;
}

export interface Chaos {
  readonly rate: number;
  readonly seed: number;
}

/** How far a stage has come. */
export interface Progress {
  /** Batches stored: the first ones of its plan. */
  readonly committed: number;
  /** Batches of its plan, which stands once the first is stored. */
  readonly batches: number | undefined;
  /** Nothing is left of it to do. */
  readonly whole: boolean;
}

export interface Campaign {
  readonly name: string;
  readonly fleet: Fleet;
  readonly batchSize: number;
  readonly chaos: Chaos | undefined;
  readonly generate: Progress;
  readonly corrupt: Progress;
  readonly recover: Progress;
}

/** What the product promises a database to be after a sequence of commands. */
export interface Model {
  readonly campaigns: readonly Campaign[];
  /** Name of the campaign that `ota_logs` answers for. */
  readonly current: string | undefined;
  /** Runs of commands that were killed and that no later command has closed. */
  readonly openRuns: number;
}

/** What must come of a command line. */
export interface Plan {
  /** Once the work has begun; where there is none, the end. */
  readonly model: Model;
  readonly exit: number;
  /** Name of the campaign that it is about. */
  readonly campaign?: string | undefined;
  /** What the error says. */
  readonly says?: RegExp;
  /** The command that the error tells to go on with. */
  readonly tells?: string;
  /** Batches to store. */
  readonly work?: { readonly stage: Stage; readonly campaign: string };
}

export const EMPTY: Model = { campaigns: [], current: undefined, openRuns: 0 };
export const NOT_BEGUN: Progress = { committed: 0, batches: undefined, whole: false };

const isBegun = ({ committed, whole }: Progress): boolean => whole || committed > 0;

/** Whether a command takes the right to write. */
export const writes = ({ command }: Ask): boolean => command !== "triage" && command !== "report";

/** What a command line must do to a database. */
export function plan(before: Model, ask: Ask): Plan {
  // Who may write closes what killed commands left open; validate leaves that to be seen.
  const model = writes(ask) && ask.command !== "validate" ? { ...before, openRuns: 0 } : before;
  const named = ask.options.campaign ?? (ask.command === "generate" ? ask.fleet?.name : undefined) ?? model.current;
  return { ...planFor(model, ask, named), campaign: named };
}

function planFor(model: Model, ask: Ask, name: string | undefined): Plan {
  if (ask.command === "generate" && ask.fleet) return planFleet(model, ask, ask.fleet);
  const campaign = model.campaigns.find((known) => known.name === name);
  if (!campaign) return refused(model, /no campaign/);
  switch (ask.command) {
    case "generate":
      return planResume(model, ask.options, campaign);
    case "corrupt":
      return ask.options.undo ? planUndo(model, campaign) : planChaos(model, ask.options, campaign);
    case "recover":
      return planRecovery(model, campaign);
    case "validate":
      return { model, exit: campaign.recover.whole && model.openRuns === 0 ? 0 : 4 };
    default:
      return { model, exit: 0 };
  }
}

/** The plan's end, where nothing stops it. */
export function finished({ model, work }: Plan): Model {
  return work ? withProgress(model, work, (stage) => ({ ...stage, whole: true })) : model;
}

/** The model with a stage of a campaign as it is now. */
export function withProgress(
  model: Model,
  { stage, campaign }: { stage: Stage; campaign: string },
  now: (before: Progress) => Progress,
): Model {
  return withCampaign(model, campaign, (found) => ({ ...found, [stage]: now(found[stage]) }));
}

function withCampaign(model: Model, name: string, now: (before: Campaign) => Campaign): Model {
  return { ...model, campaigns: model.campaigns.map((known) => (known.name === name ? now(known) : known)) };
}

function refused(model: Model, says: RegExp, tells?: string): Plan {
  return { model, exit: 2, says, ...(tells === undefined ? {} : { tells }) };
}

/** A name as one argument of a shell. */
const quoted = (name: string): string => (/^[\w.-]+$/.test(name) ? name : `'${name}'`);

function planFleet(model: Model, { options }: Ask, fleet: Fleet): Plan {
  const name = options.campaign ?? fleet.name;
  const found = model.campaigns.find((known) => known.name === name);
  if (found && !options.replace) {
    if (found.fleet !== fleet) return refused(model, /is there already, and /);
    return going({ ...model, current: name }, "generate", found);
  }
  const made: Campaign = {
    name,
    fleet,
    batchSize: options.batchSize ?? Number.NaN,
    chaos: undefined,
    generate: { ...NOT_BEGUN, batches: Math.ceil(fleet.devices / (options.batchSize ?? Number.NaN)) },
    corrupt: NOT_BEGUN,
    recover: NOT_BEGUN,
  };
  const others = model.campaigns.filter((known) => known !== found);
  return going({ ...model, campaigns: [...others, made], current: name }, "generate", made);
}

function planResume(model: Model, { devices, seed }: Given, campaign: Campaign): Plan {
  const { fleet, generate, name } = campaign;
  if (fleet.source === "imported") {
    if (!generate.whole) return refused(model, /is an import of /, finishes("generate", campaign));
  } else {
    if (devices !== undefined && devices !== fleet.devices) return refused(model, /devices, not /);
    if (seed !== undefined && seed !== fleet.seed) return refused(model, /has seed /);
  }
  return going({ ...model, current: name }, "generate", campaign);
}

function planChaos(model: Model, options: Given, campaign: Campaign): Plan {
  const { fleet, chaos, corrupt, recover, generate } = campaign;
  if (options.profile === "apocalypse") return refused(model, /There is no chaos named "apocalypse"/);
  const asked: Chaos = {
    rate: options.faultRate ?? chaos?.rate ?? (fleet.source === "imported" ? 0 : 0.015),
    seed: options.seed ?? chaos?.seed ?? fleet.seed,
  };
  if (chaos && (chaos.rate !== asked.rate || chaos.seed !== asked.seed)) {
    return refused(model, /is corrupted already/, `npm run corrupt -- --undo --campaign ${quoted(campaign.name)}`);
  }
  if (corrupt.whole || asked.rate === 0) return { model, exit: 0 };
  if (isBegun(recover)) return refused(model, /is recovered/);
  if (!generate.whole) return unfinished(model, "generate", campaign);
  const marked = { ...campaign, chaos: asked };
  return going(
    withCampaign(model, campaign.name, () => marked),
    "corrupt",
    marked,
  );
}

function planUndo(model: Model, campaign: Campaign): Plan {
  if (isBegun(campaign.recover)) return refused(model, /is recovered/);
  const calm = withCampaign(model, campaign.name, (found) => ({ ...found, chaos: undefined, corrupt: NOT_BEGUN }));
  return { model: calm, exit: 0 };
}

function planRecovery(model: Model, campaign: Campaign): Plan {
  if (!campaign.generate.whole) return unfinished(model, "generate", campaign);
  if (campaign.chaos && !campaign.corrupt.whole) return unfinished(model, "corrupt", campaign);
  return going(model, "recover", campaign);
}

function going(model: Model, stage: Stage, campaign: Campaign): Plan {
  if (campaign[stage].whole) return { model, exit: 0 };
  return { model, exit: 0, work: { stage, campaign: campaign.name } };
}

function unfinished(model: Model, stage: Stage, campaign: Campaign): Plan {
  const says = new RegExp(`Stage ${stage} of campaign ${campaign.name} was stopped part-way`);
  return { model, exit: 5, says, tells: finishes(stage, campaign) };
}

/** The command that finishes a stage, as errors tell it. */
function finishes(stage: Stage, { fleet, name }: Campaign): string {
  const from = stage === "generate" && fleet.source === "imported" ? ` --from ${fileOf(fleet)}` : "";
  return `npm run ${stage} -- --resume${from} --campaign ${quoted(name)}`;
}
