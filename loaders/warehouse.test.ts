import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { awaited } from "../pipelines/awaited.ts";
import { EXIT } from "../pipelines/cli/errors.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import { MARTS, martSql, readMart, readMarts, readSnapshot } from "./mart.ts";
import { defaultRules, type Trial, trialOf } from "./testing/warehouse.ts";

async function everyMart(path: string): Promise<Record<string, unknown>> {
  const marts: Record<string, unknown> = {};
  for (const { name } of MARTS) marts[name] = await readMart(path, name);
  return marts;
}

test("a snapshot says what was pulled, and the file lies under the campaign's name", async () => {
  const { home, refresh } = await trialOf(600);
  const progress: number[] = [];
  const snapshot = await refresh({ onProgress: (done, total) => progress.push(done / total) });
  expect(snapshot).toMatchObject({ campaignId: 7, campaignName: "trial", devices: 600 });
  expect(snapshot.takenAt).toBe("2026-01-01T00:00:04.000Z");
  expect(snapshot.id).toMatch(/^[0-9a-f]{16}$/);
  expect(snapshot.path).toBe(join(home, "trial.duckdb"));
  expect(await readSnapshot(snapshot.path)).toEqual(snapshot);
  expect(readdirSync(home)).toEqual(["trial.duckdb"]);
  expect(progress.at(-1)).toBe(1);
});

test("an unchanged database gives the same snapshot and the same marts, whatever order its rows lie in", async () => {
  const { client, home, refresh } = await trialOf(600);
  const first = await refresh();
  const marts = await everyMart(first.path);
  await client.query("UPDATE stored_report SET device_no = device_no WHERE bucket % 3 = 0");
  const second = await refresh({ home: join(home, "again") });
  expect(second.id).toBe(first.id);
  expect(JSON.stringify(await everyMart(second.path))).toBe(JSON.stringify(marts));
});

test("a changed row changes the figures and the snapshot", async () => {
  const { client, refresh } = await trialOf(600);
  const before = await refresh();
  const [was] = await readMart(before.path, "campaign_summary");
  await client.query(
    `UPDATE stored_report SET outcome_no =
       (SELECT min(outcome_no) FROM update_outcome WHERE update_status = 'Partial' AND last_stage = 'QUEUED')
     WHERE device_id = (SELECT min(device_id) FROM device_report WHERE update_status = 'Success')`,
  );
  const after = await refresh();
  const [is] = await readMart(after.path, "campaign_summary");
  expect(after.id).not.toBe(before.id);
  expect(is).toMatchObject({ success: Number(was?.success) - 1, partial: 1, failed: Number(was?.failed) + 1 });
  expect(is?.snapshot_id).toBe(after.id);
});

test("changed rules make another snapshot of the same rows", async () => {
  const { refresh } = await trialOf(200);
  const [strict, lax] = [await refresh(), await refresh({ rules: laxRules })];
  expect(lax.id).not.toBe(strict.id);
  const [summary] = await readMart(lax.path, "campaign_summary");
  expect(Number(summary?.found_faults)).toBeLessThan(Number(summary?.injected_faults));
});

test("a failed refresh leaves the old warehouse as it was and nothing beside it", async () => {
  const { client, home, refresh } = await trialOf(200);
  const { path, id } = await refresh();
  const whole = readFileSync(path);
  await client.query("INSERT INTO decision VALUES (0, 7, 1000000, 1, 1, 0)");
  await expect(refresh()).rejects.toMatchObject({
    name: "SentinelError",
    exitCode: EXIT.validation,
    message: expect.stringMatching(/decisions_have_devices.*recovery_actions/),
  });
  expect(readFileSync(path).equals(whole)).toBe(true);
  expect(readdirSync(home)).toEqual(["trial.duckdb"]);
  expect((await readSnapshot(path)).id).toBe(id);
});

test("a device in two outcomes is named", async () => {
  const { client, refresh } = await trialOf(400);
  const { rows } = await client.query("SELECT device_id FROM triage_queue ORDER BY device_id LIMIT 1");
  const id: string = rows[0].device_id;
  // A pass that is not complete has no key yet that would forbid it.
  await client.query("ALTER TABLE decision_7 DROP CONSTRAINT decision_7_pkey");
  await client.query(
    "INSERT INTO decision SELECT bucket, 7, device_no, 1, 1, 0 FROM stored_report WHERE device_id = $1",
    [id],
  );
  const named = { exitCode: EXIT.validation, message: expect.stringMatching(`check one_outcome .*${id}`) };
  await expect(refresh()).rejects.toMatchObject(named);
  await client.query(
    "DELETE FROM decision WHERE rule_no = 1 AND device_no IN (SELECT device_no FROM stored_report WHERE device_id = $1)",
    [id],
  );
  await refresh();
  await client.query(
    `UPDATE stored_report SET outcome_no = (SELECT outcome_no FROM update_outcome WHERE update_status = 'Success')
     WHERE device_id = $1`,
    [id],
  );
  await expect(refresh()).rejects.toMatchObject(named);
});

