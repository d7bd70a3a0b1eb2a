import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import { deleteCampaign, findCampaign } from "../pipelines/db/campaigns.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { connectionUrl } from "../pipelines/db/url.ts";
import { type Figure, withinBudget } from "./figures.ts";
import type { Place } from "./ground.ts";
import { descendants, peakBytes } from "./proc.ts";
import type { Sample, Side } from "./side.ts";
import type { Work } from "./work.ts";

/** Seconds without validate, and with it, by devices. */
const SECONDS: Readonly<Record<number, number>> = { 10000: 0.8, 1000000: 3, 10000000: 30 };
const SECONDS_VALIDATED: Readonly<Record<number, number>> = { 10000000: 45 };
const MEGABYTES = 400;
const MEMORY_POLL_MS = 25;

/** The command itself, process start included, on a server that runs. */
export const pipeline: Work = {
  name: "pipeline",
  help: "the command `npm run pipeline -- --no-site` itself, process start included, on a warm server",
  unit: "devices/s",
  comparisons: [],
  budgets: [
    {
      ...{ name: "time", side: "ours", unit: "s", what: "at most, without validate" },
      of: withoutValidate,
      most: (devices) => SECONDS[devices],
    },
    {
      ...{ name: "time_validated", side: "ours", unit: "s", what: "at most, with validate" },
      of: ({ seconds }: Sample) => seconds,
      most: (devices) => SECONDS_VALIDATED[devices],
    },
    {
      ...{ name: "memory", side: "ours", unit: "MB", what: "at most, the largest Node process" },
      of: ({ rssBytes }: Sample) => rssBytes / 1e6,
      most: () => MEGABYTES,
    },
  ],
  async open(place) {
    await migrate(place.client);
    return [commanded(place)];
  },
};

function withoutValidate({ seconds, phases }: Sample): number {
  return seconds - (phases.validate ?? 0);
}

/** The size from which growth is counted. */
const GROWTH_FROM = 100_000;
const GROWTH_MOST = 1.15;

/** How much longer a device takes in the largest fleet than in one of 100,000 (or the smallest that was measured). */
export function growthOf(figures: readonly Figure[]): Figure[] {
  const times = figures.flatMap(({ name, value, runs }) => {
    const devices = /^pipeline\.ours\.time\.(\d+)$/.exec(name)?.[1];
    return devices === undefined || value === null ? [] : [{ devices: Number(devices), value, runs }];
  });
  const bySize = times.toSorted((a, b) => a.devices - b.devices);
  const from = bySize.find(({ devices }) => devices === GROWTH_FROM) ?? bySize[0];
  const to = bySize.at(-1);
  if (!from || !to || from.devices === to.devices) return [];
  const growth = to.value / to.devices / (from.value / from.devices);
  const most = from.devices === GROWTH_FROM ? GROWTH_MOST : undefined;
  const figure = { name: `pipeline.ours.growth.${to.devices}`, unit: "of linear", runs: to.runs };
  return [withinBudget(figure, growth, most, `at most, from ${from.devices} devices`)];
}

interface StageEnded {
  readonly event: string;
  readonly stage: string;
  readonly seconds: number;
  readonly warehouse?: string;
}

function commanded(place: Place): Side {
  const campaign = `bench-${process.pid}`;
  let phases: Record<string, number> = {};
  let rssBytes = 0;
  return {
    name: "ours",
    async reset() {
      const found = await findCampaign(place.client, campaign);
      if (found) await deleteCampaign(place.client, found);
    },
    async work() {
      const memory = { largest: 0 };
      const ended = await command(place, campaign, memory);
      phases = Object.fromEntries(ended.map(({ stage, seconds }) => [stage, seconds]));
      rssBytes = memory.largest;
      for (const { warehouse } of ended) if (warehouse) rmSync(warehouse, { force: true });
      return place.devices;
    },
    inspect: async () => ({ phases, ...(rssBytes > 0 ? { rssBytes } : {}) }),
  };
}

/** Runs the command to its end and returns what it said of its stages. */
async function command(place: Place, campaign: string, memory: { largest: number }): Promise<StageEnded[]> {
  const { devices, projectRoot, target, signal } = place;
  const program = join(projectRoot, "pipelines", "run.mjs");
  const args = [program, "pipeline", "--no-site", "--json", "--devices", String(devices), "--campaign", campaign];
  const env = { ...usual(), DATABASE_URL: connectionUrl(target) };
  const child = spawn(process.execPath, args, { env, signal, stdio: ["ignore", "pipe", "inherit"] });
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
    if (code !== EXIT.ok) throw failed(code, events);
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

function failed(code: unknown, events: readonly object[]): SentinelError {
  const { cause = "", remedy = "See what it says." } = (events.at(-1) ?? {}) as { cause?: string; remedy?: string };
  return new SentinelError({ exitCode: EXIT.bug, cause: `The pipeline ended with code ${code}. ${cause}`, remedy });
}
