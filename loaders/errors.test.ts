import { expect, test } from "vitest";
import type { Catalogue } from "../pipelines/domain/catalogue.ts";
import { readMart } from "./mart.ts";
import { campaign, report } from "./testing/campaign.ts";
import { emptyTrial, type Trial, trialOf } from "./testing/warehouse.ts";

type Row = Record<string, unknown>;

const CATALOGUE: Catalogue = {
  errors: [
    {
      ...{ errorCode: "connection_lost", stage: "DOWNLOADING", meaning: "Connection was lost" },
      ...{ source: "LwM2M object 5 result 4", lookAt: "link" },
    },
    {
      ...{ errorCode: "connection_lost", stage: "INSTALLING", meaning: "The device fell silent" },
      ...{ source: "LwM2M object 5 result 4", lookAt: "device" },
    },
    {
      ...{ errorCode: "low_battery", stage: "INSTALLING", meaning: "Battery too low" },
      ...{ source: "field practice", lookAt: "device" },
    },
  ],
  regions: [
    { region: "South", latitude: -30, longitude: 25, countries: ["710", "072"] },
    { region: "Elsewhere", latitude: 1, longitude: 2, countries: [] },
  ],
};

const of = (rows: readonly Row[], names: readonly string[]): Row[] =>
  rows.map((row) => Object.fromEntries(names.map((name) => [name, row[name]])));

async function asked({ client }: Trial, question: string): Promise<Row[]> {
  return (await client.query(question)).rows;
}

const CELLS = (key: string): string => `
  WITH fleet AS (
    SELECT ${key} AS name, coalesce(error_code, '') AS error_code, count(*)::int AS n FROM ota_logs GROUP BY 1, 2
  ), total AS (
    SELECT name, sum(n)::int AS devices FROM fleet GROUP BY name
  )
  SELECT t.name, c.code AS error_code, t.devices, coalesce(f.n, 0) AS failures, coalesce(f.n, 0)::float8 / t.devices AS rate,
    (SELECT sum(o.n) FROM fleet o WHERE o.name <> t.name AND o.error_code = c.code)::float8
      / (SELECT sum(o.devices) FROM total o WHERE o.name <> t.name) AS rest_rate
  FROM total t CROSS JOIN unnest(ARRAY['connection_lost', 'low_battery', 'flash']) AS c (code)
  LEFT JOIN fleet f ON f.name = t.name AND f.error_code = c.code
  ORDER BY t.name COLLATE "C", c.code COLLATE "C"`;

test("errors crossed with models, versions and regions equal what PostgreSQL counts", async () => {
  const trial = await trialOf(3000);
  const { path } = await trial.refresh();
  const rows = await readMart(path, "error_group_failure");
  const sorted = (scope: string): Row[] =>
    of(
      rows
        .filter((row) => row.scope === scope)
        .sort((a, b) => `${a.name} ${a.error_code}`.localeCompare(`${b.name} ${b.error_code}`, "en")),
      ["name", "error_code", "devices", "failures", "rate", "rest_rate"],
    );
  expect(sorted("model")).toEqual(await asked(trial, CELLS("model")));
  expect(sorted("firmware")).toEqual(await asked(trial, CELLS("firmware_from")));
  expect(sorted("region")).toEqual(await asked(trial, CELLS("region")));
  expect(of(await readMart(path, "error_stage"), ["error_code", "stage", "failures"])).toEqual(
    await asked(
      trial,
      `SELECT error_code, last_stage AS stage, count(*)::int AS failures FROM ota_logs WHERE reported_status = 'Partial' GROUP BY 1, 2
       ORDER BY array_position(ARRAY['QUEUED', 'DOWNLOADING', 'INSTALLING', 'REBOOTING'], last_stage), failures DESC, error_code`,
    ),
  );
});

test("a model of one region is held against the same model elsewhere", async () => {
  const trial = await trialOf(6000);
  const { path } = await trial.refresh();
  const rows = await readMart(path, "region_group_failure");
  expect(
    of(
      rows.filter(({ scope }) => scope === "firmware"),
      ["region", "name", "devices", "failures", "elsewhere_devices", "elsewhere_rate"],
    ),
  ).toEqual(
    await asked(
      trial,
      `WITH cell AS (
         SELECT region, firmware_from AS name, count(*)::int AS devices, count(*) FILTER (WHERE reported_status = 'Partial')::int AS failures
         FROM ota_logs GROUP BY 1, 2
       )
       SELECT c.region, c.name, c.devices, c.failures, sum(o.devices)::int AS elsewhere_devices,
         sum(o.failures)::float8 / sum(o.devices) AS elsewhere_rate
       FROM cell c JOIN cell o ON o.name = c.name AND o.region <> c.region
       GROUP BY 1, 2, 3, 4 ORDER BY c.region COLLATE "C", c.name COLLATE "C"`,
    ),
  );
  for (const row of rows) expect(row.verdict === "worse").toBe(row.region === "South");
});

