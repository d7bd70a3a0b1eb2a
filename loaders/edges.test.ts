import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { isOutOfMemory, readDatabase, rowsOf } from "./engine.ts";
import { MARTS, readMart } from "./mart.ts";
import { campaign, quarantine, report } from "./testing/campaign.ts";
import { emptyTrial, trialOf } from "./testing/warehouse.ts";

test("a campaign without devices has marts that say so", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "empty", ["region", "battery_voltage"]);
  const snapshot = await trial.refresh();
  expect(snapshot).toMatchObject({ devices: 0, takenAt: "2026-01-01T00:00:00.000Z" });
  const sizes = Object.fromEntries(
    await Promise.all(MARTS.map(async ({ name }) => [name, (await readMart(snapshot.path, name)).length])),
  );
  expect(sizes).toMatchObject({ campaign_summary: 1, fleet_status: 4, region_failure: 0, fault_detection: 0, runs: 0 });
  expect(await readMart(snapshot.path, "campaign_summary")).toMatchObject([
    { devices: 0, failure_rate: null, recovery_rate: null, checks_total: 0, version: null, seed: "9007199254740993" },
  ]);
});

test("a campaign that only was generated is all Success and Partial", async () => {
  const { client, refresh } = await trialOf(500);
  for (const table of ["decision", "triage_queue", "fault_ledger", "validation_result", "batch_ledger"]) {
    await client.query(`DELETE FROM ${table}`);
  }
  const { path } = await refresh();
  const [summary] = await readMart(path, "campaign_summary");
  expect(summary).toMatchObject({
    recovered: 0,
    quarantined: 0,
    recovery_rate: 0,
    checks_total: 0,
    injected_faults: 0,
  });
  expect(summary?.partial).toBe(summary?.failed);
  expect(await readMart(path, "recovery_action_summary")).toHaveLength(12);
});

test("a fleet of which nothing was decided yet has all its marts", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "undecided", ["region", "last_stage", "battery_voltage"]);
  for (let no = 0; no < 30; no += 1) {
    const battery = no % 2 ? "12.6" : "broken";
    await report(trial, `D${no}`, { region: "A", battery, stage: "QUEUED", status: "Partial" });
  }
  const { path } = await trial.refresh();
  expect(await readMart(path, "campaign_summary")).toMatchObject([
    { devices: 30, partial: 30, failed: 30, recovered: 0, quarantined: 0, triage_open: 0, recovery_rate: 0 },
  ]);
  const actions = await readMart(path, "recovery_action_summary");
  expect(actions.map(({ devices }) => devices)).toEqual(actions.map(() => 0));
  const quality = (await readMart(path, "data_quality")).find(({ field }) => field === "battery_voltage");
  expect(quality).toMatchObject({ findings: 15, findings_partial: 15, mean_trusted: 12.6 });
  expect(await readMart(path, "batch_timeline")).toEqual([]);
});

test("a fleet that is quarantined to the last device is in triage to the last device", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "held", ["region", "last_stage", "battery_voltage"]);
  for (let no = 0; no < 30; no += 1) {
    await report(trial, `D${no}`, { region: "A", battery: "broken", stage: "QUEUED", status: "Partial" });
    await quarantine(trial, `D${no}`, Buffer.from("broken"));
  }
  const { path } = await trial.refresh();
  expect(await readMart(path, "campaign_summary")).toMatchObject([
    { devices: 30, partial: 0, failed: 30, recovered: 0, quarantined: 30, triage_open: 30, recovery_rate: 0 },
  ]);
  expect(await readMart(path, "triage_open")).toHaveLength(30);
  expect(await readMart(path, "region_status")).toContainEqual(
    expect.objectContaining({ region: "A", update_status: "Quarantined", devices: 30, rate: 1 }),
  );
  const actions = (await readMart(path, "recovery_action_summary")).filter(({ devices }) => devices !== 0);
  expect(actions).toMatchObject([{ action: "MANUAL_TRIAGE", policy_rule: null, devices: 30 }]);
});

