import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { createLogUpdate } from "log-update";
import { commandLine } from "./cli/again.ts";
import { readOptions } from "./cli/arguments.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { finished } from "./cli/finished.ts";
import { helpFor, overview } from "./cli/help.ts";
import type { Options } from "./cli/options.ts";
import { Reporter } from "./cli/reporter.ts";
import { withoutSecrets } from "./cli/secrets.ts";
import { COMMANDS, type Command } from "./commands.ts";
import { databaseCommand } from "./database.ts";
import { openDatabase } from "./db/connect.ts";
import { connectionUrl } from "./db/url.ts";
import { reference } from "./reference.ts";

const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const SIGTERM_EXIT = 143;
const LONGEST_STOP_MS = 4_500;
/** Loaded where there is a terminal to draw on: it takes as long as a tenth of the start. */
const drawing = process.stderr.isTTY ? import("log-update") : undefined;

/** Runs one command line. Returns its exit code. */
async function main([name = "help", ...args]: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const stop = new AbortController();
  let code: number = EXIT.interrupted;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      code = signal === "SIGTERM" ? SIGTERM_EXIT : EXIT.interrupted;
      if (stop.signal.aborted) process.exit(code);
      stop.abort();
      setTimeout(giveUp, LONGEST_STOP_MS).unref();
    });
  }
  const live = (await drawing)?.createLogUpdate;
  let reporter = reporterFor({ live }, env);
  let given: Asked = { options: {}, words: [] };
  /** Whoever is waited for, a server that says nothing for example, is not waited for any longer. */
  const giveUp = (): void => {
    reporter.failure(stopped(name, given));
    process.exit(code);
  };
  try {
    if (name === "db") return await databaseByHand(args, env, stop.signal);
    const command = COMMANDS.find((known) => known.name === name);
    if (!command) return list(name);
    const { options, words } = readOptions({ ...command, words: command.mostWords ?? 0 }, args, env);
    given = { options, words };
    reporter = reporterFor({ ...options, live }, env);
    if (options.help) {
      process.stdout.write(helpFor(command));
      return EXIT.ok;
    }
    await run(command, { options, words, reporter, env, signal: stop.signal });
    return EXIT.ok;
  } catch (error) {
    if (!stop.signal.aborted) return reporter.failure(error);
    const asked = error instanceof SentinelError && error.exitCode === EXIT.interrupted;
    reporter.failure(asked ? error : stopped(name, given));
    return code;
  }
}

/** What was typed. */
interface Asked {
  readonly options: Options;
  readonly words: readonly string[];
}

type Given = Pick<Parameters<Command["run"]>[0], "options" | "words" | "reporter" | "env" | "signal">;

async function run(command: Command, given: Given): Promise<void> {
  const { version } = JSON.parse(readFileSync(path.join(projectRoot, "package.json"), "utf8")) as { version: string };
  await command.run({
    ...given,
    command: command.name,
    projectRoot,
    version,
    reference: reference(projectRoot),
    terminal:
      process.stdin.isTTY && process.stdout.isTTY ? { input: process.stdin, output: process.stdout } : undefined,
  });
  finished();
}

function list(name: string): number {
  const text = overview([
    ...COMMANDS,
    { name: "db", help: "the database by hand: start, url, psql, advise, digest, status, stop" },
  ]);
  if (["help", "--help", "-h"].includes(name)) {
    process.stdout.write(text);
    finished();
    return EXIT.ok;
  }
  process.stderr.write(`There is no command "${withoutSecrets(name)}".\n\n${text}`);
  return EXIT.usage;
}

async function databaseByHand(args: string[], env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<number> {
  const code = await databaseCommand(args, {
    env,
    projectRoot,
    signal,
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    resolve: async () => {
      const database = await openDatabase({ env, projectRoot, signal });
      return { url: connectionUrl(database.target), embedded: database.embedded, release: () => database.release() };
    },
  });
  if (code === EXIT.ok) finished();
  return code;
}

function reporterFor(
  options: { json?: boolean; quiet?: boolean; noColor?: boolean; live: typeof createLogUpdate | undefined },
  env: NodeJS.ProcessEnv,
): Reporter {
  const { json = false, quiet = false, noColor = false, live } = options;
  return new Reporter({
    stdout: process.stdout,
    stderr: process.stderr,
    json,
    quiet,
    live,
    color: process.stderr.isTTY === true && !noColor && !env.NO_COLOR,
    now: () => performance.now(),
  });
}

/** What followed from the stop is no news to who asked for it. */
function stopped(name: string, { options, words }: Asked): SentinelError {
  return new SentinelError({
    exitCode: EXIT.interrupted,
    cause: "Stopped on request.",
    remedy: "Nothing that committed is lost. The same command again goes on:",
    command: commandLine(name, options, words),
  });
}

// Who reads no more (a pager that was closed, `| head`) has seen enough: that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});
// Until it is known how it ended, it did not end well.
process.exitCode = EXIT.bug;
void main(process.argv.slice(2), process.env).then((code) => {
  process.exitCode = code;
});
