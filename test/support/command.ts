import { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { SentinelError } from "../../pipelines/cli/errors.ts";
import type { Options } from "../../pipelines/cli/options.ts";
import { Reporter } from "../../pipelines/cli/reporter.ts";
import { COMMANDS } from "../../pipelines/commands.ts";
import { reference } from "../../pipelines/reference.ts";

export const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

/** What a command said, as its `--json` events, and the error that it ended with. */
export interface Said {
  readonly events: readonly Record<string, unknown>[];
  readonly error: SentinelError | undefined;
}

/** Runs a command inside this process: a second cheaper than a child, where neither exit nor signal is looked at. */
export async function command(name: string, url: string, options: Options = {}): Promise<Said> {
  const known = COMMANDS.find((candidate) => candidate.name === name);
  if (!known) throw new Error(`there is no command ${name}`);
  let text = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _, done) => done() });
  const reporter = new Reporter({
    stdout,
    stderr,
    json: true,
    quiet: false,
    color: false,
    now: () => performance.now(),
  });
  let error: unknown;
  try {
    await known.run({
      command: name,
      options: { workers: 1, ...options, databaseUrl: url },
      words: [],
      env: {},
      projectRoot: PROJECT,
      version: "0.0.0",
      reference: reference(PROJECT),
      reporter,
      signal: new AbortController().signal,
      clock: () => new Date(),
    });
  } catch (thrown) {
    error = thrown;
  }
  if (error !== undefined && !(error instanceof SentinelError)) throw error;
  const lines = text.split("\n").filter((line) => line !== "");
  return { events: lines.map((line) => JSON.parse(line) as Record<string, unknown>), error };
}

/** Runs a command that must succeed. */
export async function done(name: string, url: string, options: Options = {}): Promise<Said> {
  const said = await command(name, url, options);
  if (said.error) throw said.error;
  return said;
}

/** The digest that `validate` prints. */
export const digestIn = ({ events }: Said): unknown =>
  events.find(({ event, stage }) => event === "stage_ended" && stage === "validate")?.digest;
