import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Shelf, shelf } from "./support/archives.ts";
import { holdBatches, settled } from "./support/barrier.ts";
import { killAt, run, start, succeed } from "./support/cli.ts";
import { command, digestIn, done, stages, triage } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { digestOf, everyRow, query } from "./support/fleet.ts";
import { hostileValues } from "./support/hostile.ts";
import { type Folder, folder } from "./support/import-files.ts";

let archives: Shelf;
let files: Folder;
const keep = keptDatabases();
beforeAll(() => {
  archives = shelf();
  files = folder();
});
afterAll(() => {
  archives.remove();
  files.remove();
});

const database = async (): Promise<string> => keep(await freshDatabase()).url;

/** Every row that tells what was done by which run and what was found, byte by byte, beside what a fleet is. */
const beside = (url: string) =>
  query(
    url,
    `SELECT md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) AS content FROM (
       SELECT run_id, campaign_id, stage, options, version, host, started_at,
         CASE WHEN is_over THEN ROW(result, finished_at, error) ELSE ROW('interrupted', NULL, NULL) END
       FROM (SELECT *, result <> 'running' AND error IS DISTINCT FROM 'it was not over when the campaign was exported' AS is_over FROM run) r
       WHERE stage <> 'import'
     ) t
     UNION ALL SELECT md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM validation_result t
     UNION ALL SELECT md5(string_agg(t::text, '|' ORDER BY t::text COLLATE "C")) FROM import_reject t`,
  );

/** How the tables of the only campaign are made: partitions with their bounds and settings, and keys. */
const tables = (url: string) =>
  query<{ relname: string }>(
    url,
    `SELECT c.relname, c.relkind, c.reloptions, pg_get_expr(c.relpartbound, c.oid) AS bounds,
       (SELECT string_agg(pg_get_indexdef(i.indexrelid), ';') FROM pg_index i WHERE i.indrelid = c.oid) AS keys
     FROM pg_class c WHERE c.relname ~ '^(stored_report|decision)_[0-9]' AND c.relkind IN ('r', 'p') ORDER BY c.relname`,
  );

/** Imports into a database of its own and compares all that there is to compare. */
async function expectRoundTrip(url: string): Promise<string> {
  const archive = await archives.export(url);
  const other = await database();
  await done("import", other, { from: archive });
  expect(await everyRow(other)).toEqual(await everyRow(url));
  expect(await beside(other)).toEqual(await beside(url));
  expect(await tables(other)).toEqual(await tables(url));
  expect(await digestOf(other)).toBe(await digestOf(url));
  return other;
}

describe("a campaign comes back as it was", () => {
  test("generated, corrupted, recovered and validated, with what a person released", async () => {
    const url = await database();
    await stages(url, { devices: 3000, campaign: "spring", faultRate: 0.1, batchSize: 500 });
    const devices = await query<{ device_id: string }>(
      url,
      "SELECT device_id FROM triage_queue WHERE field = 'battery_voltage'",
    );
    const [fixed = "", accepted = "", rejected = "", released = ""] = devices.map(({ device_id }) => device_id);
    await triage(url, ["fix", fixed, "battery_voltage=12.9"], { why: "measured" });
    await triage(url, ["accept", accepted], { why: "as it is" });
    await triage(url, ["reject", rejected], { why: "scrapped" });
    await done("recover", url);
    await triage(url, ["reopen", fixed]);
    await triage(url, ["release", released], { why: "to see" });
    const other = await expectRoundTrip(url);
    expect((await command("validate", other)).error).toEqual((await command("validate", url)).error);
  });

  test("imported, with values as only a broken device sends them", async () => {
    const values = hostileValues(1500);
    const value = (at: number): string | null => values[at % values.length] ?? null;
    const ids = [...new Set(values)].filter(
      (id): id is string => id !== null && id.trim() !== "" && Buffer.byteLength(id) < 200,
    );
    const rows = [...ids, ids[0] ?? ""].map((device_id, no) => ({
      ...{ device_id, region: value(no + 1), model: value(no + 2), error_code: value(no + 3) },
      ...{ battery_voltage: value(no), signal_strength: value(no + 5), storage_free_mb: value(no + 6) },
      ...{ attempts: value(no + 7), reported_at: value(no + 8), update_status: no % 3 === 0 ? "Success" : "Partial" },
    }));
    const url = await database();
    await done("generate", url, { from: await files.rows("hostile", "parquet", rows), batchSize: 200 });
    await done("recover", url);
    await done("validate", url);
    expect(await query(url, "SELECT FROM import_reject")).toHaveLength(1);
    await done("validate", await expectRoundTrip(url));
  });

  test("a large one, in its two halves, with the digest that it had in one table, also where batches lie across them", async () => {
    const url = await database();
    const said = await stages(url, { devices: 300_000, batchSize: 70_000, workers: 3 });
    expect(digestIn(said)).toBe("8908684389a31b492a5a08b003bbd2f71169ee9b931ab4f09461c395b9b45573");
    const halves = "SELECT tableoid::regclass::text AS half, count(*)::int FROM stored_report GROUP BY 1 ORDER BY 1";
    expect(await query(url, halves)).toEqual([
      { half: "stored_report_1_0", count: 150_000 },
      { half: "stored_report_1_1", count: 150_000 },
    ]);
    const other = await expectRoundTrip(url);
    expect(await tables(other)).toHaveLength(6);
    const [known] = await query<{ rows: number }>(
      other,
      "SELECT reltuples AS rows FROM pg_class WHERE relname = 'stored_report'",
    );
    expect(known?.rows).toBeGreaterThan(290_000);
    await done("validate", other);
  }, 240_000);
});

