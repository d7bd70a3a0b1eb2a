import { type ChildProcess, spawn } from "node:child_process";
import { stripVTControlCharacters } from "node:util";
import { withoutSecretVariables } from "../cli/secrets.ts";

/** A Node process that a build starts. */
export interface ChildRun {
  /** Arguments for Node: its options, the script, and what the script is given. */
  readonly args: readonly string[];
  readonly cwd: string;
  /** Variables beside those of this process. */
  readonly env: Readonly<Record<string, string>>;
  /** What it reads, once that is known; nothing where it reads nothing. */
  readonly input?: Promise<string>;
  /** Open file that its output goes to as it is, instead of into the result. */
  readonly into?: number;
  readonly signal?: AbortSignal | undefined;
  /** Receives every line that it prints, without colours. */
  readonly line?: ((line: string) => void) | undefined;
}

/** How a process ended, and what it and the processes that it started said. */
export interface ChildResult {
  readonly code: number;
  readonly output: readonly string[];
  readonly errors: readonly string[];
}

/** Time that a process has to stop by itself once it was asked to. */
const GRACE_MS = 2000;

/** Runs a Node process. Resolves with its exit code and what it printed; never rejects for a failure, only when aborted. */
export async function runChild(run: ChildRun): Promise<ChildResult> {
  run.signal?.throwIfAborted();
  const child = start(run);
  // One that ended before it read everything says itself why.
  child.stdin?.on("error", () => {});
  run.input?.then((text) => child.stdin?.end(text));
  const output: string[] = [];
  const errors: string[] = [];
  const keepIn = (lines: string[]) => (line: string) => {
    lines.push(line);
    run.line?.(line);
  };
  splitLines(child.stdout, keepIn(output));
  splitLines(child.stderr, keepIn(errors));
  const stop = (): void => stopGroup(child);
  run.signal?.addEventListener("abort", stop, { once: true });
  try {
    const code = await new Promise<number>((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (exit) => resolve(exit ?? 1));
    });
    run.signal?.throwIfAborted();
    return { code, output, errors };
  } finally {
    run.signal?.removeEventListener("abort", stop);
  }
}

function start({ args, cwd, env, into, input }: ChildRun): ChildProcess {
  return spawn(process.execPath, args, {
    cwd,
    // A group of its own, so that stopping it also stops the loader that it started.
    detached: process.platform !== "win32",
    stdio: [input ? "pipe" : "ignore", into ?? "pipe", "pipe"],
    env: { ...withoutSecretVariables(process.env), NO_COLOR: "1", ...env },
  });
}

function splitLines(stream: NodeJS.ReadableStream | null, emit: (line: string) => void): void {
  let rest = "";
  stream?.setEncoding("utf8");
  stream?.on("data", (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? "";
    for (const part of parts) emit(stripVTControlCharacters(part));
  });
  stream?.on("end", () => {
    if (rest !== "") emit(stripVTControlCharacters(rest));
  });
}

function stopGroup(child: ChildProcess): void {
  signalGroup(child, "SIGTERM");
  const timer = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE_MS);
  timer.unref();
  child.once("close", () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  try {
    if (process.platform === "win32") child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}