test("models and versions that do not differ are not told apart, and each is held against the rest", async () => {
  const { refresh } = await trialOf(6000);
  const { path } = await refresh();
  const rows = await readMart(path, "group_failure");
  expect(rows.map(({ scope }) => scope)).toEqual(["model", "model", "firmware", "firmware", "firmware"]);
  expect(new Set(rows.map(({ verdict }) => verdict))).toEqual(new Set(["no detectable difference"]));
  const [first, second] = rows;
  expect(first?.rest_rate).toBe(second?.rate);
  expect(first?.difference).toBe(Number(first?.rate) - Number(second?.rate));
});

test("a region's distance from the rest has an interval that its verdict agrees with", async () => {
  const { refresh } = await trialOf(6000);
  const { path } = await refresh();
  for (const row of await readMart(path, "region_failure")) {
    expect(row.gap).toBe(Number(row.rate) - Number(row.rest_rate));
    expect(Number(row.gap_low)).toBeLessThan(Number(row.gap));
    expect(Number(row.gap_high)).toBeGreaterThan(Number(row.gap));
    if (row.verdict === "worse") expect(Number(row.gap_low)).toBeGreaterThan(0);
  }
});

test("a code means what the reference says of the stage, else of the code; one that it lacks means nothing", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "meanings", ["last_stage", "error_code"]);
  const failed = [
    ["connection_lost", "DOWNLOADING"],
    ["connection_lost", "INSTALLING"],
    ["connection_lost", "INSTALLING"],
    ["low_battery", "REBOOTING"],
    ["strange", "REBOOTING"],
    [null, null],
  ] as const;
  for (const [no, [error, stage]] of failed.entries())
    await report(trial, `DEV-${no}`, { region: "South", error, stage, status: "Partial" });
  const { path } = await trial.refresh({ catalogue: CATALOGUE });
  const said = ["error_code", "stage", "failures", "meaning", "look_at"];
  expect((await readMart(path, "error_stage")).map((row) => said.map((name) => row[name]))).toEqual([
    ["connection_lost", "DOWNLOADING", 1, "Connection was lost", "link"],
    ["connection_lost", "INSTALLING", 2, "The device fell silent", "device"],
    ["low_battery", "REBOOTING", 1, "Battery too low", "device"],
    ["strange", "REBOOTING", 1, null, null],
    ["(none)", null, 1, null, null],
  ]);
  const [first, ...others] = await readMart(path, "error_pareto");
  expect(first).toMatchObject({
    ...{ error_code: "connection_lost", share: 0.5, cumulative_share: 0.5, source: "LwM2M object 5 result 4" },
    ...{ meaning: "The device fell silent; Connection was lost", look_at: "device, link" },
  });
  expect(others.map(({ meaning }) => meaning)).toEqual([null, "Battery too low", null]);
  expect(await readMart(path, "region_place")).toEqual([
    { region: "South", latitude: -30, longitude: 25, countries: "710 072" },
  ]);
});

test("with other meanings it is another snapshot", async () => {
  const { refresh } = await trialOf(100);
  const bare = await refresh();
  const told = await refresh({ catalogue: CATALOGUE });
  expect(told.id).not.toBe(bare.id);
});

test("of very many codes, models and regions the most frequent stand for themselves, and none is lost", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "many", ["region", "model", "error_code"]);
  for (let no = 0; no < 40; no += 1) {
    const name = String(no % 20).padStart(2, "0");
    await report(trial, `DEV-${no}`, { region: name, model: name, error: name, status: "Partial" });
  }
  const { path } = await trial.refresh();
  const cells = await readMart(path, "error_group_failure");
  const models = cells.filter(({ scope }) => scope === "model");
  expect(models).toHaveLength(16 * 16);
  expect(models.filter(({ name, error_code }) => name === "(other)" && error_code === "(other)")).toMatchObject([
    { devices: 10, failures: 10 },
  ]);
  expect(new Set((await readMart(path, "region_group_failure")).map(({ region }) => region)).size).toBe(16);
});
