import type pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { createCampaign } from "./campaigns.ts";
import { bind, sql } from "./sql.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(() => database.drop());

/** Stores a fleet with a decision for every device, and has the planner learn of it. */
async function stored(client: pg.Client, name: string, devices: number): Promise<number> {
  const words = { profiles: [["EU", "m", "h", "1", "2"]], outcomes: [["1", "QUEUED", "E", "Partial", "Partial"]] };
  const { campaign_id: id } = await createCampaign(
    client,
    {
      ...{ name, title: name, owner: null, source: "generated", source_file: null, source_sha256: "00" },
      ...{ firmware_to: "2", seed: 1, device_count: devices, rejected_count: 0, batch_size: 500 },
      reported_columns: REPORT_COLUMNS,
    },
    { rejects: [], words },
  );
  await client.query(`
    INSERT INTO stored_report (bucket, campaign_id, device_no, profile_no, outcome_no, device_id)
    SELECT no % 1024, ${id}, no, 0, 0, 'D' || no FROM generate_series(0, ${devices - 1}) no;
    INSERT INTO decision SELECT no % 1024, ${id}, no, 1, 1, 0 FROM generate_series(0, ${devices - 1}) no`);
  for (const stage of ["generate", "recover"]) await client.query(bind(sql(`${stage}.analyze`), { campaign: id }));
  return id;
}

const LARGE = 400_000;
const SMALL = 2_000;

test("the statistics of a whole table are renewed when a tenth of it is new or gone, those of a campaign always", async () => {
  await session(database.url, async (client) => {
    const rowsOf = async (tables: readonly string[]): Promise<number[]> => {
      const { rows } = await client.query<{ rows: number }>(
        "SELECT coalesce(max(reltuples), -2) AS rows FROM unnest($1::text[]) WITH ORDINALITY t (name, no) LEFT JOIN pg_class c ON c.oid = to_regclass(name) GROUP BY no ORDER BY no",
        [tables],
      );
      // Of a large table they are estimated, from a sample.
      return rows.map(({ rows: count }) => (count > 0 ? 1_000 * Math.round(Number(count) / 1_000) : Number(count)));
    };
    const wholes = ["stored_report", "decision"];
    expect(await rowsOf(wholes)).toEqual([-1, -1]);
    const halved = await stored(client, "halved", LARGE);
    expect(await rowsOf(wholes)).toEqual([LARGE, LARGE]);
    const halves = wholes.flatMap((whole) => [`${whole}_${halved}_0`, `${whole}_${halved}_1`]);
    expect(await rowsOf(halves)).toEqual(Array(4).fill(LARGE / 2));
    const small = await stored(client, "small", SMALL);
    expect(await rowsOf(wholes.map((whole) => `${whole}_${small}`))).toEqual([SMALL, SMALL]);
    expect(await rowsOf(wholes)).toEqual([LARGE, LARGE]);
    await stored(client, "other", LARGE / 5);
    const all = LARGE + SMALL + LARGE / 5;
    expect(await rowsOf(wholes)).toEqual([all, all]);
    await client.query(bind(sql("partition.drop"), { campaign: halved }));
    await stored(client, "last", SMALL);
    expect(await rowsOf(wholes)).toEqual([all - LARGE + SMALL, all - LARGE + SMALL]);
  });
});

test("the planner knows what the columns hold that are joined by", async () => {
  await session(database.url, async (client) => {
    const small = await stored(client, "small", SMALL);
    const known = async (table: string): Promise<string[]> => {
      const { rows } = await client.query<{ attname: string }>(
        "SELECT attname FROM pg_stats WHERE tablename = $1 ORDER BY attname",
        [table],
      );
      return rows.map(({ attname }) => attname);
    };
    const joined = ["bucket", "campaign_id", "device_id", "device_no", "outcome_no", "profile_no"];
    expect(await known("stored_report")).toEqual(joined);
    expect(await known(`stored_report_${small}`)).toEqual(joined);
    for (const table of ["decision", `decision_${small}`])
      expect(await known(table)).toEqual(["batch_no", "bucket", "campaign_id", "device_no", "pass", "rule_no"]);
  });
});
