import { withClient } from "../pipelines/db/connect.ts";
import { batchesInFlight, batchRows, roundTripMs } from "../pipelines/db/latency.ts";
import { Crew } from "./crew.ts";
import { breakGround, type Ground, generateTask, type Storing } from "./ground.ts";
import { slowLink } from "./proxy.ts";
import type { Side } from "./side.ts";
import type { Comparison, Work } from "./work.ts";

/** Milliseconds from a question to its answer; 0 is the server's own address. */
const ROUND_TRIPS = [0, 5, 50, 200];
const FIXED = 500;
/** Large enough to show, small enough for batches of 500 to go one at a time over the slowest link. */
const MOST_DEVICES = 100_000;

/** Storing a fleet over links of different latency, without its key. */
export const link: Work = {
  name: "link",
  help: `storing a fleet (at most ${MOST_DEVICES} devices) over links of ${ROUND_TRIPS.join(", ")} ms: adaptive batches against fixed ones`,
  unit: "devices/s",
  comparisons: ROUND_TRIPS.flatMap((ms): Comparison[] => [
    {
      ...{ name: `adaptive_to_single_${ms}ms`, side: `adaptive_${ms}ms` },
      limits: { [`single_${ms}ms`]: `batches of ${FIXED}, one at a time a worker, over ${ms} ms` },
    },
    {
      ...{ name: `adaptive_to_pipelined_${ms}ms`, side: `adaptive_${ms}ms` },
      limits: { [`pipelined_${ms}ms`]: `batches of ${FIXED}, as many under way, over ${ms} ms` },
    },
  ]),
  sizes: (asked) => [Math.min(MOST_DEVICES, Math.max(...asked))],
  async open(place) {
    const ground = await breakGround(place);
    const sides: Side[] = [];
    for (const ms of ROUND_TRIPS) {
      const slow = ms > 0 ? await slowLink(ground.target, ms) : undefined;
      if (slow) ground.atEnd(slow.close);
      const target = slow?.target ?? ground.target;
      const found = await withClient(target, roundTripMs);
      const crew = new Crew(ground, undefined, target);
      const inFlight = batchesInFlight(found);
      const adaptive = { batchSize: batchRows(found, ground.devices), inFlight };
      sides.push(
        over(ground, crew, `adaptive_${ms}ms`, adaptive, found),
        over(ground, crew, `pipelined_${ms}ms`, { batchSize: FIXED, inFlight }, found),
        over(ground, crew, `single_${ms}ms`, { batchSize: FIXED, inFlight: 1 }, found),
      );
    }
    return sides;
  },
};

function over(ground: Ground, crew: Crew, name: string, storing: Required<Storing>, linkMs: number): Side {
  const facts = {
    round_trip: { value: linkMs, unit: "ms" },
    batch_rows: { value: storing.batchSize, unit: "devices" },
    in_flight: { value: storing.inFlight, unit: "batches" },
  };
  return {
    name,
    async reset() {
      await crew.ready();
      await crew.forget("generate");
    },
    work: () => crew.run(generateTask(ground, storing)),
    inspect: async () => ({ ...(await crew.notes("generate")), facts }),
  };
}
