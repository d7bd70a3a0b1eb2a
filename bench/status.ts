import { recoveredFleet } from "./crew.ts";
import type { Ground } from "./ground.ts";
import type { Side } from "./side.ts";
import { statement } from "./statement.ts";
import type { Work } from "./work.ts";

/** Questions of one measurement: a single one is over too soon. */
const TIMES = 5;

/** The question that the public contract names, of a recovered fleet. */
export const status: Work = {
  name: "status",
  help: "counting devices by status over ota_logs, against a plain table that holds the status",
  unit: "devices/s",
  comparisons: [
    {
      name: "ours",
      side: "ours",
      limits: { limit: "the same over a plain table that holds all of ota_logs" },
      goal: 0.3,
    },
    {
      name: "ours_to_narrow",
      side: "ours",
      limits: { limit_narrow: "the same over a table as narrow as ours with the status" },
    },
  ],
  async open(place) {
    const ground = await recoveredFleet(place);
    await ground.client.query(statement("status_tables"));
    return [counted(ground, "ours"), counted(ground, "limit"), counted(ground, "limit_narrow")];
  },
};

function counted({ client }: Ground, name: "ours" | "limit" | "limit_narrow"): Side {
  const question = statement(`status_${name}`);
  return {
    name,
    async reset() {},
    async work() {
      let devices = 0;
      for (let no = 0; no < TIMES; no++) {
        const { rows } = await client.query<{ count: string }>(question);
        devices += rows.reduce((sum, { count }) => sum + Number(count), 0);
      }
      return devices;
    },
  };
}
