import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type Ended, type Environment, start } from "./cli.ts";

const POLL_MS = 40;

/** How a command ended, and whose command line was seen meanwhile. */
export interface Watched extends Ended {
  /** Of processes that it started, while there is `/proc`. */
  readonly children: readonly string[];
  /** Whoever had the mark in its command line, the command itself left out. */
  readonly holders: readonly string[];
  /** Whether the command itself had it there. */
  readonly held: boolean;
}

/** Runs a command and looks at the command lines of all processes as long as it runs. */
export async function watched(
  words: readonly string[],
  env: Environment,
  mark: string,
  root: string,
): Promise<Watched> {
  const command = start(words, env, root);
  const own = command.process.pid ?? Number.NaN;
  const children = new Set<string>();
  const holders = new Set<string>();
  let held = false;
  const look = (): void => {
    const seen = processes();
    const ownLine = seen.get(own)?.line;
    for (const [pid, { line }] of seen) {
      // A process that has just been forked still has its parent's line.
      if (pid === own || line === ownLine) held ||= line.includes(mark);
      else {
        if (descends(pid, own, seen)) children.add(line);
        if (line.includes(mark)) holders.add(line);
      }
    }
  };
  const timer = setInterval(look, POLL_MS);
  const end = await command.ended.finally(() => clearInterval(timer));
  return { ...end, children: [...children], holders: [...holders], held };
}

type Processes = ReadonlyMap<number, { readonly parent: number; readonly line: string }>;

function processes(): Processes {
  const found = new Map<number, { parent: number; line: string }>();
  if (!existsSync("/proc/self/stat")) return found;
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      found.set(pid, { parent: Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]), line });
    } catch {
      // It has ended.
    }
  }
  return found;
}

function descends(pid: number, from: number, seen: Processes): boolean {
  for (let at = seen.get(pid)?.parent; at !== undefined && at > 1; at = seen.get(at)?.parent)
    if (at === from) return true;
  return false;
}
