import { deleteCampaign, findCampaign } from "../pipelines/db/campaigns.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { command, memoryBudget } from "./command.ts";
import type { Place } from "./ground.ts";
import type { Side } from "./side.ts";
import { statement, withFile } from "./statement.ts";
import type { Work } from "./work.ts";

const SOURCE = "bench-source";

/** Storing a fleet out of a CSV of all its columns, against generating the same fleet: both as commands, process start included. */
export const imports: Work = {
  name: "import",
  help: "the command `npm run generate -- --from` a CSV, against the one that generates the same fleet",
  unit: "devices/s",
  comparisons: [
    {
      ...{ name: "ours", side: "ours", goal: 0.5 },
      limits: { generated: "npm run generate of the same fleet" },
    },
  ],
  budgets: [memoryBudget("ours")],
  async open(place) {
    await migrate(place.client);
    const size = ["--devices", String(place.devices)];
    const file = await writeFile(place, size);
    return [stored(place, "ours", ["--from", file]), stored(place, "generated", size)];
  },
};

/** Has the server write the fleet where it can surely write, and this machine read. */
async function writeFile(place: Place, size: readonly string[]): Promise<string> {
  const { client, atEnd } = place;
  const { rows } = await client.query<{ folder: string }>(statement("data_directory"));
  const file = `${rows[0]?.folder}/sentinel_bench_${process.pid}.csv`;
  await command(place, ["generate", ...size, "--campaign", SOURCE]);
  atEnd(() => client.query(withFile("empty_file", file)));
  await client.query(withFile("import_file", file));
  return file;
}

function stored(place: Place, name: string, options: readonly string[]): Side {
  const campaign = `bench-${name}`;
  let rssBytes = 0;
  return {
    name,
    async reset() {
      const found = await findCampaign(place.client, campaign);
      if (found) await deleteCampaign(place.client, found);
    },
    async work() {
      const { largest } = await command(place, ["generate", ...options, "--campaign", campaign]);
      rssBytes = largest;
      return place.devices;
    },
    inspect: async () => (rssBytes > 0 ? { rssBytes } : {}),
  };
}
