import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import { connectionUrl } from "../pipelines/db/url.ts";
import type { Place } from "./ground.ts";
import { descendants, peakBytes } from "./proc.ts";
import type { Sample } from "./side.ts";
import type { Budget } from "./work.ts";

const MEGABYTES = 400;
const MEMORY_POLL_MS = 25;

/** What the largest Node process of a command may hold. */
export function memoryBudget(side: string): Budget {
  return {
    ...{ name: "memory", side, unit: "MB", what: "at most, the largest Node process" },
    of: ({ rssBytes }: Sample) => rssBytes / 1e6,
    most: () => MEGABYTES,
  };
}

interface StageEnded {
  readonly event: string;
  readonly stage: string;
  readonly seconds: number;
  readonly warehouse?: string;
}

/** Runs a command of the program to its end; returns what it said of its stages, and the bytes of its largest process. */
export async function command(
  { projectRoot, target, signal }: Pick<Place, "projectRoot" | "target" | "signal">,
  words: readonly string[],
): Promise<{ ended: StageEnded[]; largest: number }> {
  const args = [join(projectRoot, "pipelines", "run.mjs"), ...words, "--json"];
  const env = { ...usual(), DATABASE_URL: connectionUrl(target) };
  const child = spawn(process.execPath, args, { env, signal, stdio: ["ignore", "pipe", "inherit"] });
  let largest = 0;
  const timer = setInterval(() => {
    const family = [child.pid ?? 0, ...descendants(child.pid ?? 0)];
    largest = Math.max(largest, ...family.map((pid) => peakBytes(pid) ?? 0));
  }, MEMORY_POLL_MS);
  const events: StageEnded[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) events.push(JSON.parse(line));
  });
  try {
    const [code] = await once(child, "close");
    if (code !== EXIT.ok) throw failed(words[0], code, events);
  } finally {
    clearInterval(timer);
  }
  return { ended: events.filter(({ event }) => event === "stage_ended"), largest };
}

/** The environment without what else would decide how the command runs. */
function usual(): NodeJS.ProcessEnv {
  const other = /^(SENTINEL_|PG|DB_|DATABASE_URL$|NODE_OPTIONS$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !other.test(name)));
}

function failed(name = "", code: unknown, events: readonly object[]): SentinelError {
  const { cause = "", remedy = "See what it says." } = (events.at(-1) ?? {}) as { cause?: string; remedy?: string };
  return new SentinelError({
    exitCode: EXIT.bug,
    cause: `The ${name} command ended with code ${code}. ${cause}`,
    remedy,
  });
}
