import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { begin, prepare, stage } from "../loaders/build.ts";
import { rowsOf, setVariable, writeDatabase } from "../loaders/engine.ts";
import { beginPull, type Pulled, pullDevices, pullSource, SOURCES } from "../loaders/pull.ts";
import { pullOthers } from "../loaders/pull-others.ts";
import { bind } from "../pipelines/db/sql.ts";
import { recoveredFleet } from "./crew.ts";
import type { Ground } from "./ground.ts";
import { LANES } from "./sessions.ts";
import type { Phase, Side } from "./side.ts";
import { statement, withFile } from "./statement.ts";
import type { Work } from "./work.ts";

const LIMITS = {
  limit: "server-side COPY TO a file and DuckDB's read_csv, one session",
  limit_uncompressed: "server-side COPY TO a file and DuckDB's read_csv into uncompressed columns, one session",
};
/** As in production; what DuckDB may use in the limit is of no account there. */
const OUR_MEMORY = "90MB";
const THEIR_MEMORY = "1GB";

/** Bringing the devices of a recovered fleet into DuckDB. */
export const pull: Work = {
  name: "pull",
  help: "bringing the devices into DuckDB, against the server's COPY TO a file and DuckDB's own reader",
  unit: "devices/s",
  comparisons: [
    { name: "ours", side: "ours", limits: LIMITS, goal: 1 },
    { name: "ours_one_session", side: "ours_one_session", limits: LIMITS },
  ],
  async open(place) {
    const ground = await recoveredFleet(place);
    const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-pull-"));
    ground.atEnd(async () => rmSync(folder, { recursive: true, force: true }));
    const { rows } = await ground.client.query<{ folder: string }>(statement("data_directory"));
    const file = `${rows[0]?.folder}/sentinel_bench_${process.pid}_device.copy`;
    ground.atEnd(() => ground.client.query(withFile("empty_file", file)));
    return [
      pulled(ground, folder, "ours", LANES),
      pulled(ground, folder, "ours_one_session", 1),
      copied(ground, folder, file, "limit"),
      copied(ground, folder, file, "limit_uncompressed"),
    ];
  },
};

/** What a refresh does for the devices; of the other sources, which are staged with them, it gets none but a few rows. */
function pulled({ target, campaign, reference }: Ground, home: string, name: string, sessions: number): Side {
  let clients: readonly pg.Client[] = [];
  let others: Pulled[] = [];
  const folder = join(home, name);
  const end = async (): Promise<void> => {
    await Promise.all(clients.map((client) => client.end()));
    clients = [];
  };
  const from = {
    id: campaign.campaign_id,
    name: campaign.name,
    devices: campaign.device_count,
    rules: campaign.rules,
    policy: undefined,
  };
  return {
    name,
    async reset() {
      await end();
      emptied(folder);
      clients = Array.from({ length: sessions }, () => new pg.Client(target.config));
      await Promise.all(clients.map((client) => client.connect()));
      others = await withoutRows(clients[0] as pg.Client, folder);
    },
    async work(phase) {
      phase("pull");
      let seen: string | undefined;
      for (const client of clients) seen = await beginPull(client, () => {}, seen);
      const places = clients.map((client) => ({ client, campaign: from, folder }));
      const devices = await pullDevices(places, () => {});
      phase("prepare");
      return inDuckDb(folder, OUR_MEMORY, "stg_device", async (db) => {
        const given = { policyName: "default", policy: reference.policy("default"), roi: reference.roi("default") };
        await begin(db);
        await prepare(db, { rules: reference.rules(campaign.rules), ...given });
        phase("stage");
        await stage([db], [devices, ...others]);
      });
    },
    async inspect() {
      await end();
      return {};
    },
    close: end,
  };
}

/** The sources but the devices, of a campaign that is not there. */
async function withoutRows(client: pg.Client, folder: string): Promise<Pulled[]> {
  const campaign = { id: 0, name: "", devices: 0, rules: "", policy: undefined };
  const place = { client, campaign, folder };
  const pulls: Pulled[] = [];
  for (const source of SOURCES.filter((one) => one !== "device")) pulls.push(await pullSource(place, source));
  return [...pulls, ...(await pullOthers(place))];
}

type LimitName = keyof typeof LIMITS;

/** The same rows by nobody's work but the two databases' own. */
function copied({ client, campaign }: Ground, home: string, file: string, name: LimitName): Side {
  const folder = join(home, name);
  return {
    name,
    reset: async () => emptied(folder),
    async work(phase: Phase) {
      phase("pull");
      await client.query(statement("pull_limit_settings"));
      await client.query(bind(withFile("pull_limit_copy", file), { campaign: campaign.campaign_id }));
      phase("stage");
      return inDuckDb(folder, THEIR_MEMORY, "bench_device", async (db) => {
        await setVariable(db, "device", file);
        await db.run(statement(`duckdb_${name}`));
      });
    },
  };
}

/** Has a table of devices made in a new file of DuckDB's. Returns how many it holds. */
function inDuckDb(
  folder: string,
  memoryLimit: string,
  table: string,
  make: (db: Parameters<Parameters<typeof writeDatabase>[2]>[0]) => Promise<void>,
): Promise<number> {
  const spill = join(folder, "spill");
  return writeDatabase(join(folder, "bench.duckdb"), { memoryLimit, spill }, async (db) => {
    await make(db);
    const [row] = await rowsOf(db, `SELECT count(*) AS devices FROM ${table}`);
    return Number(row?.devices);
  });
}

function emptied(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
}
