import { POINTS } from "../../pipelines/chaos/proxy.ts";
import {
  atDesk,
  BATCHES,
  type BatchedStage,
  DESK,
  type DeskStage,
  type End,
  type ExportStage,
  type Fault,
  needsServer,
  type Scenario,
  type Stage,
  WRITTEN,
} from "./scenario.ts";

/** How much is tried. */
export interface Extent {
  /** Of the places where any would do, so many a stage. */
  readonly places: number;
  /** All cuts, or every so manieth. */
  readonly everyCut: number;
  /** So that each state, each way to kill, and each of what comes in several ways is played at every stage, or at every other one. */
  readonly everyState: number;
  /** Batches at which the server is killed. */
  readonly servers: number;
  /** What is done in triage is stored by the same code: its stages share out what they play, each every so manieth, and half as many cuts. */
  readonly everyDecision: number;
}
export const EXTENTS = {
  /** With all other tests. */
  sample: { places: 2, everyCut: 7, everyState: 2, servers: 1, everyDecision: 30 },
  pr: { places: 6, everyCut: 1, everyState: 1, servers: 4, everyDecision: 11 },
  nightly: { places: 60, everyCut: 1, everyState: 1, servers: 4, everyDecision: 1 },
};

/** States after which the same transaction may succeed; 08007 and 40003 leave open whether it did. */
const TRANSIENT = [
  ...["40001", "40P01", "55P03", "57P01", "57P02", "57P03", "57P05", "25P03", "25P04", "53300", "53200"],
  ...["08000", "08001", "08003", "08004", "08006", "08007", "40003"],
];
/** States that need a person. */
const HALTING = ["53100", "25006", "28000", "28P01", "3D000", "42501", "42P01", "42703", "42601"];

const STAGES: readonly Stage[] = ["generate", "import", "corrupt", "recover", "report", "export", "restore", "lake"];
/** What plays a part of the scenarios. */
const PARTED: readonly Stage[] = [...DESK, "readmit", "distort"];

/** What the command itself writes around them. */
const AROUND: Readonly<Record<BatchedStage, readonly string[]>> = {
  generate: ["INSERT ON run", "INSERT ON campaign", "INSERT ON device_profile", "UPDATE ON run"],
  import: ["INSERT ON run", "INSERT ON campaign", "UPDATE ON run"],
  corrupt: ["INSERT ON run", "UPDATE ON campaign", "UPDATE ON run"],
  distort: ["INSERT ON run", "UPDATE ON campaign", "UPDATE ON run"],
  recover: ["INSERT ON run", "INSERT ON decision_rule", "UPDATE ON run"],
  readmit: ["INSERT ON run", "UPDATE ON run"],
};

/**
 * Every scenario of a stage.
 * @param roundTrips of an unbroken run with one worker, as the proxy counts them.
 */
export function matrix(stage: Stage, roundTrips: number, extent: Extent): Scenario[] {
  if (!PARTED.includes(stage)) return everything(stage, roundTrips, extent);
  const { everyDecision: every } = extent;
  const all = everything(stage, roundTrips, { ...extent, everyCut: 1, everyState: 1 });
  const first = Math.floor((PARTED.indexOf(stage) * every) / PARTED.length);
  // A server of its own takes its time.
  const falls = every === 1 || (stage === "sheet" && extent.servers > 1);
  const links = all.filter(({ fault }) => fault.kind === "link");
  return [
    ...links.filter((_, no) => (first + no + Math.floor(no / POINTS.length)) % (2 * every - 1) === 0),
    ...all
      .filter((one) => !links.includes(one))
      .filter((one, no) => (needsServer(one) ? falls : (first + no) % every === 0)),
  ];
}

function everything(stage: Stage, roundTrips: number, extent: Extent): Scenario[] {
  const { places, everyCut, everyState } = extent;
  return [
    ...ending(stage, "succeeds_or_resumable", cuts(stage, roundTrips, everyCut)),
    ...ending(stage, "succeeds_or_resumable", mutes(roundTrips, places)),
    ...ending(stage, "succeeds", turns(stage, conditions(), everyState)),
    ...others(stage, extent),
  ];
}

function others(stage: Stage, extent: Extent): Scenario[] {
  switch (stage) {
    case "report":
      return [];
    case "export":
      return exported(stage, extent);
    case "lake":
      return laid(extent);
    case "restore":
      return restored(extent);
    default:
      return atDesk(stage) ? decided(stage, extent) : written(stage, extent);
  }
}

const ending = (stage: Stage, end: End, faults: readonly Fault[]): Scenario[] =>
  faults.map((fault) => ({ stage, fault, end }));

