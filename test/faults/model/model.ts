import type { Options } from "../../../pipelines/cli/options.ts";
import { isWithin, looked, type Outcome, type Place, type Proposal } from "./desk.ts";
import { planDesk } from "./desk-plan.ts";
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
  /** What stands behind the command. */
  readonly words?: readonly string[];
  /** What a person asks for, device by device; or of all that `--all` leaves. */
  readonly desk?: readonly Proposal[] | Omit<Proposal, "device">;
}

export interface Chaos {
  readonly rate: number;
  readonly seed: number;
  readonly profile: string;
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
  /** Of recovery: the first one decides for the fleet, later ones for devices that were released. */
  readonly pass: number;
  /** The queue as it is, where recovery has come so far. */
  readonly places: readonly Place[];
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
  /** Of a command that may look before it writes: as what its run is entered. */
  readonly run?: "succeeded" | "failed";
  /** What becomes of each device that a person asks for. */
  readonly outcomes?: readonly Outcome[];
}

export const EMPTY: Model = { campaigns: [], current: undefined, openRuns: 0 };
export const NOT_BEGUN: Progress = { committed: 0, batches: undefined, whole: false };

const isBegun = ({ committed, whole }: Progress): boolean => whole || committed > 0;
const isRecovered = ({ recover, places }: Campaign): boolean => recover.whole && !places.some(({ waits }) => waits);

/** Whether a command takes the right to write first of all. */
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
      return { model, exit: isRecovered(campaign) && model.openRuns === 0 ? 0 : 4 };
    case "triage":
      return planDesk(model, ask, campaign);
    default:
      return { model, exit: 0 };
  }
}

/** As what the run of a command is entered that ends as planned; undefined where there is none. */
export function runOf(ask: Ask, { run, exit }: Plan): "succeeded" | "failed" | undefined {
  if (!writes(ask)) return run;
  return exit === 0 || exit === 4 ? "succeeded" : "failed";
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
  return withCampaign(model, campaign, (found) => {
    const progress = now(found[stage]);
    if (stage !== "recover" || found.pass === 1) return { ...found, [stage]: progress };
    const places = found.places.map((place) =>
      place.waits && isWithin(place.bucket, progress) ? looked(place) : place,
    );
    return { ...found, places, recover: progress };
  });
}

export function withCampaign(model: Model, name: string, now: (before: Campaign) => Campaign): Model {
  return { ...model, campaigns: model.campaigns.map((known) => (known.name === name ? now(known) : known)) };
}

export function refused(model: Model, says: RegExp, tells?: string): Plan {
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
    pass: 1,
    places: [],
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

/** What the profiles of `data/chaos` ask for. */
const USUAL_RATES: Readonly<Record<string, number>> = { default: 0.015, storm: 0.3 };

function planChaos(model: Model, options: Given, campaign: Campaign): Plan {
  const { fleet, chaos, corrupt, recover, generate } = campaign;
  const profile = options.profile ?? chaos?.profile ?? "default";
  const usual = USUAL_RATES[profile];
  if (usual === undefined) return refused(model, /There is no chaos profile named "apocalypse"/);
  const unasked = fleet.source === "imported" && options.profile === undefined;
  const asked: Chaos = {
    profile,
    rate: options.faultRate ?? chaos?.rate ?? (unasked ? 0 : usual),
    seed: options.seed ?? chaos?.seed ?? fleet.seed,
  };
  if (chaos && (chaos.rate !== asked.rate || chaos.seed !== asked.seed || chaos.profile !== asked.profile)) {
    if (isBegun(recover)) return refused(model, /is recovered/);
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
  if (!campaign.recover.whole || isRecovered(campaign)) return going(model, "recover", campaign);
  const again = { ...campaign, pass: campaign.pass + 1, recover: NOT_BEGUN };
  return going(
    withCampaign(model, campaign.name, () => again),
    "recover",
    again,
  );
}

function going(model: Model, stage: Stage, campaign: Campaign): Plan {
  if (campaign[stage].whole) return { model, exit: 0 };
  return { model, exit: 0, work: { stage, campaign: campaign.name } };
}

export function unfinished(model: Model, stage: Stage, campaign: Campaign): Plan {
  const says = new RegExp(`Stage ${stage} of campaign ${campaign.name} was stopped part-way`);
  return { model, exit: 5, says, tells: finishes(stage, campaign) };
}

/** The command that finishes a stage, as errors tell it. */
function finishes(stage: Stage, { fleet, name }: Campaign): string {
  const from = stage === "generate" && fleet.source === "imported" ? ` --from ${fileOf(fleet)}` : "";
  return `npm run ${stage} -- --resume${from} --campaign ${quoted(name)}`;
}