describe("beside others", () => {
  test("under another name, with numbers and ids of its own, and made current", async () => {
    const url = await database();
    await stages(url, { devices: 1000, campaign: "spring", faultRate: 0.1 });
    const ids = (await query<{ device_id: string }>(url, "SELECT device_id FROM triage_queue")).map(
      ({ device_id }) => device_id,
    );
    await triage(url, ["reject", ...ids.slice(0, 5)], { why: "scrapped", action: "RETRY_UPDATE" });
    await triage(url, ["reject", ...ids.slice(2, 6)], { why: "scrapped" });
    await triage(url, ["reopen", ...ids.slice(3, 5)]);
    const archive = await archives.export(url);
    const other = await database();
    await query(
      other,
      "INSERT INTO decision_rule VALUES (1, 'FORCE_ROLLBACK', 'Recovered', 'strict', 3, 'otherwise'), (7, 'RETRY_UPDATE', 'Recovered', 'default', 1, 'battery_above_12_5')",
    );
    await stages(other, { devices: 500, campaign: "autumn" });
    const before = await digestOf(other);
    await done("import", other, { from: archive, campaign: "spring again" });
    await done("import", other, { from: archive, campaign: "spring once more" });
    expect(await digestOf(other)).toBe(await digestOf(url));
    for (const campaign of ["autumn", "spring again", "spring once more"]) await done("validate", other, { campaign });
    const current = "SELECT name FROM campaign JOIN current_campaign USING (campaign_id)";
    expect(await query(other, current)).toEqual([{ name: "spring once more" }]);
    await done("generate", other, { campaign: "autumn", devices: 500 });
    expect(await digestOf(other)).toBe(before);
    // No batch is left without the run that did it.
    expect(
      await query(other, "SELECT FROM batch_ledger b LEFT JOIN run r USING (run_id) WHERE r.run_id IS NULL"),
    ).toEqual([]);
  });

  test("again changes nothing; another one of the name is refused, or replaced where that is asked for", async () => {
    const url = await database();
    await stages(url, { devices: 1000, campaign: "spring", faultRate: 0.1 });
    const archive = await archives.export(url);
    const rows = await everyRow(url);
    const again = await done("import", url, { from: archive });
    expect(again.events.at(-1)).toMatchObject({
      event: "stage_ended",
      done: 0,
      text: expect.stringMatching(/already/),
    });
    expect(await everyRow(url)).toEqual(rows);

    await query(url, "UPDATE stored_report SET battery_voltage = '7' WHERE device_no = 1");
    const { error } = await command("import", url, { from: archive });
    expect(error).toMatchObject({
      exitCode: 2,
      message: "Campaign spring is there already, and is another one than the export holds.",
      command: `npm run import -- --from ${archive} --campaign spring-2`,
    });
    await done("import", url, { from: archive, replace: true });
    expect(await query(url, "SELECT name FROM campaign")).toEqual([{ name: "spring" }]);
    expect(
      await query(url, "SELECT to_regclass('stored_report_1') AS old, count(*)::int AS rows FROM stored_report"),
    ).toEqual([{ old: null, rows: 1000 }]);
    await done("validate", url);
  });
});