test("a device decided twice is named, though both decisions recover it", async () => {
  const { client, refresh } = await trialOf(400);
  await client.query("ALTER TABLE decision_7 DROP CONSTRAINT decision_7_pkey");
  const { rows } = await client.query(
    `WITH twice AS (
       INSERT INTO decision SELECT bucket, 7, device_no, 2, pass, batch_no FROM decision WHERE rule_no = 1 LIMIT 1 RETURNING device_no
     ) SELECT device_id FROM stored_report JOIN twice USING (device_no)`,
  );
  await expect(refresh()).rejects.toMatchObject({
    exitCode: EXIT.validation,
    message: expect.stringMatching(`check one_outcome .* found 2 rows: .*${rows[0].device_id}`),
  });
});

test("rules by which only other campaigns were decided do not change the snapshot", async () => {
  const { client, refresh } = await trialOf(200);
  const before = await refresh();
  await client.query("INSERT INTO decision_rule VALUES (9, 'RETRY_UPDATE', 'Recovered', 'other', 1, 'otherwise')");
  expect((await refresh()).id).toBe(before.id);
  await client.query("UPDATE decision_rule SET policy_rule = 'renamed' WHERE rule_no = 1");
  expect((await refresh()).id).not.toBe(before.id);
});

test("who may not take the loaders' role reads all the same, and is told", async () => {
  const { client, url, refresh } = await trialOf(100);
  const notes: string[] = [];
  await refresh({ onNote: (line) => notes.push(line) });
  expect(notes).toEqual([]);
  await client.query("CREATE ROLE plain_reader LOGIN PASSWORD 'plain'").catch(() => {});
  await client.query("GRANT SELECT ON ALL TABLES IN SCHEMA public TO plain_reader");
  const connection = new URL(url);
  connection.username = "plain_reader";
  connection.password = "plain";
  const snapshot = await refresh({
    connection: { connectionString: connection.href },
    onNote: (line) => notes.push(line),
  });
  expect(snapshot.devices).toBe(100);
  expect(notes).toEqual([expect.stringContaining("sentinel_loader")]);
});

test("nothing is published that the allow-list does not name", async () => {
  const { refresh } = await trialOf(100);
  const { path } = await refresh();
  const bytes = readFileSync(path);
  for (const secret of ["secret-host", "secret-error", "/home/ada", "databaseUrl"]) {
    expect(bytes.includes(secret), secret).toBe(false);
  }
  expect(await readMart(path, "runs")).toMatchObject([
    { stage: "generate", options: '{"from": "fleet.csv", "workers": 2}', duration_ms: 1500 },
    { stage: "recover", result: "running", duration_ms: null },
  ]);
});

test("an unknown campaign, an empty database and one without tables are explained", async () => {
  const { client, refresh } = await trialOf(10);
  await expect(refresh({ campaign: "nope" })).rejects.toMatchObject({ exitCode: EXIT.usage, message: /nope/ });
  await client.query("DELETE FROM current_campaign");
  await expect(refresh()).rejects.toMatchObject({ exitCode: EXIT.usage, command: "npm run generate" });
  await client.query("DROP TABLE campaign CASCADE");
  await expect(refresh()).rejects.toMatchObject({ exitCode: EXIT.database, command: "npm run generate" });
});

test("a server that is not there is explained without the password", async () => {
  const { refresh } = await trialOf(10);
  const connection = { host: "127.0.0.1", port: 1, user: "ada", password: "hush" };
  const failure = await refresh({ connection }).catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "SentinelError", exitCode: EXIT.database });
  expect(JSON.stringify(failure) + String(failure)).not.toContain("hush");
});

test("an abort stops the pull and leaves nothing behind", async () => {
  const { home, refresh } = await trialOf(5000);
  const stop = new AbortController();
  const reason = new Error("enough");
  await expect(refresh({ signal: stop.signal, onProgress: () => stop.abort(reason) })).rejects.toBe(reason);
  expect(readdirSync(home)).toEqual([]);
});