/** Nothing is tried again, and nothing is left half done. */
function exported(stage: ExportStage | "restore", { everyState }: Extent): Scenario[] {
  return [
    ...ending(stage, "killed", turns(stage, kills([1]), everyState)),
    ...ending(stage, "succeeds_or_resumable", turns(stage, backends([1]), everyState)),
    ...ending(stage, "interrupted", turns(stage, signals(), everyState)),
  ];
}

/** What it reads before it asks the server for the first table can't be in anybody's way. */
function laid(extent: Extent): Scenario[] {
  const { places, everyState } = extent;
  return [
    ...exported("lake", extent),
    ...ending("lake", "halts", deadlocks(places).slice(1)),
    ...ending("lake", "succeeds", turns("lake", isolations(), everyState)),
    ...ending("lake", "succeeds", turns("lake", clocks(), everyState)),
    ...ending("lake", "refused", rooms(places)),
  ];
}

/** One transaction, which is not tried again: whatever breaks, nothing is stored. */
function restored(extent: Extent): Scenario[] {
  const { places, everyState, servers } = extent;
  const [, ...statements] = WRITTEN.restore;
  return [
    ...exported("restore", extent),
    ...ending("restore", "succeeds", turns("restore", rivals(), everyState)),
    ...ending("restore", "halts", turns("restore", states(TRANSIENT, statements), everyState)),
    ...ending("restore", "halts", turns("restore", states(HALTING, statements, Number.MAX_SAFE_INTEGER), everyState)),
    ...ending("restore", "halts", turns("restore", deadlocks(places), everyState)),
    ...ending("restore", "succeeds", turns("restore", isolations(), everyState)),
    ...ending("restore", "halts", turns("restore", thefts(places), everyState)),
    ...ending("restore", "succeeds", turns("restore", clocks(), everyState)),
    ...ending("restore", "halts", [{ kind: "read_only" }, { kind: "disk", full: "rows" }]),
    ...ending("restore", "halts", postmasters(BATCHES.slice(0, servers), true)),
  ];
}

/** A transaction a batch, which is not tried again: those before are stored, and the same command does the rest. */
function decided(stage: DeskStage, { places, servers }: Extent): Scenario[] {
  const [, ...statements] = WRITTEN[stage];
  const around = ["INSERT ON run", "UPDATE ON run"];
  return [
    ...ending(stage, "killed", kills([1])),
    ...ending(stage, "halts", backends([1])),
    ...ending(stage, "interrupted", signals()),
    ...ending(stage, "succeeds", rivals()),
    ...ending(stage, "halts", states(TRANSIENT, statements)),
    ...ending(stage, "succeeds_or_resumable", states(TRANSIENT.slice(0, places), around)),
    ...ending(stage, "halts", states(HALTING, [...statements, ...around], Number.MAX_SAFE_INTEGER)),
    ...ending(stage, "halts", deadlocks(1)),
    ...ending(stage, "succeeds", isolations()),
    ...ending(stage, "halts", thefts(places)),
    ...ending(stage, "succeeds", clocks()),
    ...ending(stage, "halts", [{ kind: "read_only" }]),
    ...ending(stage, "halts", [{ kind: "disk", full: "rows" }]),
    ...ending(stage, "halts", postmasters(BATCHES.slice(0, servers), true)),
  ];
}

/** Scenarios of a stage that writes batch by batch. */
function written(stage: BatchedStage, { places, everyState, servers }: Extent): Scenario[] {
  const [, ...statements] = WRITTEN[stage];
  const around = AROUND[stage];
  // An import is not shared out among workers.
  const crews = stage === "import" ? [1] : [1, 2];
  return [
    ...ending(stage, "succeeds_or_resumable", stage === "generate" ? spread(places, 75_000, rowsCut) : []),
    ...ending(stage, "succeeds", stage === "recover" ? spread(places, 12_000, answerCut) : []),
    ...ending(stage, "killed", turns(stage, kills(crews), everyState)),
    ...ending(stage, "succeeds", turns(stage, backends(crews), everyState)),
    ...ending(stage, "interrupted", turns(stage, signals(), everyState)),
    ...ending(stage, "succeeds", turns(stage, rivals(), everyState)),
    ...ending(stage, "succeeds", turns(stage, states(TRANSIENT, statements), everyState)),
    ...ending(stage, "succeeds_or_resumable", states(TRANSIENT.slice(0, places), around)),
    ...ending(
      stage,
      "halts",
      turns(stage, states(HALTING, [...statements, ...around], Number.MAX_SAFE_INTEGER), everyState),
    ),
    ...ending(stage, "succeeds", turns(stage, deadlocks(places), everyState)),
    ...ending(stage, "succeeds", turns(stage, isolations(), everyState)),
    ...ending(stage, "halts", turns(stage, thefts(places), everyState)),
    ...ending(stage, "halts", stage === "generate" ? [{ kind: "replaced" }] : []),
    ...ending(stage, "succeeds", turns(stage, clocks(), everyState)),
    ...ending(stage, "halts", [{ kind: "connections" }, { kind: "read_only" }, { kind: "disk", full: "rows" }]),
    ...ending(stage, "succeeds_or_resumable", postmasters(BATCHES.slice(0, servers), true)),
    // Whoever waits for a server that does not come back takes half a minute.
    ...ending(stage, "halts", servers > 1 || stage === "recover" ? postmasters(BATCHES.slice(1, 2), false) : []),
    ...ending(stage, "halts", servers > 1 ? [{ kind: "disk", full: "log" }] : []),
  ];
}

