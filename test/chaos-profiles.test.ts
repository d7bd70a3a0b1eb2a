import { readdirSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readMart } from "../loaders/mart.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { FAULT_KINDS } from "../pipelines/domain/vocabulary.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { command, digestIn, done, PROJECT, stages } from "./support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, query } from "./support/fleet.ts";
import { type Folder, folder } from "./support/import-files.ts";

const PROFILES = readdirSync(path.join(PROJECT, "data/chaos")).map((file) => path.basename(file, ".json"));
const DEVICES = 4_000;
/** High enough that every kind of a profile strikes. */
const RATE = 0.5;

const keep = keptDatabases();
let sound: TestDatabase;
let files: Folder;
beforeAll(async () => {
  files = folder();
  sound = keep(await freshDatabase());
  await done("generate", sound.url, { devices: DEVICES });
});
afterAll(() => files.remove());

const copy = async (): Promise<string> => keep(await cloned(sound)).url;

interface Counted {
  readonly kind: string;
  readonly field: string;
  readonly faults: number;
}

const IN_PLACE = "SELECT kind, field, count(*)::int AS faults FROM fault_ledger GROUP BY 1, 2";
const byName = (rows: readonly Counted[]): string[] =>
  rows.map(({ kind, field, faults }) => `${kind} ${field} ${faults}`).sort();

test.each(PROFILES)(
  "%s: the preview tells to the fault what will be, workers change nothing, and the undo restores the digest",
  async (profile) => {
    const [one, three] = [await copy(), await copy()];
    const before = await digestOf(one);
    const options = { profile, ...(profile === "default" ? { faultRate: RATE } : {}) };
    const { events } = await done("corrupt", one, { ...options, dryRun: true });
    expect(await digestOf(one)).toBe(before);
    const told = events.filter(({ event }) => event === "dry_run_faults") as unknown as Counted[];
    await done("corrupt", one, options);
    await done("corrupt", three, { ...options, workers: 3, batchSize: 300 });
    expect(byName(await query(one, IN_PLACE))).toEqual(byName(told));
    expect(await digestOf(three)).toBe(await digestOf(one));
    expect(await digestOf(one)).not.toBe(before);
    await done("corrupt", three, { undo: true });
    expect(await digestOf(three)).toBe(before);
    expect(await query(three, "SELECT FROM device_profile WHERE profile_no < 0")).toEqual([]);
    expect(await query(three, "SELECT FROM update_outcome WHERE outcome_no < 0")).toEqual([]);
  },
);

test("every kind of fault at once: each is in the ledger, and every promise holds afterwards, faults taken back included", async () => {
  const url = await copy();
  // The profile stops at a twentieth of the fleet; what it does then is asked below.
  const said = await stages(url, { devices: DEVICES, profile: "field", faultRate: 0.045 });
  const kinds = (await query<Counted>(url, IN_PLACE)).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(FAULT_KINDS));
  expect(digestIn(said)).toMatch(/^[0-9a-f]{64}$/);
});

const SCORED = ["injected", "found", "right_rule", "elsewhere", "false_alarms"] as const;

test.each(["default", "field"])(
  "by the rules %s, what validate finds of each kind in PostgreSQL is what the marts find in DuckDB",
  async (rules) => {
    const url = await copy();
    const { events } = await stages(url, { devices: DEVICES, profile: "field", faultRate: 0.045, rules });
    const counted = (name: unknown, row: Readonly<Record<string, unknown>>) => [name, ...SCORED.map((key) => row[key])];
    const told = events.filter(({ event }) => event === "detection").map((row) => counted(row.kind, row));
    const { path } = await refreshWarehouse({
      connection: { connectionString: url },
      home: files.path,
      ...martInputs(reference(PROJECT)),
    });
    const scores = await readMart(path, "detection_score");
    const kinds = scores.filter(({ scope }) => scope === "kind").map((row) => counted(row.name, row));
    expect(kinds.sort()).toEqual(told.sort());
    const [summary] = await readMart(path, "campaign_summary");
    const all = scores.find(({ scope }) => scope === "all");
    expect(summary).toMatchObject({ injected_faults: all?.injected, found_faults: all?.found });
    const [chaos] = await readMart(path, "chaos_summary");
    expect(chaos).toMatchObject({ faults: all?.injected, sound_with_finding: 0, false_alarm_rate: 0 });
  },
);

test("chaos that goes further than its profile allows is taken back, and the command says so", async () => {
  const url = await copy();
  const before = await digestOf(url);
  const { error } = await command("corrupt", url, { profile: "calm", faultRate: 0.2 });
  expect(error?.exitCode).toBe(5);
  expect(error?.message).toMatch(
    /Chaos went too far: \d+ of 4,000 devices were struck, and profile calm stops above 1\.0 %/,
  );
  expect(await digestOf(url)).toBe(before);
  expect(await query(url, "SELECT fault_rate FROM campaign")).toEqual([{ fault_rate: null }]);
});

test("an import is struck by a profile that was asked for by name, in the columns that it has and no others", async () => {
  const rows = Array.from({ length: 800 }, (_, no) => ({
    ...{ device_id: `own-${no}`, region: no % 2 ? "Nord" : "Süd", battery_voltage: "12.10", signal_strength: "60" },
    ...{ firmware_from: "1.0", firmware_to: "2.0", firmware_reported: "2.0", update_status: "Success" },
  }));
  const url = keep(await freshDatabase()).url;
  await done("generate", url, { from: await files.rows("own", "json", rows) });
  const before = await digestOf(url);
  await done("corrupt", url, {});
  expect(await digestOf(url)).toBe(before);
  await done("corrupt", url, { profile: "field", faultRate: 0.04 });
  const struck = await query<Counted>(url, IN_PLACE);
  const has = ["region", "battery_voltage", "signal_strength", "firmware_reported"];
  expect(struck.length).toBeGreaterThan(4);
  expect(struck.filter(({ field }) => !has.includes(field))).toEqual([]);
  await done("corrupt", url, { undo: true });
  expect(await digestOf(url)).toBe(before);
});
