import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMart } from "../loaders/mart.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { forge, rewrite, type Shelf, shelf } from "./support/archives.ts";
import { digestIn, done, PROJECT, type Said, stages } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { digestOf, everyRow, query } from "./support/fleet.ts";
import { type Folder, folder, type ImportRow } from "./support/import-files.ts";

/** What was to be installed, what the device reports, and whether that contradicts a success. */
const VERSIONS: readonly (readonly [to: string | null, reported: string | null, contradicts: boolean])[] = [
  ["2.4.0", "2.4.0", false],
  ["2.4.0", "2.3.1", true],
  ["2.4.0", " V2.4.0 ", false],
  ["2.4.0-rc1", "2.4.0-RC1", false],
  ["2.4.0-rc1", "2.4.0", true],
  ["2.4.0", null, false],
  ["2.4.0", "   ", false],
  [null, "2.3.1", false],
];
const ROUNDS = 40;
const BATTERIES = ["12.9", "12.1", "UNKNOWN"];
const of = (no: number) => VERSIONS[no % VERSIONS.length] as (typeof VERSIONS)[number];
const ROWS: readonly ImportRow[] = Array.from({ length: VERSIONS.length * ROUNDS }, (_, no) => ({
  ...{ device_id: `D${String(no).padStart(4, "0")}`, region: no % 3 === 0 ? "India" : "Europe" },
  ...{ firmware_to: of(no)[0], firmware_reported: of(no)[1], last_stage: no % 5 === 0 ? null : "SUCCEEDED" },
  ...{ battery_voltage: BATTERIES[no % 3] ?? null, signal_strength: "70" },
  update_status: no % 10 === 0 ? "Partial" : "Success",
}));
/** Devices that reported success and another version. */
const CONTRADICTED = ROWS.flatMap(({ device_id, update_status }, no) =>
  update_status === "Success" && of(no)[2] ? [String(device_id)] : [],
);

let files: Folder;
let archives: Shelf;
let csv: string;
const keep = keptDatabases();
beforeAll(async () => {
  files = folder();
  archives = shelf();
  csv = await files.rows("fleet", "csv", ROWS);
});
afterAll(() => {
  files.remove();
  archives.remove();
});

const database = async (): Promise<string> => keep(await freshDatabase()).url;
const notes = ({ events }: Said): string =>
  events.flatMap(({ event, text }) => (event === "note" ? [String(text)] : [])).join("\n");
const statusesOf = (url: string) =>
  query<{ device_id: string; update_status: string }>(
    url,
    "SELECT device_id, update_status FROM ota_logs WHERE reported_status = 'Success' AND update_status <> 'Success' ORDER BY 1",
  );
const counted = async (url: string) =>
  query(url, "SELECT update_status, count(*)::int AS devices FROM ota_logs GROUP BY 1 ORDER BY 1");

async function martsOf(url: string) {
  const inputs = martInputs(reference(PROJECT));
  const snapshot = await refreshWarehouse({ connection: { connectionString: url }, home: archives.place(), ...inputs });
  return (name: string) => readMart(snapshot.path, name);
}

