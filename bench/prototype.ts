import { once as event } from "node:events";
import { Worker } from "node:worker_threads";
import type { Ground } from "./ground.ts";
import type { PrototypeShare } from "./prototype-worker.ts";
import { LANES } from "./sessions.ts";
import type { Side } from "./side.ts";
import { statement } from "./statement.ts";

/** Devices of the sample, where the fleet has more Partial ones. */
const SAMPLE = 10_000;

/** One UPDATE a device, each a transaction of its own, from as many threads as ours has. */
export function prototype({ target, client }: Ground): Side {
  let workers: readonly Worker[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
    workers = [];
  };
  return {
    name: "prototype",
    close,
    async reset() {
      await close();
      await client.query(statement("prototype_reset"));
      await client.query(statement("prototype_ready"));
      workers = Array.from({ length: LANES }, (_, lane) => {
        const workerData: PrototypeShare = { target, lane, lanes: LANES, devices: SAMPLE / LANES };
        return new Worker(new URL("./prototype-entry.mjs", import.meta.url), { workerData });
      });
      await Promise.all(workers.map((worker) => event(worker, "message")));
    },
    async work() {
      const ends = workers.map((worker) => event(worker, "message"));
      for (const worker of workers) worker.postMessage("go");
      const counts: number[] = (await Promise.all(ends)).flat();
      return counts.reduce((sum, devices) => sum + devices, 0);
    },
  };
}
