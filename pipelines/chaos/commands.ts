import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { identify, isLive, type ProcessId } from "../db/embedded/process.ts";
import { killGroup, programEnvironment } from "../db/embedded/program.ts";

/** How a command ended. */
export interface CommandEnd {
  /** Null where it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  /** Never rejects. */
  readonly ended: Promise<CommandEnd>;
  isOver(): boolean;
  /** SIGKILL to it and whatever it started. */
  kill(): void;
}

/** The commands of an experiment: real processes of this program, of which none outlives the signal. */
export class Commands {
  readonly #projectRoot: string;
  readonly #begun: { readonly name: string; readonly process: ProcessId; readonly command: RunningCommand }[] = [];

  constructor(projectRoot: string) {
    this.#projectRoot = projectRoot;
  }

  /** Starts a command on a database, of which its environment alone tells it. */
  begin([name = "", ...more]: readonly string[], url: string, signal: AbortSignal): RunningCommand {
    const child = spawn(process.execPath, ["pipelines/run.mjs", name, ...more], {
      cwd: this.#projectRoot,
      env: { ...programEnvironment(), NO_COLOR: "1", DATABASE_URL: url },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
      windowsHide: true,
    });
    const command = underSignal(child, signal);
    const identified = identify(child.pid ?? 0);
    if (identified) this.#begun.push({ name, process: identified, command });
    return command;
  }

  /** Kills those that still run, and waits for their end. */
  async end(): Promise<void> {
    for (const { command } of this.#begun) command.kill();
    await Promise.all(this.#begun.map(({ command }) => command.ended));
  }

  /** Those that still live, in words. */
  remains(): string[] {
    return this.#begun.filter(({ process: id }) => isLive(id)).map(({ name }) => `a command ${name}`);
  }
}

/** A process that the signal kills. */
function underSignal(child: ChildProcessByStdio<null, Readable, Readable>, signal: AbortSignal): RunningCommand {
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      said[stream] += text;
    });
  }
  let isOver = false;
  const kill = (): void => {
    if (!isOver) killGroup(child.pid);
  };
  signal.addEventListener("abort", kill, { once: true });
  const ended = new Promise<CommandEnd>((settle) => {
    const settled = (code: number | null): void => {
      isOver = true;
      signal.removeEventListener("abort", kill);
      settle({ code, ...said });
    };
    child.on("error", ({ message }) => {
      said.stderr += message;
      settled(null);
    });
    child.on("close", settled);
  });
  if (signal.aborted) kill();
  return { ended, isOver: () => isOver, kill };
}

/** A command that failed of itself, and not of a fault: then nothing can be said about any fault. */
export function commandFailed(name: string, { code, stderr }: CommandEnd): SentinelError {
  return new SentinelError({
    exitCode: Object.values(EXIT).find((known) => known === code) ?? EXIT.bug,
    cause: `${name} of the experiment failed, and no fault made it: ${stderr.trim()}`,
    remedy: "Nothing is left of the experiment. See that the command does its work by itself first.",
  });
}
