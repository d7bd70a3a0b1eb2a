import { copyFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { casesOf } from "../pipelines/domain/condition.ts";
import { contextual, mixedPolicy } from "../pipelines/domain/examples.fixture.ts";
import { parsePolicy } from "../pipelines/domain/policy.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, start, succeed } from "./support/cli.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import type { TemporaryProject } from "./support/project.ts";

let checkout: TemporaryProject;
let database: TestDatabase;
beforeAll(async () => {
  checkout = freshCheckout();
  database = await freshDatabase();
});
afterAll(async () => {
  await checkout.remove();
  await database.drop();
});

const inCheckout = (name: string): string => path.join(checkout.root, "data", name);
const shipped = (name: string): string => path.resolve(import.meta.dirname, "..", "data", name);
const write = (name: string, value: unknown): void =>
  writeFileSync(inCheckout(name), typeof value === "string" ? value : JSON.stringify(value, null, 2));
const done = (...words: string[]): Promise<Ended> => succeed(words, database.url, checkout.root);

describe("rules and policies are data", () => {
  test("a fleet is judged by what an analyst wrote, by every engine alike", async () => {
    write("rules/default.json", contextual);
    write("policy/mixed.json", mixedPolicy);
    await done("generate", "--devices", "5000", "--campaign", "judged");
    await done("corrupt", "--fault-rate", "0.1");
    const preview = (await done("recover", "--policy", "mixed", "--dry-run")).stdout;
    for (const word of ["retried at once", "retried later", "rolled back", "held for a person"])
      expect(preview).toContain(word);
    await done("recover", "--policy", "mixed");
    const { stdout } = await done("validate");
    expect(stdout).toMatch(/PASS {2}decisions_agree/);
    const held = await query<{ rule_id: string; devices: number }>(
      database.url,
      "SELECT rule_id, count(*)::int AS devices FROM triage_queue GROUP BY rule_id ORDER BY rule_id",
    );
    for (const { rule_id, devices } of held)
      expect(preview).toMatch(new RegExp(`${rule_id} +${devices.toLocaleString("en")}\n`));
    expect(held.map(({ rule_id }) => rule_id)).toEqual(
      expect.arrayContaining(["battery_by_model", "model_unknown", "storage_when_late", "signal_word"]),
    );
    const decided = await query<{ policy_rule: string }>(
      database.url,
      "SELECT DISTINCT policy_rule FROM recovery_actions ORDER BY policy_rule",
    );
    expect(decided.map(({ policy_rule }) => policy_rule)).toEqual(expect.arrayContaining(["busy", "strong"]));
  });

  test("what the marts find is what PostgreSQL finds, and a warning is told of there", async () => {
    await done("report", "--no-site");
    const home = path.join(checkout.root, "data", "local");
    const file = readdirSync(home, { recursive: true, encoding: "utf8" }).find((name) =>
      name.endsWith("judged.duckdb"),
    );
    const db = await (await DuckDBInstance.create(path.join(home, file ?? ""), { access_mode: "READ_ONLY" })).connect();
    const reader = await db.runAndReadAll(
      "SELECT field, rule_id, count(*)::INTEGER AS devices FROM int_finding GROUP BY ALL ORDER BY ALL",
    );
    db.closeSync();
    const found = await query(
      database.url,
      `SELECT field, rule_id, count(*)::int AS devices FROM telemetry_finding WHERE effect <> 'warn'
       GROUP BY field, rule_id ORDER BY field COLLATE "C", rule_id COLLATE "C"`,
    );
    expect(reader.getRowObjectsJS()).toEqual(found);
    expect(found.length).toBeGreaterThan(5);
    const warned = await query(
      database.url,
      "SELECT DISTINCT rule_id, rules_version, severity FROM telemetry_finding WHERE effect = 'warn'",
    );
    expect(warned).toEqual([{ rule_id: "signal_noted", rules_version: 3, severity: "critical" }]);
  });

  test("the field policy retries, defers, rolls back and gives up, as its preview says", async () => {
    copyFileSync(shipped("rules/default.json"), inCheckout("rules/default.json"));
    await done("generate", "--devices", "5000", "--campaign", "field");
    const preview = (await done("recover", "--policy", "field", "--dry-run")).stdout;
    await done("recover", "--policy", "field");
    await done("validate");
    const fates = await query<{ fate: string; policy_rule: string; devices: number }>(
      database.url,
      `SELECT fate, policy_rule, count(*)::int AS devices FROM recovery_actions JOIN current_campaign USING (campaign_id)
       GROUP BY fate, policy_rule`,
    );
    const words = { retry: "retried at once", defer: "retried later", rollback: "rolled back", never: "for good" };
    expect(new Set(fates.map(({ fate }) => fate))).toEqual(new Set(Object.keys(words)));
    for (const { fate, policy_rule, devices } of fates)
      expect(preview).toMatch(
        new RegExp(`${words[fate as keyof typeof words]} +${policy_rule} +${devices.toLocaleString("en")}\n`),
      );
    const waits = await query(
      database.url,
      `SELECT DISTINCT r.attempts, a.retry_after_minutes AS minutes, a.attempts_after FROM recovery_actions a
       JOIN current_campaign USING (campaign_id) JOIN device_report r USING (bucket, campaign_id, device_id)
       WHERE a.policy_rule = 'turned_away' ORDER BY r.attempts`,
    );
    expect(waits).toEqual([
      { attempts: "1", minutes: 15, attempts_after: 1 },
      { attempts: "2", minutes: 30, attempts_after: 2 },
      { attempts: "3", minutes: 60, attempts_after: 3 },
      { attempts: "4", minutes: 120, attempts_after: 4 },
    ]);
    const waited = await query(
      database.url,
      `UPDATE stored_report r SET attempts = w.attempts
       FROM (SELECT a.bucket, a.campaign_id, a.device_id, row_number() OVER (ORDER BY a.device_id) AS no FROM recovery_actions a
             JOIN current_campaign USING (campaign_id) WHERE a.policy_rule = 'battery_was_low') d
       JOIN unnest('{1,2,3,9,99999999999,often}'::text[]) WITH ORDINALITY AS w (attempts, no) ON w.no = d.no
       WHERE (r.bucket, r.campaign_id, r.device_id) = (d.bucket, d.campaign_id, d.device_id);
       SELECT r.attempts, a.retry_after_minutes AS minutes, a.attempts_after FROM recovery_actions a
       JOIN current_campaign USING (campaign_id) JOIN device_report r USING (bucket, campaign_id, device_id)
       WHERE a.policy_rule = 'battery_was_low' ORDER BY a.device_id LIMIT 6`,
    );
    expect(waited).toEqual([
      { attempts: "1", minutes: 360, attempts_after: 2 },
      { attempts: "2", minutes: 720, attempts_after: 3 },
      { attempts: "3", minutes: 1440, attempts_after: 4 },
      { attempts: "9", minutes: 1440, attempts_after: 10 },
      { attempts: "99999999999", minutes: 360, attempts_after: null },
      { attempts: "often", minutes: 360, attempts_after: null },
    ]);
    const [counted] = await query(
      database.url,
      `SELECT count(*)::int AS others FROM recovery_actions a
       JOIN current_campaign USING (campaign_id) JOIN device_report r USING (bucket, campaign_id, device_id)
       WHERE a.policy_rule = 'otherwise'
         AND (a.attempts_after <> r.attempts::int + 1 OR a.retry_after_minutes <> 0)`,
    );
    expect(counted).toEqual({ others: 0 });
  });

  test("the shipped policies name error codes that there are", () => {
    const known = readFileSync(shipped("errors.csv"), "utf8");
    for (const name of readdirSync(shipped("policy"))) {
      const { rules } = parsePolicy(JSON.parse(readFileSync(shipped(`policy/${name}`), "utf8")));
      const tests = rules.flatMap((rule) => casesOf(rule).flat()).filter(({ field }) => field === "error_code");
      for (const { test: asked } of tests)
        if (asked.kind === "one_of") for (const code of asked.values) expect(known).toContain(`\n${code},`);
    }
  });

  test("a rule that halts stops recovery before the batch commits, and says where to look", async () => {
    write("rules/default.json", contextual);
    const halting = structuredClone(contextual) as unknown as { rules: { id: string; effect?: string }[] };
    for (const rule of halting.rules) if (rule.id === "model_unknown") rule.effect = "halt";
    write("rules/default.json", halting);
    await done("generate", "--devices", "1000", "--campaign", "halted");
    const words = ["recover", "--batch-size", "250"];
    const { code, stderr } = await start(words, { DATABASE_URL: database.url }, checkout.root).ended;
    expect(code, stderr).toBe(5);
    expect(stderr).toMatch(/Device DEV-[0-9a-f]{8} breaks rule model_unknown of rules contextual version 3/);
    write("rules/default.json", contextual);
    await done(...words);
    await done("validate");
  });

  test.each<[string, (text: string) => string, RegExp]>([
    ["a comma too many", (text) => text.replace('"version": 1,', '"version": 1,,'), /line 3, cannot be used/],
    ["a kind misspelt", (text) => text.replace('"kind": "missing"', '"kind": "mising"'), /line 5, .*use one of any/],
    [
      "a rule without its fault",
      (text) => text.replace(/,\s*"detects": "type_mismatch"/, ""),
      /line 6, .*"detects" must be one of/,
    ],
  ])("%s is told with its file, its line and what to write", async (_, spoil, message) => {
    write("rules/default.json", spoil(readFileSync(shipped("rules/default.json"), "utf8")));
    const { code, stderr } = await start(["validate"], { DATABASE_URL: database.url }, checkout.root).ended;
    expect(code).toBe(2);
    expect(stderr).toContain("data/rules/default.json");
    expect(stderr).toMatch(message);
  });
});