/** Those of which it is the stage's turn: what one stage leaves out another one plays, and neighbours differ in more than one way. */
function turns(stage: Stage, faults: readonly Fault[], every: number): Fault[] {
  const first = STAGES.indexOf(stage);
  return faults.filter((_, no) => (first + no + (no >> 1) + (no >> 2)) % every === 0);
}

function backends(crews: readonly number[]): Fault[] {
  return BATCHES.flatMap((batch) => crews.map((workers): Fault => ({ kind: "backend", batch, workers })));
}

function postmasters(batches: readonly number[], back: boolean): Fault[] {
  return batches.map((batch): Fault => ({ kind: "postmaster", batch, back }));
}

function deadlocks(places: number): Fault[] {
  return BATCHES.slice(0, places).map((batch): Fault => ({ kind: "deadlock", batch }));
}

/** From none on; the lines, the file and the manifest of a thousand devices take more than 100,000 bytes. */
function rooms(places: number): Fault[] {
  const pages = Math.min(places, 8);
  return Array.from({ length: pages }, (_, no) => ({ kind: "room", bytes: 4096 * Math.floor((no * 24) / pages) }));
}

function isolations(): Fault[] {
  return (["repeatable read", "serializable"] as const).map((level): Fault => ({ kind: "isolation", level }));
}

function thefts(places: number): Fault[] {
  return BATCHES.slice(0, places).map((batch): Fault => ({ kind: "stolen", batch }));
}

function clocks(): Fault[] {
  return [-24, 24].flatMap((hours) => [false, true].map((backwards): Fault => ({ kind: "clock", hours, backwards })));
}

function rivals(): Fault[] {
  return BATCHES.slice(0, 2).map((batch): Fault => ({ kind: "rival", batch }));
}

/** All round trips at all points; or a part of them, in which each point has its turn. */
function cuts(stage: Stage, roundTrips: number, every: number): Fault[] {
  // What all stages begin with each cuts elsewhere.
  const first = STAGES.indexOf(stage);
  return Array.from({ length: roundTrips }, (_, at) => at + 1)
    .flatMap((roundTrip) => POINTS.map((point): Fault => ({ kind: "link", strike: { kind: "cut", roundTrip, point } })))
    .filter((_, no) => (first + no + Math.floor(no / POINTS.length)) % every === 0);
}

/** From the first round trip on, which is the start-up, to the last. */
function mutes(roundTrips: number, places: number): Fault[] {
  const count = Math.ceil(places / 2);
  return Array.from({ length: count }, (_, no) => {
    const roundTrip = 1 + Math.round((no * (roundTrips - 1)) / Math.max(1, count - 1));
    return { kind: "link", strike: { kind: "mute", roundTrip } };
  });
}

const rowsCut = (bytes: number): Fault => ({ kind: "link", strike: { kind: "cut_rows", bytes } });
const answerCut = (bytes: number): Fault => ({ kind: "link", strike: { kind: "cut_answer", bytes } });

/** Places from 1 to `most`, as far from each other as can be. */
function spread(places: number, most: number, make: (at: number) => Fault): Fault[] {
  return Array.from({ length: places }, (_, no) => make(1 + Math.floor((no * most) / places)));
}

function conditions(): Fault[] {
  return [{ latencyMs: 20 }, { sliceBytes: 1000 }, { sliceBytes: 7 }, { latencyMs: 5, sliceBytes: 100 }].map(
    (condition) => ({ kind: "condition", condition }),
  );
}

function kills(crews: readonly number[]): Fault[] {
  return BATCHES.flatMap((batch) =>
    [true, false].flatMap((commits) => crews.map((workers): Fault => ({ kind: "kill", batch, commits, workers }))),
  );
}

function signals(): Fault[] {
  return (["SIGINT", "SIGTERM"] as const).flatMap((signal) =>
    BATCHES.slice(0, 2).map((batch): Fault => ({ kind: "signal", signal, batch })),
  );
}

/** Each state on one of the statements, which take turns. */
function states(all: readonly string[], statements: readonly string[], times = 1): Fault[] {
  return all.map((state, no) => ({ kind: "state", state, on: statements[no % statements.length] as string, times }));
}
