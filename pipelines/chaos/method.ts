import { setTimeout as pause } from "node:timers/promises";
import { EXIT } from "../cli/errors.ts";
import type { MethodStep } from "../domain/experiment.ts";
import { type Commands, commandFailed } from "./commands.ts";
import { inflict } from "./faults.ts";
import type { Scratch } from "./scratch.ts";

/** What an experiment is played with. */
export interface Play {
  readonly devices: number;
  readonly seed: number;
  readonly workers: number;
}

/** How a step ended. */
export interface StepEnd {
  readonly code: number;
  /** How often its command was started. */
  readonly starts: number;
  readonly seconds: number;
  readonly strikes: number;
  /** What the command said of its failure last. */
  readonly said: string;
}

const MOST_STARTS = 20;
const RESUMED_AFTER_MS = 250;
const RESUMABLE: readonly (number | null)[] = [EXIT.database, EXIT.resumable, null];

/** The command line of a step. */
export function wordsOf(step: MethodStep, { devices, seed, workers }: Play): string[] {
  const { stage, profile, rate, rules, policy, batches } = step;
  const given: readonly (readonly [string, string | number | undefined])[] = [
    ["devices", stage === "generate" ? devices : undefined],
    ["seed", stage === "recover" ? undefined : seed],
    ["profile", profile],
    ["fault-rate", rate],
    ["rules", rules],
    ["policy", policy],
    ["workers", workers],
    ["batch-size", batches === undefined ? undefined : Math.ceil(devices / batches)],
  ];
  return [
    stage,
    ...given.flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, String(value)])),
    "--quiet",
  ];
}

/** Plays a step under its fault. A command that was stopped is called again with `--resume`, as a person would do. */
export async function playStep(
  step: MethodStep,
  play: Play,
  { scratch, commands, signal }: { scratch: Scratch; commands: Commands; signal: AbortSignal },
): Promise<StepEnd> {
  const words = wordsOf(step, play);
  const infliction = await inflict(step, scratch, signal);
  const began = performance.now();
  try {
    for (let starts = 1; ; starts++) {
      const now = starts === 1 ? words : [...words, "--resume"];
      const ended = await infliction.attempt(() => commands.begin(now, infliction.url, signal));
      const { code, stderr } = ended;
      signal.throwIfAborted();
      // A profile or a policy that is not there: no fault makes a command say so.
      if (code === EXIT.usage) throw commandFailed(step.stage, ended);
      const seconds = (performance.now() - began) / 1000;
      const end = { code: code ?? EXIT.bug, starts, seconds, strikes: infliction.strikes(), said: stderr.trim() };
      if (!step.fault || !RESUMABLE.includes(code) || starts === MOST_STARTS) return end;
      await pause(RESUMED_AFTER_MS, undefined, { signal });
    }
  } finally {
    await infliction.lift();
  }
}
