import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { dirname } from "node:path";
import { databaseError, OWN_SERVER } from "./failure.ts";
import type { Seat } from "./home.ts";

const PASSED_ON = ["PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SystemRoot", "TEMP", "TMP", "ComSpec", "USERPROFILE"];

/** What PostgreSQL's programs get to see: none of the user's PG* variables, and nobody's secrets. */
export function programEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = { LC_ALL: "C", TZ: "UTC" };
  for (const name of PASSED_ON) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment;
}

/** Starts a program as the server's: its account, its folder, a session of its own that Ctrl-C doesn't reach. */
export function spawnProgram(seat: Seat, file: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
  const common = { cwd: dirname(seat.data), env: programEnvironment(), detached: true, windowsHide: true, stdio };
  try {
    return spawn(file, args, { ...seat.account, ...common });
  } catch (error) {
    if (!seat.account || (error as NodeJS.ErrnoException).code !== "EPERM") throw error;
    throw databaseError(
      "PostgreSQL refuses to run as root, and this root may not become another user (no CAP_SETUID).",
      `Run the command as an ordinary user, ${OWN_SERVER}.`,
      undefined,
      error,
    );
  }
}

export interface Outcome {
  /** Exit code; null when it was killed or could not be started. */
  readonly code: number | null;
  readonly output: string;
}

/** Runs one of PostgreSQL's programs to its end. The signal kills it, and what it started. */
export async function runProgram(
  seat: Seat,
  file: string,
  args: readonly string[],
  options: { input?: string; signal?: AbortSignal | undefined } = {},
): Promise<Outcome> {
  const child = spawnProgram(seat, file, args, "pipe");
  return new Promise((settle) => {
    let output = "";
    const collect = (chunk: Buffer) => {
      output += chunk.toString();
    };
    const kill = () => killGroup(child.pid);
    const finish = (code: number | null) => {
      options.signal?.removeEventListener("abort", kill);
      settle({ code, output });
    };
    child.stdout?.on("data", collect);
    child.stderr?.on("data", collect);
    child.stdin?.on("error", () => {});
    child.on("error", (error) => {
      output += `${error.message}\n`;
      finish(null);
    });
    child.on("close", finish);
    options.signal?.addEventListener("abort", kill, { once: true });
    child.stdin?.end(options.input ?? "");
  });
}

/** SIGKILL to a process that was started detached, and to all that it started. */
export function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // Gone already.
  }
}
