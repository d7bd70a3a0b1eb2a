import { afterAll, beforeAll, expect, test } from "vitest";
import { holdBatches, settled, until } from "./support/barrier.ts";
import { run, start, succeed } from "./support/cli.ts";
import { command, done, stages } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { digestOf, everyRow, query } from "./support/fleet.ts";
import { hostileValues } from "./support/hostile.ts";
import { type Folder, folder, type ImportRow } from "./support/import-files.ts";

const BATCH = 250;
const VALUES = hostileValues(900);
const value = (at: number): string | null => VALUES[at % VALUES.length] ?? null;
const named = VALUES.filter(
  (text): text is string => text !== null && text.trim() !== "" && Buffer.byteLength(text) <= 256,
);
const ROWS: ImportRow[] = [...new Set(named), ...Array.from({ length: 300 }, (_, no) => `plain-${no}`)].map(
  (device_id, no) => ({
    device_id,
    region: value(no + 1),
    battery_voltage: no % 4 === 0 ? "12.9" : value(no + 2),
    signal_strength: no % 4 === 0 ? "70" : value(no + 3),
    update_status: no % 2 === 0 ? "Partial" : "Success",
  }),
);

let files: Folder;
let file: string;
const keep = keptDatabases();
beforeAll(async () => {
  files = folder();
  file = await files.rows("fleet", "csv", ROWS);
});
afterAll(() => files.remove());

const COUNTED = { NODE_OPTIONS: `--import ${new URL("./support/counted-threads.mjs", import.meta.url).href}` };

const database = async (): Promise<string> => keep(await freshDatabase()).url;

test("a hostile file goes through every stage: stored to the byte, no fault injected, each Partial decided, every promise kept", async () => {
  const url = await database();
  await stages(url, { from: file, batchSize: BATCH });
  const stored = await query(
    url,
    `SELECT device_id, region, battery_voltage, signal_strength, update_status FROM device_report
     ORDER BY array_position($1::text[], device_id)`,
    [ROWS.map(({ device_id }) => device_id)],
  );
  expect(stored).toEqual(ROWS);
  expect(await query(url, "SELECT * FROM fault_ledger")).toEqual([]);
  const differs = await query(
    url,
    `SELECT t.device_id FROM triage_queue t JOIN device_report r USING (bucket, campaign_id, device_id)
     WHERE t.raw_value IS DISTINCT FROM convert_to(CASE t.field WHEN 'battery_voltage' THEN r.battery_voltage ELSE r.signal_strength END, 'UTF8')`,
  );
  expect(differs).toEqual([]);
  const [counts] = await query<{ partial: number; actions: number; triage: number }>(
    url,
    `SELECT (SELECT count(*)::int FROM device_report WHERE update_status = 'Partial') AS partial,
       (SELECT count(*)::int FROM recovery_actions) AS actions, (SELECT count(*)::int FROM triage_queue) AS triage`,
  );
  expect(counts?.partial).toBe((counts?.actions ?? 0) + (counts?.triage ?? 0));
  expect(Math.min(counts?.actions ?? 0, counts?.triage ?? 0)).toBeGreaterThan(100);
});

test("a column that the file lacks is no fault; one that it has is looked at", async () => {
  const url = await database();
  await stages(url, { from: file });
  expect(await query(url, "SELECT DISTINCT field FROM triage_queue ORDER BY field")).toEqual([
    { field: "battery_voltage" },
    { field: "signal_strength" },
  ]);
  const rows = ROWS.slice(0, 50).map((row) => ({
    ...row,
    battery_voltage: "12",
    signal_strength: "50",
    storage_free_mb: "-1",
  }));
  await stages(url, { from: await files.rows("storage", "ndjson", rows), campaign: "storage" });
  const found = await query(
    url,
    "SELECT rule_id, count(*)::int AS devices FROM triage_queue JOIN campaign USING (campaign_id) WHERE name = 'storage' GROUP BY rule_id",
  );
  expect(found).toEqual([{ rule_id: "storage_out_of_range", devices: 25 }]);
});

test("the four formats of one fleet make one digest", async () => {
  const digests = new Set<string>();
  for (const format of ["csv", "ndjson", "json", "parquet"] as const) {
    const url = await database();
    await done("generate", url, { from: await files.rows("same", format, ROWS.slice(0, 400)) });
    digests.add(await digestOf(url));
  }
  expect(digests.size).toBe(1);
});

