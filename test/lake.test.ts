import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LAKE_COLUMNS, type LakeManifest, type LakeType } from "../pipelines/archive/lake.ts";
import { writeLake } from "../pipelines/archive/write-lake.ts";
import type { Options } from "../pipelines/cli/options.ts";
import { type Shelf, shelf } from "./support/archives.ts";
import { settled, until } from "./support/barrier.ts";
import { type Running, run, start } from "./support/cli.ts";
import { command, done, inside, PROJECT, stages, triage } from "./support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { query, session } from "./support/fleet.ts";
import { hostileReports, hostileValues } from "./support/hostile.ts";
import { type Folder, folder } from "./support/import-files.ts";
import { askLake, rowsInLake, rowsOfDatabase, typesInFiles } from "./support/lake.ts";

let archives: Shelf;
let files: Folder;
let database: TestDatabase;
const keep = keptDatabases();
beforeAll(async () => {
  archives = shelf();
  files = folder();
  database = await freshDatabase();
  await stages(database.url, { devices: 3000, campaign: "spring", faultRate: 0.1 });
});
afterAll(async () => {
  archives.remove();
  files.remove();
  await database.drop();
});

const lake = async (url: string, campaign?: string): Promise<string> => {
  const to = archives.place();
  await done("export", url, { to, layout: "lake", ...(campaign === undefined ? {} : { campaign }) });
  return to;
};
const beside = (): string[] => readdirSync(archives.path).filter((name) => !name.startsWith("export-"));
const manifestIn = (folderOfCampaign: string): LakeManifest =>
  JSON.parse(readFileSync(path.join(folderOfCampaign, "_manifest.json"), "utf8")) as LakeManifest;

describe("a lake holds what ota_logs and ota_telemetry show, row by row", () => {
  test("of a campaign on which persons decided, too", async () => {
    const { url } = database;
    const open = await query<{ device_id: string }>(
      url,
      "SELECT device_id FROM triage_queue WHERE field = 'battery_voltage' ORDER BY device_id",
    );
    const [fixed = "", accepted = "", rejected = ""] = open.map(({ device_id }) => device_id);
    await triage(url, ["fix", fixed, "battery_voltage=12.9"], { why: "measured" });
    await triage(url, ["accept", accepted], { why: "as it is" });
    await triage(url, ["reject", rejected], { why: "scrapped" });
    await done("recover", url);
    const expected = await rowsOfDatabase(url);
    const found = await rowsInLake(await lake(url));
    expect(found).toEqual(expected);
    expect(new Set(found.map(({ update_status }) => update_status))).toEqual(
      new Set(["Success", "Recovered", "Quarantined"]),
    );
    const numberOf = (id: string) => found.find(({ device_id }) => device_id === id)?.battery_voltage;
    expect(numberOf(fixed)).toBe(12.9);
    expect(numberOf(rejected)).toBeNull();
  });

  test("of one that was stopped before anything was decided", async () => {
    const { url } = keep(await freshDatabase());
    await done("generate", url, { devices: 500, campaign: "007" });
    const to = await lake(url);
    expect(await rowsInLake(to)).toEqual(await rowsOfDatabase(url));
    expect(await askLake(to, "SELECT DISTINCT campaign, part FROM device")).toEqual([{ campaign: "007", part: 0 }]);
  });

  test("judged by rules that ask about other fields, with values as only a broken device sends them", async () => {
    const { url } = keep(await freshDatabase());
    const ids = [...new Set(hostileValues(400))].filter(
      (id): id is string => id !== null && id.trim() !== "" && Buffer.byteLength(id) < 200,
    );
    const reports = hostileReports(ids.length);
    const rows = ids.map((device_id, no) => ({
      ...(reports[no] as object),
      ...{ device_id, update_status: no % 3 === 0 ? "Success" : "Partial" },
    }));
    await done("generate", url, { from: await files.rows("hostile", "parquet", rows), campaign: "hostile fleet" });
    await done("recover", url, { rules: "field" });
    const to = await lake(url);
    const found = await rowsInLake(to);
    const expected = await rowsOfDatabase(url);
    expect(found).toEqual(expected);
    expect(found.filter(({ reported_at }) => reported_at !== null).length).toBeGreaterThan(10);
    expect(readdirSync(to)).toEqual(["campaign=hostile%20fleet"]);
    expect(await askLake(to, "SELECT DISTINCT campaign FROM device")).toEqual([{ campaign: "hostile fleet" }]);
  });
});

