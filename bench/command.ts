import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import { connectionUrl } from "../pipelines/db/url.ts";
import type { Place } from "./ground.ts";
import { descendants, peakBytes } from "./proc.ts";

const MEMORY_POLL_MS = 25;

export interface StageEnded {
  readonly event: string;
  readonly stage: string;
  readonly seconds: number;
  readonly warehouse?: string;
}

/**
 * Runs a command of ours to its end and returns what it said of its stages.
 * @param memory learns the bytes of the largest of its Node processes.
 * @throws SentinelError where it fails.
 */
export async function command(place: Place, args: readonly string[], memory = { largest: 0 }): Promise<StageEnded[]> {
  const { projectRoot, target, signal } = place;
  const program = join(projectRoot, "pipelines", "run.mjs");
  const env = { ...usual(), DATABASE_URL: connectionUrl(target) };
  const child = spawn(process.execPath, [program, ...args, "--json"], {
    env,
    signal,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const timer = setInterval(() => {
    const family = [child.pid ?? 0, ...descendants(child.pid ?? 0)];
    memory.largest = Math.max(memory.largest, ...family.map((pid) => peakBytes(pid) ?? 0));
  }, MEMORY_POLL_MS);
  const events: StageEnded[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) events.push(JSON.parse(line));
  });
  try {
    const [code] = await once(child, "close");
    if (code !== EXIT.ok) throw failed(args, code, events);
  } finally {
    clearInterval(timer);
  }
  return events.filter(({ event }) => event === "stage_ended");
}

/** The environment without what else would decide how the command runs. */
function usual(): NodeJS.ProcessEnv {
  const other = /^(SENTINEL_|PG|DB_|DATABASE_URL$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !other.test(name)));
}

function failed(args: readonly string[], code: unknown, events: readonly object[]): SentinelError {
  const { cause = "", remedy = "See what it says." } = (events.at(-1) ?? {}) as { cause?: string; remedy?: string };
  return new SentinelError({
    exitCode: EXIT.bug,
    cause: `The command ${args[0]} ended with code ${code}. ${cause}`,
    remedy,
  });
}