test("the same file again changes nothing; another of that name is another campaign", async () => {
  const url = await database();
  await done("generate", url, { from: file });
  const rows = await everyRow(url);
  await done("generate", url, { from: file });
  expect(await everyRow(url)).toEqual(rows);
  const other = await files.rows("fleet", "json", ROWS.slice(1));
  await done("generate", url, { from: other });
  expect(await query(url, "SELECT device_count::int FROM campaign ORDER BY campaign_id")).toEqual([
    { device_count: ROWS.length },
    { device_count: ROWS.length - 1 },
  ]);
});

test("the name of a campaign stands for its file", async () => {
  const url = await database();
  await done("generate", url, { from: file, campaign: "march" });
  const { error } = await command("generate", url, {
    from: await files.rows("less", "csv", ROWS.slice(5)),
    campaign: "march",
  });
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("Campaign march is there already") });
  expect((await command("generate", url, { campaign: "march", devices: 5 })).error).toMatchObject({ exitCode: 2 });
});

test("rows that can't be stored are in import_reject, one by one, and counted", async () => {
  const url = await database();
  const bad =
    "device_id,region,battery_voltage,signal_strength,update_status\na,EU,12,50,Partial\na,EU,12,50,Partial\n,EU,1,1,Success\nb,E\0U,1,1,Success\nc,EU,1,1,Gone\n";
  const said = await done("generate", url, { from: files.file("bad.csv", bad) });
  expect(said.events.find(({ event }) => event === "stage_ended")).toMatchObject({ devices: 1, rejected: 4 });
  const notes = said.events.filter(({ event }) => event === "note").map(({ text }) => String(text));
  expect(notes.filter((text) => text.includes("can't be stored"))).toHaveLength(4);
  expect(await query(url, "SELECT row_no::int, reason, device_id FROM import_reject ORDER BY row_no")).toEqual([
    { row_no: 2, reason: "its device_id stands in an earlier row", device_id: "a" },
    { row_no: 3, reason: "it has no device_id", device_id: null },
    { row_no: 4, reason: "a value holds a NUL byte, which PostgreSQL cannot store", device_id: "b" },
    { row_no: 5, reason: "its update_status is neither Success nor Partial", device_id: "c" },
  ]);
  expect(await query(url, "SELECT rejected_count::int FROM campaign")).toEqual([{ rejected_count: 4 }]);
});

test("a file without one row that can be stored makes no campaign", async () => {
  const url = await database();
  const { error } = await command("generate", url, {
    from: files.file("none.csv", "device_id,region,battery_voltage,signal_strength,update_status\n"),
  });
  expect(error).toMatchObject({ exitCode: 2, message: expect.stringContaining("holds no device that can be stored") });
  expect(await query(url, "SELECT * FROM campaign")).toEqual([]);
});

test("chaos comes over an import only where it is asked for", async () => {
  const url = await database();
  await done("generate", url, { from: file });
  await done("corrupt", url);
  expect(await query(url, "SELECT fault_rate FROM campaign")).toEqual([{ fault_rate: null }]);
  await done("corrupt", url, { faultRate: 0.3 });
  const struck = await query<{ field: string }>(url, "SELECT DISTINCT field FROM fault_ledger ORDER BY field");
  expect(struck.map(({ field }) => field)).toEqual(["battery_voltage", "signal_strength"]);
});

test.each(["abort", "pass"] as const)(
  "an import that is killed at a commit (%s) is resumed by the same words",
  async (then) => {
    const whole = await database();
    await done("generate", whole, { from: file, batchSize: BATCH });
    const url = await database();
    const words = ["generate", "--from", file, "--batch-size", String(BATCH)];
    const barrier = await holdBatches(url, "NEW.batch_no = 1");
    const killed = start(words, { DATABASE_URL: url });
    await barrier.reached();
    killed.signal("SIGKILL");
    await killed.ended;
    await barrier[then]();
    await barrier.close();
    const stored = await query<{ batch_no: number }>(
      url,
      "SELECT DISTINCT batch_no FROM device_report ORDER BY batch_no",
    );
    expect(stored.map(({ batch_no }) => batch_no)).toEqual(then === "abort" ? [0] : [0, 1]);
    const { error } = await command("corrupt", url, { faultRate: 0.1 });
    expect(error?.command).toMatch(
      /^npm run generate -- --resume --from fleet\.csv --campaign import-fleet-[0-9a-f]{8} /,
    );
    expect((await command("generate", url, { resume: true })).error).toMatchObject({
      exitCode: 2,
      command: error?.command,
    });
    await succeed([...words, "--resume"], url);
    expect(await digestOf(url)).toBe(await digestOf(whole));
    await done("recover", url);
    expect((await command("validate", url)).error).toBeUndefined();
  },
);

