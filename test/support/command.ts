import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { readOptions } from "../../pipelines/cli/arguments.ts";
import { SentinelError } from "../../pipelines/cli/errors.ts";
import type { Options } from "../../pipelines/cli/options.ts";
import { Reporter } from "../../pipelines/cli/reporter.ts";
import { COMMANDS, type Command } from "../../pipelines/commands.ts";
import {
  type Context,
  runStage,
  type StageEnd,
  withDatabase,
  withWorkers,
  withWriter,
  workerCount,
} from "../../pipelines/context.ts";
import { corrupt } from "../../pipelines/corrupt.ts";
import type { Target } from "../../pipelines/db/connect.ts";
import { generate } from "../../pipelines/generate.ts";
import { recover } from "../../pipelines/recover.ts";
import { reference } from "../../pipelines/reference.ts";
import { validate } from "../../pipelines/validate.ts";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What a command said, as its `--json` events, and the error that it ended with. */
export interface Said {
  readonly events: readonly Record<string, unknown>[];
  readonly error: SentinelError | undefined;
}

/** What a command is given that is not this project's, or no option. */
type Beside = Pick<Partial<Context>, "words" | "terminal" | "reference">;

/** Runs a command inside this process: cheaper than a child, where neither exit nor signal is looked at. */
export function command(name: string, url: string, options: Options = {}, beside: Beside = {}): Promise<Said> {
  return listen(name, url, options, (context) => named(name).run({ ...context, ...beside }));
}

/** Works with a command's context and its database, inside this process. */
export async function inside(
  name: string,
  url: string,
  options: Options,
  work: (context: Context, target: Target) => Promise<unknown>,
): Promise<void> {
  const { error } = await listen(name, url, options, (context) =>
    withDatabase(context, async (target) => void (await work(context, target))),
  );
  if (error) throw error;
}

function named(name: string): Command {
  const known = COMMANDS.find((candidate) => candidate.name === name);
  if (!known) throw new Error(`there is no command ${name}`);
  return known;
}

/** Runs a command line inside this process. */
export function typed([name = "", ...args]: readonly string[], url: string): Promise<Said> {
  const known = named(name);
  const { options, words } = readOptions({ ...known, words: known.mostWords ?? 0 }, args, {});
  return command(name, url, options, { words });
}

/** Runs generate, corrupt, recover and validate as `pipeline` does, with the same workers, but reports nothing. */
export async function stages(url: string, options: Options = {}): Promise<Said> {
  const said = await listen("pipeline", url, options, (context) =>
    withWorkers(workerCount(context), (pool) =>
      withDatabase(context, (target) =>
        withWriter(context, target, pool, async (writer) => {
          for (const [name, work] of Object.entries({ generate, corrupt, recover })) {
            await runStage<StageEnd>(writer, name, (run) => work(run));
          }
          const { breach } = await runStage(writer, "validate", (run) => validate(run));
          if (breach) throw breach;
        }),
      ),
    ),
  );
  if (said.error) throw said.error;
  return said;
}

async function listen(
  name: string,
  url: string,
  options: Options,
  work: (context: Context) => Promise<void>,
): Promise<Said> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _, done) => done() });
  let error: unknown;
  try {
    await work({
      command: name,
      options: { workers: 1, ...options, databaseUrl: url },
      words: [],
      env: {},
      projectRoot: PROJECT,
      version: "0.0.0",
      reference: reference(PROJECT),
      reporter: new Reporter({ stdout, stderr, json: true, quiet: false, color: false, now: () => performance.now() }),
      signal: new AbortController().signal,
    });
  } catch (thrown) {
    error = thrown;
  }
  if (error !== undefined && !(error instanceof SentinelError)) throw error;
  const lines = text.split("\n").filter((line) => line !== "");
  return { events: lines.map((line) => JSON.parse(line) as Record<string, unknown>), error };
}

/** Runs a command that must succeed. */
export async function done(name: string, url: string, options: Options = {}, beside: Beside = {}): Promise<Said> {
  const said = await command(name, url, options, beside);
  if (said.error) throw said.error;
  return said;
}

/** Runs `npm run triage -- <words>`, that must succeed unless it is to be refused. */
export async function triage(url: string, words: readonly string[], options: Options = {}): Promise<Said> {
  const said = await command("triage", url, { by: "tester", ...options }, { words });
  if (said.error && said.error.exitCode !== 2) throw said.error;
  return said;
}

/** The digest that `validate` prints. */
export const digestIn = ({ events }: Said): unknown =>
  events.find(({ event, stage }) => event === "stage_ended" && stage === "validate")?.digest;
