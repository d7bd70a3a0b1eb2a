import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { recoveredFleet } from "./crew.ts";
import type { Ground } from "./ground.ts";
import type { RefreshCost, RefreshOrder } from "./marts-child.ts";
import type { Sample, Side } from "./side.ts";
import type { Work } from "./work.ts";

const SECONDS: Readonly<Record<number, number>> = { 10000000: 5 };
const MEGABYTES: Readonly<Record<number, number>> = { 10000000: 1_000 };

/** A refresh of the warehouse by a process of its own, part by part. */
export const marts: Work = {
  name: "marts",
  help: "refreshing the warehouse of a recovered fleet: pull, staging, all marts and their checks",
  unit: "devices/s",
  comparisons: [],
  budgets: [
    {
      ...{ name: "marts_time", side: "ours", unit: "s", what: "at most, for all marts" },
      of: ({ phases }: Sample) => phases.marts ?? Number.NaN,
      most: (devices) => SECONDS[devices],
    },
    {
      ...{ name: "memory", side: "ours", unit: "MB", what: "at most, the process that makes them" },
      of: ({ rssBytes }: Sample) => rssBytes / 1e6,
      most: (devices) => MEGABYTES[devices],
    },
  ],
  async open(place) {
    const ground = await recoveredFleet(place);
    const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-marts-"));
    ground.atEnd(async () => rmSync(folder, { recursive: true, force: true }));
    return [refreshed(ground, join(folder, "home"))];
  },
};

function refreshed({ target, campaign, devices, projectRoot, signal }: Ground, home: string): Side {
  let cost: RefreshCost | undefined;
  return {
    name: "ours",
    async reset() {
      rmSync(home, { recursive: true, force: true });
      mkdirSync(home);
    },
    async work() {
      const child = fork(fileURLToPath(new URL("./marts-child.ts", import.meta.url)), {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
        signal,
      });
      const order: RefreshOrder = {
        connection: target.config,
        campaign: campaign.name,
        home,
        projectRoot,
      };
      cost = undefined;
      child.on("message", (message: RefreshCost) => {
        cost = message;
      });
      child.send(order);
      const [code] = await once(child, "exit");
      if (!cost) throw new Error(`the process that refreshes the warehouse ended with code ${code}`);
      return devices;
    },
    inspect: async () => cost ?? {},
  };
}