test("an import of five columns still tells regions apart, and says nothing about stages", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "five", ["region", "battery_voltage", "signal_strength"]);
  for (let i = 0; i < 40; i += 1) {
    await report(trial, `D${i}`, {
      region: i % 2 ? "A" : "B",
      battery: "12.6",
      signal: "50",
      status: i % 4 ? "Success" : "Partial",
    });
  }
  const { path } = await trial.refresh();
  expect(await readMart(path, "region_failure")).toMatchObject([
    { region: "A", devices: 20, failures: 0, rate: 0 },
    { region: "B", devices: 20, failures: 10, rate: 0.5, verdict: "worse" },
  ]);
  for (const cell of await readMart(path, "region_stage_failure")) {
    expect(cell).toMatchObject({
      at_risk: 0,
      failures: 0,
      rate: null,
      p_value: null,
      significant: false,
      enough: false,
    });
    expect(cell.unknown).toBe(cell.region === "B" ? 10 : 0);
  }
  expect(await readMart(path, "bottleneck_ranking")).toEqual([]);
  const quality = await readMart(path, "data_quality");
  expect(quality.filter(({ field }) => field === "storage_free_mb")).toMatchObject(
    Array(2).fill({ reported: false, findings: 0, finding_rate: null, mean_trusted: null }),
  );
});

test("failed devices without a known stage are at risk nowhere, and counted as unknown", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "stages", ["region", "last_stage"]);
  await report(trial, "a", { region: "A", status: "Success" });
  await report(trial, "b", { region: "A", status: "Partial", stage: "DOWNLOADING" });
  await report(trial, "c", { region: "A", status: "Partial", stage: "elsewhere" });
  const { path } = await trial.refresh();
  const cells = await readMart(path, "region_stage_failure");
  expect(cells.map(({ at_risk, failures, unknown }) => [at_risk, failures, unknown])).toEqual([
    [2, 0, 1],
    [2, 0, 1],
    [2, 1, 1],
    ...Array(5).fill([1, 0, 1]),
  ]);
});

test("a success that is contradicted fails where it says that it stopped; where it says SUCCEEDED nobody knows", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "contradicted", ["region", "last_stage", "battery_voltage"]);
  const success = { region: "A", battery: "?", status: "Success" };
  await report(trial, "a", { ...success, stage: "SUCCEEDED" });
  await report(trial, "b", { ...success, stage: "SUCCEEDED", counted: "Partial" });
  await report(trial, "c", { ...success, stage: "ACKNOWLEDGED", counted: "Partial" });
  await report(trial, "d", { region: "A", battery: "?", status: "Partial", stage: "SUCCEEDED" });
  const { path } = await trial.refresh();
  expect(await readMart(path, "campaign_summary")).toMatchObject([
    { devices: 4, success: 1, partial: 3, failed: 3, contradicted: 2 },
  ]);
  const cells = await readMart(path, "region_stage_failure");
  expect(cells.map(({ at_risk, failures, unknown }) => [at_risk, failures, unknown])).toEqual([
    [2, 0, 2],
    [2, 1, 2],
    ...Array(6).fill([1, 0, 2]),
  ]);
  const quality = (await readMart(path, "data_quality")).find(({ field }) => field === "battery_voltage");
  expect(quality).toMatchObject({ findings: 4, findings_success: 1, findings_partial: 3 });
});

const HOSTILE = [
  "tab\there",
  "line\nfeed",
  "carriage\r\nreturn",
  "back\\slash \\t \\n \\N \\\\",
  "\\",
  "\\N",
  "'quotes' and \"more\"",
  '"',
  "a,b;c|d",
  "\b\f\v\u0001",
  "#comment",
  " padded ",
  "Ünïcødé 火 🛰",
  "<script>alert(1)</script>",
  "'); DROP TABLE int_device; --",
  "x".repeat(3_000_000),
];

/** Long names are cut, and told apart by their hash. */
function named(text: string): string {
  const hash = createHash("md5").update(text).digest("hex");
  return text.length > 200 ? `${text.slice(0, 40)}... ${hash.slice(0, 8)}` : text;
}

