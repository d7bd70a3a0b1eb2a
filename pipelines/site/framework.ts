import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { stripVTControlCharacters } from "node:util";

/** What one run of the Framework command needs from outside. */
export interface FrameworkRun {
  readonly projectRoot: string;
  readonly args: readonly string[];
  /** DuckDB file that the doors in `src/data` read. */
  readonly warehouse: string;
  /** Folder that the pages are written to. */
  readonly output?: string;
  readonly signal?: AbortSignal | undefined;
  /** Receives every line that the command prints, without colours. */
  readonly line?: (line: string) => void;
}

/** How a run ended, and what it and the loaders that it started said. */
export interface FrameworkResult {
  readonly code: number;
  readonly output: readonly string[];
  readonly errors: readonly string[];
}

/** Time that the command has to stop by itself once it was asked to. */
const GRACE_MS = 2000;

/** Megabytes. Without a limit V8 lets the garbage of a build grow to 340 MB of resident memory; with this one it stays at 240. */
const HEAP_MB = 200;

/** Runs Framework's own command in the project. Resolves with its exit code and what it printed; never rejects for a failure. */
export async function runFramework(run: FrameworkRun): Promise<FrameworkResult> {
  run.signal?.throwIfAborted();
  const child = start(run);
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

function start(run: FrameworkRun): ChildProcess {
  const command = join(frameworkFolder(run.projectRoot), "dist", "bin", "observable.js");
  return spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, command, ...run.args], {
    cwd: run.projectRoot,
    // A group of its own, so that stopping it also stops the loader that it started.
    detached: process.platform !== "win32",
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      NO_COLOR: "1",
      OBSERVABLE_TELEMETRY_DISABLE: "true",
      SENTINEL_WAREHOUSE: run.warehouse,
      ...(run.output === undefined ? {} : { SENTINEL_SITE_OUT: run.output }),
    },
  });
}

function frameworkFolder(projectRoot: string): string {
  const require = createRequire(join(projectRoot, "package.json"));
  for (const folder of require.resolve.paths("@observablehq/framework") ?? []) {
    try {
      return dirname(require.resolve(join(folder, "@observablehq", "framework", "package.json")));
    } catch {
      // Not in this node_modules; try the next one up.
    }
  }
  throw new Error("@observablehq/framework is not installed");
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