test("Ctrl-C is answered, ends an import between batches, and the same words go on", async () => {
  const url = await database();
  const words = ["generate", "--from", file, "--batch-size", String(BATCH)];
  const barrier = await holdBatches(url, "NEW.batch_no = 0");
  const stopped = start(words, { DATABASE_URL: url });
  await barrier.reached();
  stopped.process.kill("SIGINT");
  await stopped.says("Stopping once the batches under way are stored");
  await barrier.pass();
  expect(await stopped.ended).toMatchObject({ code: 130, stderr: expect.stringContaining("--resume") });
  await barrier.close();
  expect(await query(url, "SELECT batch_no FROM batch_ledger")).toEqual([{ batch_no: 0 }]);
  await succeed([...words, "--resume"], url);
});

test("an import that is whole is made the current campaign again by --resume", async () => {
  const url = await database();
  await done("generate", url, { from: file, campaign: "march" });
  await done("generate", url, { devices: 10 });
  await done("generate", url, { resume: true, campaign: "march" });
  expect(await query(url, "SELECT name FROM current_campaign JOIN campaign USING (campaign_id)")).toEqual([
    { name: "march" },
  ]);
});

test("batches that bring no new words are under way side by side; what of them was lost is stored by the same words", async () => {
  const plain = Array.from({ length: 5 * BATCH }, (_, no) => ({
    ...(ROWS[0] as ImportRow),
    device_id: `same-${no}`,
  }));
  const from = await files.rows("same-words", "csv", plain);
  const whole = await database();
  await done("generate", whole, { from, batchSize: BATCH });
  const url = await database();
  const words = ["generate", "--from", from, "--batch-size", String(BATCH), "--workers", "2"];
  const barrier = await holdBatches(url, "NEW.batch_no = 1");
  const killed = start(words, { DATABASE_URL: url });
  await barrier.reached();
  await until(
    "batch 2 is stored",
    async () => (await query(url, "SELECT FROM batch_ledger WHERE batch_no = 2")).length > 0,
  );
  killed.signal("SIGKILL");
  await killed.ended;
  await barrier.abort();
  await barrier.close();
  expect(await query(url, "SELECT batch_no FROM batch_ledger ORDER BY batch_no")).toEqual([
    { batch_no: 0 },
    { batch_no: 2 },
  ]);
  await succeed([...words, "--resume"], url);
  expect(await digestOf(url)).toBe(await digestOf(whole));
});

test("what a killed import had under way the server takes back, and the import goes on", async () => {
  const url = await database();
  const words = ["generate", "--from", file, "--batch-size", String(BATCH)];
  const barrier = await holdBatches(url, "NEW.batch_no = 1");
  const killed = start(words, { DATABASE_URL: url });
  await barrier.reached();
  killed.signal("SIGKILL");
  await killed.ended;
  await settled(url);
  await barrier.close();
  expect(await query(url, "SELECT batch_no FROM batch_ledger")).toEqual([{ batch_no: 0 }]);
  await done("generate", url, { from: file });
  expect(await query(url, "SELECT count(*)::int AS devices FROM device_report")).toEqual([{ devices: ROWS.length }]);
});

test("an import starts no thread, however many workers there may be", async () => {
  const imported = await run(["generate", "--from", file, "--workers", "2"], await database(), COUNTED);
  expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining("threads: 0\n") });
  const made = await run(["generate", "--devices", "100", "--workers", "2"], await database(), COUNTED);
  expect(made).toMatchObject({ code: 0, stderr: expect.stringContaining("threads: 2\n") });
});
