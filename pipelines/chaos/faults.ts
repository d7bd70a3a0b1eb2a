import { setTimeout as pause } from "node:timers/promises";
import { type MethodStep, strikesWanted, type WorldFault } from "../domain/experiment.ts";
import type { CommandEnd, RunningCommand } from "./commands.ts";
import { type Hold, holdBatch } from "./hold.ts";
import { type Condition, faultProxy, POINTS, type Strike } from "./proxy.ts";
import type { Scratch } from "./scratch.ts";

/** A fault that is there until it is lifted. */
export interface Infliction {
  /** Where commands find the database. */
  readonly url: string;
  /** How often it struck so far. */
  strikes(): number;
  /** Plays one start of a command to its end. */
  attempt(begin: () => RunningCommand): Promise<CommandEnd>;
  lift(): Promise<void>;
}

/** Prepares the fault of a step; without one, its command runs undisturbed. */
export function inflict(
  { fault, stage }: MethodStep,
  scratch: Scratch,
  signal: AbortSignal,
): Infliction | Promise<Infliction> {
  if (!fault)
    return { url: scratch.url("trial"), strikes: () => 0, attempt: (begin) => begin().ended, lift: async () => {} };
  switch (fault.kind) {
    case "latency":
      return overLink(scratch, [], { latencyMs: fault.ms_each_way });
    case "cut":
      return overLink(scratch, cuts(fault));
    default:
      return atBatch(fault, stage, scratch, signal);
  }
}

function cuts({ first, every, times }: Extract<WorldFault, { kind: "cut" }>): Strike[] {
  return Array.from({ length: times }, (_, no) => ({
    kind: "cut",
    roundTrip: first + no * every,
    point: POINTS[no % POINTS.length] ?? "before_send",
  }));
}

async function overLink(scratch: Scratch, strikes: readonly Strike[], condition: Condition = {}): Promise<Infliction> {
  const proxy = await faultProxy(scratch.url("trial"), strikes, condition);
  return {
    url: proxy.url,
    strikes: () => (strikes.length > 0 ? proxy.strikes : proxy.roundTrips),
    attempt: (begin) => begin().ended,
    lift: () => proxy.close(),
  };
}

type BatchFault = Exclude<WorldFault, { kind: "latency" | "cut" }>;

function atBatch(fault: BatchFault, stage: string, scratch: Scratch, signal: AbortSignal): Infliction {
  let strikes = 0;
  return {
    url: scratch.url("trial"),
    strikes: () => strikes,
    lift: async () => {},
    async attempt(begin) {
      if (strikes >= strikesWanted(fault)) return begin().ended;
      const hold = await holdBatch(scratch.target("trial"), stage, fault.at_batch);
      const command = begin();
      try {
        while (strikes < strikesWanted(fault) && (await hold.reached(command, signal))) {
          await strike(fault, { hold, command, scratch, signal });
          strikes++;
        }
      } finally {
        await hold.release();
      }
      return command.ended;
    },
  };
}

interface Held {
  readonly hold: Hold;
  readonly command: RunningCommand;
  readonly scratch: Scratch;
  readonly signal: AbortSignal;
}

async function strike(fault: BatchFault, { hold, command, scratch, signal }: Held): Promise<void> {
  switch (fault.kind) {
    case "end_session":
      return hold.endWaiting();
    case "kill_command":
      command.kill();
      await command.ended;
      return hold.endWaiting();
    case "kill_server":
      await scratch.kill();
      await pause(1000 * fault.down_seconds, undefined, { signal });
      return scratch.start();
  }
}
