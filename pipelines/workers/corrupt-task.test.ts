import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { done, stages } from "../../test/support/command.ts";
import { freshDatabase, keptDatabases } from "../../test/support/database.ts";
import { digestOf, query, session } from "../../test/support/fleet.ts";
import { type Folder, folder } from "../../test/support/import-files.ts";
import { CopyPipeline } from "../db/copy-in.ts";
import { acquireWriteLease } from "../db/lease.ts";
import { idHasher, injector } from "../domain/faults.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { reference } from "../reference.ts";
import { corruptTask } from "./corrupt-task.ts";

const inputs = reference(fileURLToPath(new URL("../..", import.meta.url)));
const profile = inputs.faultProfile("default");
const BATCHES = 4;
const LEASE = randomUUID();

let files: Folder;
const keep = keptDatabases();
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const database = async (): Promise<string> => keep(await freshDatabase()).url;

/** Injects as a worker does, all batches one after another. */
function strike(url: string, generated: { devices: number; seed: number } | undefined): Promise<number[]> {
  return session(url, async (client) => {
    await acquireWriteLease(client, LEASE, "a test");
    const pipeline = new CopyPipeline(client);
    const { prepare, commit } = corruptTask(
      {
        stage: "corrupt",
        pass: { campaignId: 1, stage: "corrupt", pass: 1, batches: BATCHES, runId: randomUUID(), leaseId: LEASE },
        ...{ profile, rate: 1, seed: 9, reported: REPORT_COLUMNS, versions: [], generated },
      },
      0,
    );
    const rows: number[] = [];
    for (let batch = 0; batch < BATCHES; batch++) {
      const link = { client, put: pipeline.put.bind(pipeline) };
      rows.push(await commit(link, batch, await prepare(batch)));
    }
    return rows;
  });
}

const FAULTS =
  "SELECT bucket, device_id, field, kind, before_value, after_value FROM fault_ledger ORDER BY bucket, device_id";

test("a generated fleet's ids are computed, and the same devices are struck as where they are read", async () => {
  const [computed, readOut] = [await database(), await database()];
  for (const url of [computed, readOut]) await done("generate", url, { devices: 1_500 });
  const rows = await strike(computed, { devices: 1_500, seed: 42 });
  expect(await strike(readOut, undefined)).toEqual(rows);
  expect(rows.reduce((sum, batch) => sum + batch)).toBe(1_500);
  expect(await query(computed, FAULTS)).toEqual(await query(readOut, FAULTS));
  expect(await digestOf(computed)).toBe(await digestOf(readOut));
});

test("what is as the fault would make it is no fault, and what is struck was something else", async () => {
  const url = await database();
  const inject = injector(profile, 1, 9, REPORT_COLUMNS, []);
  const { ofText } = idHasher(9);
  const rows = Array.from({ length: 600 }, (_, no) => {
    const device_id = `odd\t\\id-${no}`;
    const [fault] = inject.strike(ofText(device_id));
    const own = { battery_voltage: "12.00", signal_strength: "70", storage_free_mb: "512" };
    // Every second device says already what chaos would make it say.
    const said = fault && no % 2 === 0 ? { [fault.field]: fault.after } : {};
    return { device_id, region: "EU", ...own, ...said, update_status: "Success" };
  });
  await done("generate", url, { from: await files.rows("odd", "json", rows) });
  const stored = await query<Record<string, string | null>>(url, "SELECT * FROM device_report");
  const struck = await strike(url, undefined);
  const faults = await query<Record<string, string | null>>(url, FAULTS);
  expect(struck.reduce((sum, batch) => sum + batch)).toBe(300);
  const odd = rows.flatMap(({ device_id }, no) => (no % 2 === 1 ? [device_id] : []));
  expect(faults.map(({ device_id }) => device_id).sort()).toEqual(odd.sort());
  for (const { device_id, field, before_value, after_value } of faults) {
    expect(after_value).not.toBe(before_value);
    expect(stored.find((row) => row.device_id === device_id)?.[field ?? ""]).toBe(before_value);
  }
});

test("chaos that is taken back leaves the fleet as it was, to the byte", async () => {
  const url = await database();
  await done("generate", url, { devices: 1_000 });
  const before = await digestOf(url);
  await done("corrupt", url, { faultRate: 0.5, workers: 2 });
  expect(await digestOf(url)).not.toBe(before);
  await done("corrupt", url, { undo: true });
  expect(await digestOf(url)).toBe(before);
  await stages(url, { devices: 1_000 });
});