test("hostile text survives to the byte, and an empty text is not an absent one", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "hostile", ["region", "battery_voltage", "signal_strength"]);
  for (const [index, text] of HOSTILE.entries()) {
    await report(trial, `D${index}`, { region: text, battery: text, signal: "50", status: "Partial" });
    await quarantine(trial, `D${index}`, Buffer.from(text));
  }
  const bytes = `UPDATE triage_queue SET raw_value = $1 WHERE device_id = 'D0'`;
  await trial.client.query(bytes, [Buffer.from([0xff, 0x00])]);
  await report(trial, "E-empty", { region: "", battery: "", signal: "50", status: "Success" });
  await report(trial, "E-null", { region: null, battery: null, signal: "50", status: "Success" });
  const { path } = await trial.refresh();
  const open = await readMart(path, "triage_open");
  const raws = new Map(open.map(({ device_id, raw, region }) => [device_id, { raw, region }]));
  for (const [index, text] of HOSTILE.entries()) {
    expect(raws.get(`D${index}`), text.slice(0, 20)).toEqual({
      raw: index === 0 ? "\\xff00" : text,
      region: named(text),
    });
  }
  const regions = await readMart(path, "region_failure");
  expect(regions.map(({ region }) => region).sort()).toEqual([...HOSTILE.map(named), "(none)"].sort());
  expect(await findings(path)).toEqual([
    { device_id: "E-empty", raw: "" },
    { device_id: "E-null", raw: null },
  ]);
});

test("hostile words of profiles and outcomes are told apart, and equal ones added up", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "words", ["region", "model", "firmware_from", "last_stage", "error_code"]);
  const long = ["x".repeat(300), `${"x".repeat(299)}y`, `y${"x".repeat(299)}`];
  const words = [...HOSTILE.slice(0, -1), ...long, "NULL", "null"];
  for (const [no, word] of [...words, ...words].entries()) {
    await report(trial, `D${no}`, {
      region: word,
      model: word,
      firmware: word,
      error: word,
      stage: word,
      status: "Partial",
    });
  }
  for (const [no, none] of [null, ""].entries()) {
    await report(trial, `N${no}`, {
      region: none,
      model: none,
      firmware: none,
      error: none,
      stage: none,
      status: "Partial",
    });
  }
  const { path } = await trial.refresh();
  const expected = [...words.map((word) => [named(word), 2]), ["(none)", 2]].sort();
  const counted = async (mart: string, word: string, count: string): Promise<unknown> =>
    (await readMart(path, mart)).map((row) => [row[word], row[count]]).sort();
  expect(await counted("region_failure", "region", "failures")).toEqual(expected);
  expect(await counted("model_failure", "model", "failures")).toEqual(expected);
  expect(await counted("model_failure", "firmware_from", "devices")).toEqual(expected);
  expect(await counted("error_pareto", "error_code", "failures")).toEqual(expected);
  expect((await readMart(path, "region_stage_failure")).every(({ unknown }) => unknown === 2)).toBe(true);
});

async function findings(path: string): Promise<unknown> {
  return readDatabase(path, {}, (db) =>
    rowsOf(db, "SELECT device_id, raw FROM int_finding WHERE device_id LIKE 'E-%' ORDER BY device_id"),
  );
}

test("marts that do not fit into the memory are built again with more", async () => {
  const { client, refresh } = await trialOf(2500);
  await client.query("UPDATE triage_queue SET raw_value = convert_to(repeat('x', 3000000), 'UTF8')");
  const notes: string[] = [];
  const snapshot = await refresh({ onNote: (line) => notes.push(line) });
  expect(snapshot.devices).toBe(2500);
  expect(notes).toEqual([expect.stringContaining("400MB")]);
  await expect(refresh({ memoryLimit: "60MB" })).rejects.toSatisfy(isOutOfMemory);
});

test("a campaign whose name is no file name is kept under its number", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "Größe/../1", ["region"]);
  const { path, campaignName } = await trial.refresh({ campaign: "Größe/../1" });
  expect(campaignName).toBe("Größe/../1");
  expect(path).toBe(`${trial.home}/campaign-1.duckdb`);
});
