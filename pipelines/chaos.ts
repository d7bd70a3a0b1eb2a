import { runExperiment } from "./chaos/run.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { table } from "./cli/format.ts";
import type { Context } from "./context.ts";
import { faultText } from "./domain/experiment.ts";

/** Experiments with the outside world: which there are, or one of them played. */
export async function chaos(context: Context): Promise<void> {
  const [what = "list", ...names] = context.words;
  if (what === "list") {
    if (names[0] !== undefined) throw usage(`"${names[0]}" means nothing to chaos list.`, "Leave it out.");
    return list(context);
  }
  if (what !== "run") throw usage(`There is no "chaos ${what}".`, "Use list or run.");
  const { reference } = context;
  const [name] = names;
  if (name === undefined)
    throw usage("run needs the name of an experiment.", `Use one of: ${reference.experiments().join(", ")}.`);
  await runExperiment(context, reference.experiment(name));
}

function list({ reference, reporter }: Context): void {
  const experiments = reference.experiments().map((name) => reference.experiment(name));
  const rows = experiments.map((experiment) => [experiment.name, experiment.question, faultText(experiment)]);
  reporter.result(table(["name", "question", "fault"], rows));
  for (const [name, question, fault] of rows) reporter.event({ event: "experiment", name, question, fault });
}

function usage(cause: string, remedy: string): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy, command: "npm run chaos -- --help" });
}
