import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { type Barrier, until } from "./barrier.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const INHERITED = ["PATH", "HOME", "TMPDIR", "SystemRoot"];

/** How a command ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command that runs in a process group of its own. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves once standard error holds the text. */
  says(text: string): Promise<void>;
  /** Sends a signal to the process and all its children. */
  signal(name: NodeJS.Signals): void;
}

export type Environment = Readonly<Record<string, string>>;

/** Starts `npm run <words>` as a user would, in this checkout or another one, with an environment in which only `env` says anything to it. */
export function start(words: readonly string[], env: Environment, root = ROOT): Running {
  const inherited = INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]]));
  const child = spawn(process.execPath, ["pipelines/run.mjs", ...words], {
    cwd: root,
    env: { ...Object.fromEntries(inherited), ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return {
    process: child,
    ended: once(child, "close").then(([code]) => ({ code, stdout, stderr })),
    says: (text) => until(`it says ${text}`, async () => stderr.includes(text)),
    signal: (name) => void process.kill(-(child.pid ?? Number.NaN), name),
  };
}

/** Runs a command on a database and waits for its end. */
export function run(words: readonly string[], url: string, env: Environment = {}): Promise<Ended> {
  return start(words, { DATABASE_URL: url, ...env }).ended;
}

/** Runs a command that must succeed. */
export async function succeed(words: readonly string[], url: string, root = ROOT): Promise<Ended> {
  const end = await start(words, { DATABASE_URL: url }, root).ended;
  if (end.code !== 0) throw new Error(`${words.join(" ")} ended with ${end.code}: ${end.stderr}`);
  return end;
}

/** Runs until the server holds the command, and kills it there: no handler runs, nothing is said to the server. */
export async function killAt(words: readonly string[], url: string, barrier: Barrier, sessions = 1): Promise<void> {
  const command = start(words, { DATABASE_URL: url });
  const early = command.ended.then(({ code, stderr }) => {
    throw new Error(`${words.join(" ")} ended with ${code} before it was held: ${stderr}`);
  });
  await Promise.race([barrier.reached(sessions), early]);
  command.signal("SIGKILL");
  await command.ended;
  early.catch(() => {});
}

/** The lines of `--json`. */
export function events({ stdout }: Ended): Record<string, unknown>[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