test("it is in parts by bucket, each with its rows and its hash, of types that other engines know", async () => {
  const into = archives.place();
  const [campaign, scratch] = [path.join(into, "campaign=spring"), archives.place()];
  for (const made of [into, scratch]) mkdirSync(made);
  await inside("export", database.url, {}, (context, target) => writeLake(context, target, into, scratch, 1000));
  const { files: parts, rules, columns, ...manifest } = manifestIn(campaign);
  expect(manifest).toMatchObject({ product: "sentinel-ota", layout: "lake", campaign: { name: "spring" } });
  expect(rules).toEqual({ name: "default", version: 1 });
  expect(parts.map(({ path: file, first_bucket, last_bucket }) => [file, first_bucket, last_bucket])).toEqual([
    ["part=0/data_0.parquet", 0, 255],
    ["part=1/data_0.parquet", 256, 511],
    ["part=2/data_0.parquet", 512, 767],
    ["part=3/data_0.parquet", 768, 1023],
  ]);
  for (const { path: file, bytes, sha256 } of parts) {
    const content = readFileSync(path.join(campaign, file));
    expect([content.length, createHash("sha256").update(content).digest("hex")]).toEqual([bytes, sha256]);
  }
  const rows =
    "SELECT part, count(*)::INTEGER AS rows FROM device WHERE bucket // 256 = part GROUP BY part ORDER BY part";
  expect(await askLake(into, rows)).toEqual(parts.map(({ part, rows: held }) => ({ part, rows: held })));
  expect(await rowsInLake(into)).toEqual(await rowsOfDatabase(database.url));
  expect(columns).toEqual(LAKE_COLUMNS);
  const described = await askLake(into, "SELECT column_name, column_type FROM (DESCRIBE device)");
  expect(Object.fromEntries(described.map(({ column_name, column_type }) => [column_name, column_type]))).toEqual({
    ...LAKE_COLUMNS,
    ...{ campaign: "VARCHAR", part: "INTEGER" },
  });
  expect(await typesInFiles(into)).toEqual([
    { type: "BYTE_ARRAY", means: "UTF8", is_utc: null },
    { type: "DOUBLE", means: null, is_utc: null },
    { type: "INT32", means: "INT_32", is_utc: null },
    { type: "INT64", means: "TIMESTAMP_MICROS", is_utc: true },
  ]);
});

const WAITING = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

/** Starts an export, holds it at the last of what it reads before the devices, and lets it go after `meanwhile`. */
async function held(to: string, meanwhile: (command: Running) => Promise<unknown>) {
  return session(database.url, async (client) => {
    await client.query("BEGIN; LOCK telemetry_amendment IN ACCESS EXCLUSIVE MODE");
    const command = start(["export", "--layout", "lake", "--to", to], { DATABASE_URL: database.url });
    await until("the export waits", async () => (await query(database.url, WAITING)).length > 0);
    await meanwhile(command);
    await client.query("ROLLBACK");
    const end = await command.ended;
    await settled(database.url);
    return end;
  });
}

describe("a lake is whole, or not there", () => {
  test("killed, it leaves no folder, and the next one clears away what it was at", async () => {
    const to = archives.place();
    await held(to, async (killed) => {
      killed.signal("SIGKILL");
      await killed.ended;
    });
    expect(existsSync(to)).toBe(false);
    expect(beside()).toHaveLength(1);
    const end = await run(["export", "--layout", "lake", "--to", to], database.url);
    expect(end).toMatchObject({ code: 0, stdout: `${to}\ncampaign=spring\n` });
    expect(beside()).toEqual([]);
    expect(await rowsInLake(to)).toEqual(await rowsOfDatabase(database.url));
  });

  test("Ctrl-C stops it, and nothing is left", async () => {
    const to = archives.place();
    const end = await held(to, async (stopped) => {
      stopped.process.kill("SIGINT");
      await stopped.ended;
    });
    expect(end).toMatchObject({ code: 130, stdout: "" });
    expect(end.stderr).toContain(`Do it again:\n  npm run export -- --layout lake --to ${to}\n`);
    expect([existsSync(to), ...beside()]).toEqual([false]);
  });

  test("what the server ends leaves nothing, and says how to do it again", async () => {
    const to = archives.place();
    const end = await held(to, () =>
      query(database.url, `SELECT pg_terminate_backend(pid) ${WAITING.slice("SELECT".length)}`),
    );
    expect(end.code).toBe(3);
    expect(end.stderr).toContain("Nothing was written. Once that is mended, do it again:");
    expect([existsSync(to), ...beside()]).toEqual([false]);
  });
});