/** The default rules, with one by which fewer reports are at fault. */
function laxRules(): RuleSet {
  const rules = defaultRules();
  const wider = rules.rules.map((rule) =>
    rule.id === "signal_out_of_range" ? { ...rule, test: { kind: "outside" as const, min: 0, max: 300 } } : rule,
  );
  return { ...rules, rules: wider };
}

/** A refresh that has looked up what its campaign is judged by, and waits for it to be settled. */
async function waiting({ home, client, refresh }: Trial) {
  const { promise, resolve, reject } = awaited<void>();
  const asked: string[] = [];
  const rules = (name: string): RuleSet => {
    asked.push(name);
    return name === "lax" ? laxRules() : defaultRules();
  };
  const made = refresh({ settled: promise, rules });
  const file = (): string[] =>
    readdirSync(home, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".duckdb"));
  await expect.poll(file).toEqual([expect.stringMatching(/^\.work-.*warehouse\.duckdb$/)]);
  await expect.poll(() => asked).toEqual(["default"]);
  await expect.poll(async () => (await client.query(SESSIONS)).rows).toEqual([{ sessions: 1 }]);
  return { made, asked, settle: resolve, fail: reject };
}

test("a refresh of a campaign that is not settled yet opens its file, looks up its rules, and reads no rows until it is", async () => {
  const trial = await trialOf(600);
  const { made, asked, settle } = await waiting(trial);
  await trial.client.query("DELETE FROM stored_report WHERE device_no < 10");
  await trial.client.query("DELETE FROM decision WHERE device_no < 10");
  await trial.client.query("UPDATE campaign SET device_count = 590");
  settle();
  const snapshot = await made;
  expect(snapshot).toMatchObject({ devices: 590 });
  expect(snapshot.id).toBe((await trial.refresh({ home: join(trial.home, "again") })).id);
  expect(asked).toEqual(["default", "default"]);
});

test("what it is judged by is not read again where nothing has changed", async () => {
  const trial = await trialOf(200);
  const { made, asked, settle } = await waiting(trial);
  settle();
  expect((await made).id).toBe((await trial.refresh({ home: join(trial.home, "again") })).id);
  expect(asked).toEqual(["default"]);
});

test("rules that change while it waits are those that the marts are made by", async () => {
  const trial = await trialOf(200);
  const { made, asked, settle } = await waiting(trial);
  await trial.client.query("UPDATE campaign SET rules = 'lax'");
  settle();
  const { id, path } = await made;
  expect(asked).toEqual(["default", "lax"]);
  const again = await trial.refresh({ home: join(trial.home, "again"), rules: laxRules });
  expect(id).toBe(again.id);
  expect(JSON.stringify(await everyMart(path))).toBe(JSON.stringify(await everyMart(again.path)));
});

test("one whose campaign is never settled leaves nothing behind", async () => {
  const trial = await trialOf(10);
  const { made, fail } = await waiting(trial);
  const reason = new Error("it went wrong");
  fail(reason);
  await expect(made).rejects.toBe(reason);
  expect(readdirSync(trial.home)).toEqual([]);
});

const SESSIONS = `
  SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'`;

test("what a killed refresh left behind is swept away", async () => {
  const { home, refresh } = await trialOf(10);
  const { path } = await refresh();
  mkdirSync(join(home, ".work-4194999-xyz"));
  writeFileSync(join(home, ".work-4194999-xyz", "device.tsv"), "telemetry");
  mkdirSync(join(home, `.work-${process.pid}-mine`));
  await refresh();
  expect(readdirSync(home).sort()).toEqual([`.work-${process.pid}-mine`, path.slice(home.length + 1)]);
});

test("all marts are read at once, with their Parquet, and their SQL is shown", async () => {
  const { refresh } = await trialOf(100);
  const { path } = await refresh();
  const marts = await readMarts(path);
  expect(marts.map(({ header }) => header)).toEqual(MARTS);
  for (const { header, rows, parquet } of marts) {
    expect(rows, header.name).toEqual(await readMart(path, header.name));
    expect(parquet.subarray(0, 4).toString(), header.name).toBe("PAR1");
  }
  expect(await readMarts(path)).toEqual(marts);
  expect(martSql("region_failure")).toContain("CREATE TABLE region_failure AS");
  expect(() => martSql("nope")).toThrow("no mart named nope");
});
