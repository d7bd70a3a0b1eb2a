import { bytesOf, Crew } from "./crew.ts";
import { breakGround, type Ground } from "./ground.ts";
import type { Side } from "./side.ts";
import { statement } from "./statement.ts";
import type { Work } from "./work.ts";

/** Striking 1.5 % of a stored fleet, each fault with its entry in the ledger, against changing as many rows and no more. */
export const corrupt: Work = {
  name: "corrupt",
  help: "injecting faults into 1.5 % of a fleet, against one bare UPDATE of as many rows",
  unit: "faults/s",
  comparisons: [
    {
      name: "ours",
      side: "ours",
      limits: { limit: "one bare UPDATE of as many rows, chosen by a hash of device_id" },
      goal: 0.8,
    },
  ],
  async open(place) {
    const ground = await breakGround(place);
    const crew = new Crew(ground);
    await crew.generate(() => {});
    await ground.client.query(statement("corrupt_limit_table"));
    return [struck(crew), updated(ground)];
  },
};

function struck(crew: Crew): Side {
  return {
    name: "ours",
    async reset() {
      await crew.forget("corrupt");
      await crew.forget("generate");
      await crew.generate(() => {});
    },
    work: () => crew.corrupt(),
    inspect: () => crew.notes("corrupt"),
  };
}

function updated({ client }: Ground): Side {
  return {
    name: "limit",
    async reset() {
      await client.query(statement("corrupt_limit_reset"));
    },
    async work() {
      const { rowCount } = await client.query(statement("corrupt_limit_update"));
      return rowCount ?? 0;
    },
    inspect: async () => ({ diskBytes: await bytesOf({ client }, ["bench_corrupt"]) }),
  };
}
