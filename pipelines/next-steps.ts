import { commandLine, resumeCommand } from "./cli/again.ts";
import type { Options } from "./cli/options.ts";
import type { BatchedStage } from "./domain/vocabulary.ts";
import type { StageState, Standing } from "./standing.ts";

/** States that a stage is left in, as opposed to brought to its end. */
const OPEN: readonly StageState[] = ["not begun", "stopped part-way", "key not built", "devices undecided"];
/** Of these, those in which the same pass goes on. */
const BEGUN: readonly StageState[] = ["stopped part-way", "key not built"];

/** The commands that are left for a campaign, in their order, ready to paste; none where it is whole and validated. */
export function nextSteps(standing: Standing, given: Pick<Options, "databaseUrl">): string[] {
  const { name, source, stages, verdict, asked } = standing;
  const url = given.databaseUrl === undefined ? {} : { databaseUrl: given.databaseUrl };
  const steps: string[] = [];
  for (const { stage, state } of stages) {
    if (!OPEN.includes(state) || (source === "imported" && isOptional(stage, state))) continue;
    const { policy, ...file } = asked;
    const from = stage === "generate" && source === "imported" ? file : {};
    const options = { ...url, ...from, ...(stage === "recover" && policy ? { policy } : {}), campaign: name };
    const goesOn = stage === "generate" || BEGUN.includes(state);
    steps.push(goesOn ? resumeCommand(stage, options) : commandLine(stage, options));
  }
  const isValid = verdict !== undefined && verdict.broken.length === 0 && !verdict.is_outdated;
  if (steps.length > 0 || !isValid) steps.push(commandLine("validate", { ...url, campaign: name }));
  return steps;
}

/** A fleet that came from somewhere is not corrupted unless that is asked for. */
function isOptional(stage: BatchedStage, state: StageState): boolean {
  return stage === "corrupt" && state === "not begun";
}