describe("a campaign that was stopped part-way goes on where it is imported", () => {
  const STAGES = {
    generate: ["generate", "--devices", "2000", "--batch-size", "500", "--campaign", "torn"],
    corrupt: ["corrupt", "--fault-rate", "0.2", "--batch-size", "500"],
    recover: ["recover", "--batch-size", "500"],
  };
  const names = Object.keys(STAGES) as (keyof typeof STAGES)[];

  test.each(names)("%s", async (stopped) => {
    const url = await database();
    for (const name of names.slice(0, names.indexOf(stopped))) await succeed(STAGES[name], url);
    const barrier = await holdBatches(url, "NEW.batch_no = 2");
    await killAt([...STAGES[stopped], "--workers", "1"], url, barrier);
    await barrier.abort();
    await barrier.close();
    await settled(url);
    const other = await expectRoundTrip(url);
    for (const name of names.slice(names.indexOf(stopped))) {
      for (const each of [url, other]) await succeed(name === stopped ? [name, "--resume"] : STAGES[name], each);
    }
    expect(await digestOf(other)).toBe(await digestOf(url));
    await done("validate", other);
  });

  test("an import of a file, from the file", async () => {
    const file = await files.rows(
      "torn",
      "csv",
      Array.from({ length: 600 }, (_, no) => ({
        ...{ device_id: `D-${no}`, region: `r${no % 7}`, battery_voltage: "12.1", signal_strength: "50" },
        ...{ update_status: no % 2 === 0 ? "Partial" : "Success" },
      })),
    );
    const url = await database();
    const barrier = await holdBatches(url, "NEW.batch_no = 2");
    await killAt(["generate", "--from", file, "--batch-size", "200"], url, barrier);
    await barrier.abort();
    await barrier.close();
    await settled(url);
    const other = await expectRoundTrip(url);
    await succeed(["generate", "--from", file, "--resume"], other);
    await succeed(["recover"], other);
    await done("validate", other);
  });
});

describe("whole or not at all", () => {
  test("an import that is killed leaves nothing, and doing it again works", async () => {
    const url = await database();
    await stages(url, { devices: 1000, campaign: "spring", faultRate: 0.1 });
    const archive = await archives.export(url);
    const before = await everyRow(url);
    const digest = await digestOf(url);
    await query(url, "UPDATE campaign SET title = 'of the old one'");
    const touched = await everyRow(url);
    expect(touched).not.toEqual(before);
    // The ledger is among the last that is stored.
    const barrier = await holdBatches(url, "NEW.stage = 'recover'");
    const words = ["import", "--from", archive, "--replace"];
    await killAt(words, url, barrier);
    await barrier.close();
    await settled(url);
    expect(await everyRow(url)).toEqual(touched);
    expect(await query(url, "SELECT to_regclass('stored_report_2') AS made")).toEqual([{ made: null }]);
    expect((await run(words, url)).code).toBe(0);
    expect(await digestOf(url)).toBe(digest);
    expect(await query(url, "SELECT result FROM run WHERE stage = 'import' ORDER BY started_at")).toEqual([
      { result: "interrupted" },
      { result: "succeeded" },
    ]);
    await done("validate", url);
  });

  test("an import that is stopped stores nothing, and says so", async () => {
    const url = await database();
    await stages(url, { devices: 1000, campaign: "spring" });
    const archive = await archives.export(url);
    const before = await everyRow(url);
    const barrier = await holdBatches(url, "NEW.stage = 'generate'");
    const stopping = start(["import", "--from", archive, "--campaign", "other"], { DATABASE_URL: url });
    await barrier.reached();
    const { stdout } = await succeed(["status"], url);
    expect(stdout).toMatch(/npm run import, process \d+ is writing/);
    stopping.process.kill("SIGINT");
    await new Promise((pause) => setTimeout(pause, 200));
    await barrier.pass();
    const { code, stderr } = await stopping.ended;
    await barrier.close();
    expect(stderr).toContain("Stopped on request. Nothing was stored.");
    expect(stderr).toContain(`npm run import -- --from ${archive} --campaign other`);
    expect(code).toBe(130);
    expect(await everyRow(url)).toEqual(before);
  });

  test("an import waits for no other command that writes: it is refused", async () => {
    const url = await database();
    await stages(url, { devices: 1000, campaign: "spring" });
    const archive = await archives.export(url);
    const barrier = await holdBatches(url, "NEW.stage = 'generate'");
    const writing = start(["generate", "--devices", "500", "--campaign", "slow"], { DATABASE_URL: url });
    await barrier.reached();
    const { error } = await command("import", url, { from: archive, campaign: "other" });
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringMatching(/Another command is writing/) });
    await barrier.pass();
    await writing.ended;
    await barrier.close();
  });
});

test("nothing but the export is in the folder, and beside it nothing is left", async () => {
  const url = await database();
  await done("generate", url, { devices: 500 });
  const archive = await archives.export(url);
  expect(readdirSync(archive).filter((name) => !/^[a-z]+\.parquet$/.test(name))).toEqual([
    "manifest.json",
    "manifest.sha256",
  ]);
  expect(readdirSync(archives.path).filter((name) => !name.startsWith("export-"))).toEqual([]);
});