test("the server waits for a part that takes longer than a session may idle", async () => {
  const into = archives.place();
  const scratch = archives.place();
  for (const made of [into, scratch]) mkdirSync(made);
  await inside("export", database.url, {}, (context, target) => {
    const rules = (name: string) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4000);
      return context.reference.rules(name);
    };
    const hasty = { ...target, config: { ...target.config, idle_in_transaction_session_timeout: 2000 } };
    return writeLake({ ...context, reference: { ...context.reference, rules } }, hasty, into, scratch);
  });
  expect(await askLake(into, "SELECT count(*)::INTEGER AS rows FROM device")).toEqual([{ rows: 3000 }]);
});

describe("a folder that holds anything is refused", () => {
  const refusal = async (to: string, options: Options = {}) =>
    (await command("export", database.url, { to, layout: "lake", ...options })).error;

  test("unless it is a lake, and to be replaced", async () => {
    const to = await lake(database.url);
    expect(await refusal(to)).toMatchObject({ exitCode: 2, message: `${to} holds an export already.` });
    const seen = manifestIn(path.join(to, "campaign=spring")).seen_at;
    await done("export", database.url, { to, layout: "lake", replace: true });
    expect(manifestIn(path.join(to, "campaign=spring")).seen_at).not.toBe(seen);
  });

  test("with a file of another's, however deep, or a backup", async () => {
    const to = await lake(database.url);
    const notes = path.join(to, "campaign=spring", "part=0", "notes.txt");
    writeFileSync(notes, "mine");
    const { message } = (await refusal(to, { replace: true })) ?? {};
    expect(message).toBe(`${to} is not empty: it holds "campaign=spring/part=0/notes.txt".`);
    expect(readFileSync(notes, "utf8")).toBe("mine");
    const backup = await archives.export(database.url);
    expect((await refusal(backup, { replace: true }))?.message).toContain("is not empty");
    const other = await lake(database.url);
    const tables = await command("export", database.url, { to: other, replace: true });
    expect(tables.error?.message).toBe(`${other} is not empty: it holds "campaign=spring".`);
  });

  test("a lake is not imported, which says why", async () => {
    const to = await lake(database.url);
    const { error } = await command("import", database.url, { from: to });
    expect(error).toMatchObject({
      exitCode: 2,
      message: `${to} is a lake, which other engines read: nothing brings it back.`,
    });
  });
});

test("docs/lake.md declares for each engine the columns that there are", () => {
  const text = readFileSync(path.join(PROJECT, "docs", "lake.md"), "utf8");
  const names: Readonly<Record<LakeType, string>> = {
    ...{ VARCHAR: "varchar", INTEGER: "integer", DOUBLE: "double", "TIMESTAMP WITH TIME ZONE": "timestamp(6)" },
  };
  const columns = Object.entries(LAKE_COLUMNS).map(([name, type]) => `${name} ${names[type]}`);
  const [, declared = ""] = /CREATE TABLE [\w.]+ \(([^;]*?)\n\)/.exec(text) ?? [];
  expect(declared.split(/,\s+/).map((column) => column.trim())).toEqual([
    ...columns,
    "campaign varchar",
    "part integer",
  ]);
  const listed = [...text.matchAll(/^\| `([^|]+)` \|/gm)].flatMap(([, cell = ""]) => cell.split("`, `"));
  expect(listed).toEqual(["campaign", "part", ...Object.keys(LAKE_COLUMNS)]);
});
