import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, done, PROJECT, type Said, stages } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { everyRow, query } from "./support/fleet.ts";
import { type Folder, folder } from "./support/import-files.ts";

const example = (name: string): string => path.join(PROJECT, "data", "examples", "vendors", name);
const notes = ({ events }: Said): string[] =>
  events.filter(({ event }) => event === "note").map(({ text }) => String(text));

let files: Folder;
const keep = keptDatabases();
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const database = async (): Promise<string> => keep(await freshDatabase()).url;

test("a vendor's devices go through every stage: what it does not report is no fault, each Partial is decided, every promise kept", async () => {
  const url = await database();
  const said = await stages(url, { from: example("mender-devices.json") });
  expect(notes(said)).toContainEqual(expect.stringContaining("read as Mender devices of a deployment"));
  expect(
    await query(url, "SELECT update_status, count(*)::int AS devices FROM ota_logs GROUP BY 1 ORDER BY 1"),
  ).toEqual([
    { update_status: "Recovered", devices: 4 },
    { update_status: "Success", devices: 2 },
  ]);
  expect(await query(url, "SELECT reported_columns FROM campaign")).toEqual([
    { reported_columns: ["model", "firmware_to", "last_stage", "error_code", "attempts", "reported_at"] },
  ]);
  expect(await query(url, "SELECT DISTINCT battery_voltage, signal_strength, region FROM device_report")).toEqual([
    { battery_voltage: null, signal_strength: null, region: null },
  ]);
});

test("unknown words and earlier reports are told, and kept to the byte where they count", async () => {
  const url = await database();
  const event = (thing: string, status: string, timestamp: number) =>
    JSON.stringify({
      eventType: "JOB_EXECUTION",
      operation: "failed",
      thingArn: `arn:x:thing/${thing}`,
      status,
      timestamp,
    });
  const rows = [
    event("a", "QUEUED", 1772359200),
    event("a", " Melted\u001b[31m", 1772359201),
    event("b", "SUCCEEDED", 1),
  ];
  const from = files.file("events.ndjson", rows.join("\n"));
  const said = notes(await stages(url, { from }));
  expect(said).toContainEqual(expect.stringContaining("1 rows are earlier reports of devices"));
  expect(said).toContainEqual(expect.stringContaining("1 devices have a status word that is in no table"));
  expect(said.join()).not.toContain("\u001b");
  expect(await query(url, "SELECT device_id, update_status, last_stage FROM device_report ORDER BY 1")).toEqual([
    { device_id: "a", update_status: "Partial", last_stage: " Melted\u001b[31m" },
    { device_id: "b", update_status: "Success", last_stage: "SUCCEEDED" },
  ]);
});

test("--dry-run shows the guess and what it would import, and stores nothing", async () => {
  const url = await database();
  const from = files.file("guess.csv", "Serial,Zone,Vbat,Signal,State\na,EU,12.9,70,Partial\nb,EU,12,70,Odd\n");
  const before = await everyRow(url);
  const { events } = await done("generate", url, { from, dryRun: true });
  const { text } = events.find(({ event }) => event === "dry_run") as { text: string };
  const [, shown = ""] = /given with --map: (.*)/.exec(text) ?? [];
  expect(text).toMatch(/store 1 devices in campaign import-guess-[0-9a-f]{8} and refuse 1 rows/);
  expect(await everyRow(url)).toEqual(before);
  await done("generate", url, { from, map: files.file("map.json", shown), campaign: "mapped" });
  expect(await query(url, "SELECT device_id, region, battery_voltage FROM device_report")).toEqual([
    { device_id: "a", region: "EU", battery_voltage: "12.9" },
  ]);
});

test("the same file by another map is another fleet", async () => {
  const url = await database();
  const from = files.file("two.json", readFileSync(example("hawkbit-targets.json"), "utf8"));
  const map = files.file("two.map.json", '{"columns": {"region": "name"}}');
  await done("generate", url, { from, campaign: "two" });
  await done("generate", url, { from, campaign: "two" });
  expect((await command("generate", url, { from, map, campaign: "two" })).error).toMatchObject({
    exitCode: 2,
    message: expect.stringContaining("what it was made from has changed since"),
  });
  await done("generate", url, { from, map, campaign: "two", replace: true });
  expect(await query(url, "SELECT DISTINCT region FROM device_report ORDER BY 1")).toMatchObject([
    { region: "gw-1" },
    { region: "gw-2" },
    { region: "gw-3" },
    { region: "gw-4" },
  ]);
});
