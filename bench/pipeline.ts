import { rmSync } from "node:fs";
import { deleteCampaign, findCampaign } from "../pipelines/db/campaigns.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { command, memoryBudget } from "./command.ts";
import { type Figure, withinBudget } from "./figures.ts";
import type { Place } from "./ground.ts";
import type { Sample, Side } from "./side.ts";
import type { Work } from "./work.ts";

/** Seconds without validate, and with it, by devices. */
const SECONDS: Readonly<Record<number, number>> = { 10000: 0.8, 1000000: 3, 10000000: 30 };
const SECONDS_VALIDATED: Readonly<Record<number, number>> = { 10000000: 45 };

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
    memoryBudget("ours"),
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
      const options = ["--no-site", "--devices", String(place.devices), "--campaign", campaign];
      const { ended, largest } = await command(place, ["pipeline", ...options]);
      phases = Object.fromEntries(ended.map(({ stage, seconds }) => [stage, seconds]));
      rssBytes = largest;
      for (const { warehouse } of ended) if (warehouse) rmSync(warehouse, { force: true });
      return place.devices;
    },
    inspect: async () => ({ phases, ...(rssBytes > 0 ? { rssBytes } : {}) }),
  };
}