describe("a success that the reported version contradicts", () => {
  test("is Partial until recovery decides it, and what the device reported stays as it came", async () => {
    const url = await database();
    const said = await done("generate", url, { from: csv, batchSize: 50 });
    expect(notes(said)).toContain(`${CONTRADICTED.length} devices reported success but another version`);
    expect(await statusesOf(url)).toEqual(CONTRADICTED.map((device_id) => ({ device_id, update_status: "Partial" })));
    const reported = await query(
      url,
      "SELECT device_id, firmware_to, firmware_reported, update_status FROM device_report ORDER BY 1",
    );
    expect(reported).toEqual(
      ROWS.map(({ device_id, firmware_to, firmware_reported, update_status }) => ({
        ...{ device_id, firmware_to, firmware_reported, update_status },
      })),
    );
    const preview = await done("recover", url, { dryRun: true });
    const partial = ROWS.filter(({ update_status }) => update_status === "Partial").length + CONTRADICTED.length;
    expect(await counted(url)).toEqual([
      { update_status: "Partial", devices: partial },
      { update_status: "Success", devices: ROWS.length - partial },
    ]);
    expect(JSON.stringify(preview.events)).toContain(`${partial} `);
    await done("recover", url);
    await done("validate", url);
    const after = new Map((await statusesOf(url)).map(({ device_id, update_status }) => [device_id, update_status]));
    expect([...after.keys()]).toEqual(CONTRADICTED);
    for (const [id, status] of after)
      expect([id, status]).toEqual([id, Number(id.slice(1)) % 3 === 2 ? "Quarantined" : "Recovered"]);
    expect(await counted(url)).not.toContainEqual(expect.objectContaining({ update_status: "Partial" }));
  });

  test("fails in every mart, and people are told how many there are", async () => {
    const url = await database();
    await stages(url, { from: csv });
    const mart = await martsOf(url);
    const failed = ROWS.filter(({ update_status }) => update_status === "Partial").length + CONTRADICTED.length;
    const [summary] = await mart("campaign_summary");
    expect(summary).toMatchObject({ contradicted: CONTRADICTED.length, failed, success: ROWS.length - failed });
    const sum = async (name: string, column: string) =>
      (await mart(name)).reduce((total, row) => total + Number(row[column]), 0);
    expect(await sum("region_failure", "failures")).toBe(failed);
    expect(await sum("error_pareto", "failures")).toBe(failed);
    expect(await sum("recovery_action_summary", "devices")).toBe(failed);
    // None of them says where it stopped.
    const queued = (await mart("region_stage_failure")).filter(({ stage }) => stage === "QUEUED");
    expect(queued.reduce((total, { unknown }) => total + Number(unknown), 0)).toBe(failed);
    expect(queued.reduce((total, row) => total + Number(row.at_risk), 0)).toBe(ROWS.length - failed);
  });

  test("of a vendor's format goes through every stage", async () => {
    const row = (no: number, state: string, current: string) =>
      `${JSON.stringify({ deviceName: `T${no}`, fw_state: state, current_fw_version: current, target_fw_version: "v2.0" })}\n`;
    const from = files.file(
      "things.ndjson",
      [row(1, "UPDATED", "2.0"), row(2, "UPDATED", "1.0"), row(3, "FAILED", "1.0")].join(""),
    );
    const url = await database();
    expect(notes(await stages(url, { from }))).toContain("read as ThingsBoard attributes");
    expect(
      await query(
        url,
        "SELECT device_id, reported_status, last_stage, error_code, update_status FROM ota_logs ORDER BY 1",
      ),
    ).toEqual([
      {
        device_id: "T1",
        reported_status: "Success",
        last_stage: "SUCCEEDED",
        error_code: null,
        update_status: "Success",
      },
      {
        device_id: "T2",
        reported_status: "Success",
        last_stage: "SUCCEEDED",
        error_code: null,
        update_status: "Recovered",
      },
      {
        device_id: "T3",
        reported_status: "Partial",
        last_stage: "INSTALLING",
        error_code: "update_failed",
        update_status: "Recovered",
      },
    ]);
  });
});

test("two workers and one, in other batches, come to the same digest", async () => {
  const [one, two] = [await database(), await database()];
  const alone = digestIn(await stages(one, { from: csv, workers: 1 }));
  expect(alone).toMatch(/^[0-9a-f]{64}$/);
  expect(digestIn(await stages(two, { from: csv, workers: 2, batchSize: 33 }))).toBe(alone);
});

test("of a generated fleet nothing is contradicted", async () => {
  const url = await database();
  await done("generate", url, { devices: 500 });
  expect(await query(url, "SELECT FROM update_outcome WHERE counted_status <> update_status")).toEqual([]);
  expect(await query(url, "SELECT counts_contradictions FROM campaign")).toEqual([{ counts_contradictions: true }]);
});

/** What an export was before outcomes said what they count as. */
async function beforeCounting(archive: string): Promise<void> {
  await rewrite(archive, "outcome.parquet", "SELECT * EXCLUDE (counted_status) FROM archived");
  forge(archive, (manifest) => {
    const { counts_contradictions: _, ...campaign } = manifest.campaign as Record<string, unknown>;
    return { ...manifest, format: 2, schema: 7, campaign };
  });
}

describe("an export", () => {
  test.each([["undecided"], ["decided"]])("of such a campaign that is %s comes back as it was", async (state) => {
    const [url, other] = [await database(), await database()];
    await done("generate", url, { from: csv });
    if (state === "decided") await done("recover", url);
    await done("import", other, { from: await archives.export(url) });
    expect(await everyRow(other)).toEqual(await everyRow(url));
    await done("recover", other);
    await done("validate", other);
  });

  test("from before they were counted is counted where nothing was decided, and can be imported twice", async () => {
    const [url, other] = [await database(), await database()];
    await done("generate", url, { from: csv });
    const archive = await archives.export(url);
    await beforeCounting(archive);
    await done("import", other, { from: archive });
    await done("import", other, { from: archive });
    expect(await digestOf(other)).toBe(await digestOf(url));
    expect(await statusesOf(other)).toEqual(await statusesOf(url));
    await done("recover", other);
    await done("validate", other);
    expect(await statusesOf(other)).toHaveLength(CONTRADICTED.length);
  });

  test("from before they were counted stays as it is where recovery has begun", async () => {
    const [url, other] = [await database(), await database()];
    await done("generate", url, { from: csv });
    await query(
      url,
      "UPDATE update_outcome SET counted_status = update_status; UPDATE campaign SET counts_contradictions = false",
    );
    await done("recover", url);
    const archive = await archives.export(url);
    await beforeCounting(archive);
    await done("import", other, { from: archive });
    expect(await everyRow(other)).toEqual(await everyRow(url));
    expect(await statusesOf(other)).toEqual([]);
    await done("validate", other);
    expect(await query(other, "SELECT FROM ota_logs WHERE update_status = 'Partial'")).toEqual([]);
  });
});
