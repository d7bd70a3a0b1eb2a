import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, start, succeed } from "./support/cli.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import type { TemporaryProject } from "./support/project.ts";

/** Each campaign of one database is judged by rules of its own. */
let checkout: TemporaryProject;
let database: TestDatabase;
beforeAll(async () => {
  checkout = freshCheckout();
  database = await freshDatabase();
  const strict = JSON.parse(readFileSync(inRules("default"), "utf8"));
  for (const rule of strict.rules)
    if (rule.id === "battery_out_of_range") rule.test = { kind: "outside", min: 12, max: 16 };
  for (const rule of strict.rules)
    if (rule.id === "signal_out_of_range") rule.detects = ["out_of_range", "signal_drop"];
  const [first, ...others] = strict.rules.filter(({ id }: { id: string }) => id !== "signal_dropped");
  const rules = [first, { ...others.pop(), severity: "info" }, ...others];
  writeFileSync(inRules("strict"), JSON.stringify({ name: "strict", version: 4, rules }));
  for (const campaign of ["mild", "hard"]) {
    await done("generate", "--devices", "3000", "--campaign", campaign);
    await done("corrupt", "--fault-rate", "0.1");
  }
});
afterAll(async () => {
  await checkout.remove();
  await database.drop();
});

const inRules = (name: string): string => path.join(checkout.root, "data", "rules", `${name}.json`);
const done = (...words: string[]): Promise<Ended> => succeed(words, database.url, checkout.root);
const refused = (words: string[], env: Record<string, string> = {}): Promise<Ended> =>
  start(words, { DATABASE_URL: database.url, ...env }, checkout.root).ended;
const sql = <Row>(text: string, values?: unknown[]): Promise<Row[]> => query<Row>(database.url, text, values);
const held = (campaign: string) =>
  sql<{ rule: string; rules_version: number; devices: number }>(
    `SELECT rule_id AS rule, rules_version, count(*)::int AS devices FROM triage_queue JOIN campaign c USING (campaign_id)
     WHERE c.name = $1 GROUP BY 1, 2 ORDER BY rule_id`,
    [campaign],
  );

describe("two campaigns with two rule sets", () => {
  test("a preview by other rules stores nothing, and says what recovery then does", async () => {
    const preview = (await done("recover", "--campaign", "hard", "--rules", "strict", "--dry-run")).stdout;
    expect(preview).toContain("by policy default and rules strict");
    expect(await sql("SELECT DISTINCT rules FROM campaign")).toEqual([{ rules: "default" }]);
    await done("recover", "--campaign", "mild");
    const plan = () => sql<Record<string, string>>("EXPLAIN SELECT battery_voltage FROM ota_telemetry");
    expect(JSON.stringify(await plan())).not.toContain("on campaign"); // One set in use: nobody asks which.
    await done("recover", "--campaign", "hard", "--rules", "strict");
    expect(JSON.stringify(await plan())).toContain("on campaign");
    expect(await sql("SELECT name, rules FROM campaign ORDER BY campaign_id")).toEqual([
      { name: "mild", rules: "default" },
      { name: "hard", rules: "strict" },
    ]);
    const [mild, hard] = [await held("mild"), await held("hard")];
    const cold = ({ rule }: { rule: string }): boolean => rule === "battery_out_of_range";
    expect(hard.find(cold)?.devices).toBeGreaterThan((mild.find(cold)?.devices ?? 0) * 5);
    expect(new Set(hard.map(({ rules_version }) => rules_version))).toEqual(new Set([4]));
    for (const { rule, devices } of hard)
      expect(preview).toMatch(new RegExp(`${rule} +${devices.toLocaleString("en")}\n`));
  });

  test("each is validated by its own, on any of the commands that read", async () => {
    for (const campaign of ["mild", "hard"]) {
      const { stdout } = await done("validate", "--campaign", campaign);
      expect(stdout).toMatch(/PASS {2}decisions_agree/);
    }
    expect((await done("status", "--campaign", "hard")).stdout).toContain("3,000 devices, generated, rules strict");
    const show = async (campaign: string): Promise<string> =>
      (await done("triage", "next", "--rule", "battery_out_of_range", "--campaign", campaign)).stdout;
    expect(await show("mild")).toContain("a number from 6 to 16 V");
    expect(await show("hard")).toContain("a number from 12 to 16 V");
  });

  test("a fault is found by the right rule where its kind is any of those that the rule is there for; a false alarm is of the first", async () => {
    const { stdout } = await done("validate", "--campaign", "hard", "--json");
    const events = stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
    const of = (kind: string) => events.find(({ event, kind: found }) => event === "detection" && found === kind);
    const dropped = of("signal_drop");
    expect(dropped.injected).toBeGreaterThan(10);
    expect(dropped).toMatchObject({ found: dropped.injected, right_rule: dropped.injected, false_alarms: 0 });
    expect(of("out_of_range").false_alarms).toBeGreaterThan(0);
  });

  test("the views of all campaigns judge each by its own rules", async () => {
    const found = await sql(
      `SELECT c.name, min(f.rules_version) AS version, max(f.rules_version) AS newest, min(r.battery_voltage::numeric)::float8 AS lowest,
         max(r.battery_voltage::numeric) FILTER (WHERE r.battery_voltage::numeric < 16)::float8 AS highest
       FROM telemetry_finding f JOIN campaign c USING (campaign_id) JOIN stored_report r USING (bucket, campaign_id, device_id)
       WHERE f.rule_id = 'battery_out_of_range' GROUP BY c.name ORDER BY c.name`,
    );
    expect(found).toMatchObject([
      { name: "hard", version: 4, newest: 4 },
      { name: "mild", version: 1, newest: 1 },
    ]);
    const [hard, mild] = found as { highest: number }[];
    expect(hard?.highest).toBeGreaterThan(11);
    expect(mild?.highest).toBeLessThan(6);
    const severities = await sql(
      `SELECT DISTINCT c.name, f.severity FROM telemetry_finding f JOIN campaign c USING (campaign_id)
       WHERE f.rule_id = 'storage_out_of_range' ORDER BY 1`,
    );
    expect(severities).toEqual([
      { name: "hard", severity: "info" },
      { name: "mild", severity: "critical" },
    ]);
    const trusted = async (campaign: string): Promise<number> => {
      await sql("UPDATE current_campaign SET campaign_id = (SELECT campaign_id FROM campaign WHERE name = $1)", [
        campaign,
      ]);
      await done("validate");
      const number = (await sql<{ id: number }>("SELECT campaign_id AS id FROM current_campaign"))[0]?.id;
      await sql(`CREATE OR REPLACE VIEW ota_logs AS SELECT s.* FROM device_status s WHERE s.campaign_id = ${number}`);
      return (
        (await sql<{ lowest: number }>("SELECT min(battery_voltage) AS lowest FROM ota_telemetry"))[0]?.lowest ?? 0
      );
    };
    expect(await trusted("mild")).toBeLessThan(12);
    expect(await trusted("hard")).toBeGreaterThanOrEqual(12);
  });

  test("the marts of each are its own, and say by which rules", async () => {
    for (const [campaign, rules, version] of [
      ["mild", "default", 1],
      ["hard", "strict", 4],
    ] as const) {
      await done("report", "--no-site", "--campaign", campaign);
      const home = path.join(checkout.root, "data", "local");
      const file = readdirSync(home, { recursive: true, encoding: "utf8" }).find((name) =>
        name.endsWith(`${campaign}.duckdb`),
      );
      const db = await (
        await DuckDBInstance.create(path.join(home, file ?? ""), { access_mode: "READ_ONLY" })
      ).connect();
      const summary = await db.runAndReadAll("SELECT rules, rules_version FROM campaign_summary");
      const findings = await db.runAndReadAll("SELECT count(*)::INTEGER AS found FROM int_finding");
      const dropped = await db.runAndReadAll(
        "SELECT right_rule = injected AND injected > 0 AND false_alarms = 0 AS is_right FROM fault_detection WHERE kind = 'signal_drop'",
      );
      db.closeSync();
      expect(dropped.getRowObjectsJS()).toEqual([{ is_right: true }]);
      expect(summary.getRowObjectsJS()).toEqual([{ rules, rules_version: version }]);
      expect(findings.getRowObjectsJS()).toEqual(
        await sql(
          "SELECT count(*)::int AS found FROM telemetry_finding JOIN campaign c USING (campaign_id) WHERE c.name = $1",
          [campaign],
        ),
      );
    }
  });

  test("what was recovered by some rules is not by others, and a set that is not there is refused with the file", async () => {
    const { code, stderr } = await refused(["recover", "--campaign", "hard", "--rules", "default"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Campaign hard was recovered with rules strict, so it can't be with rules default.");
    expect(stderr).toContain("npm run pipeline -- --devices 3000 --seed 42 --rules default --campaign hard-default");
    expect((await refused(["recover", "--campaign", "hard", "--rules", "default", "--dry-run"])).code).toBe(2);
    await done("recover", "--campaign", "hard", "--rules", "strict");
    const gone = await refused(["recover", "--campaign", "hard"], { SENTINEL_RULES: "absent" });
    expect(gone).toMatchObject({ code: 2, stderr: expect.stringContaining("add data/rules/absent.json") });
    expect((await refused(["validate", "--rules", "strict"])).stderr).toContain("--rules means nothing to validate");
  });

  test("an archive brings its rules along; one from before campaigns named theirs has the default", async () => {
    const folder = path.join(checkout.root, "archive");
    await done("export", "--campaign", "hard", "--to", folder);
    const manifest = JSON.parse(readFileSync(path.join(folder, "manifest.json"), "utf8"));
    expect(manifest.campaign.rules).toBe("strict");
    await done("import", "--from", folder, "--campaign", "again");
    expect((await done("validate", "--campaign", "again")).stdout).toMatch(/PASS {2}decisions_agree/);
    const old = path.join(checkout.root, "old");
    await done("export", "--campaign", "mild", "--to", old);
    const rewrite = (change: (campaign: Record<string, unknown>) => void): void => {
      const made = JSON.parse(readFileSync(path.join(old, "manifest.json"), "utf8"));
      change(made.campaign);
      const text = JSON.stringify(made);
      writeFileSync(path.join(old, "manifest.json"), text);
      const hash = createHash("sha256").update(text).digest("hex");
      writeFileSync(path.join(old, "manifest.sha256"), `${hash}  manifest.json\n`);
    };
    rewrite((campaign) => delete campaign.rules);
    await done("import", "--from", old, "--campaign", "older");
    expect(await sql("SELECT rules FROM campaign WHERE name = 'older'")).toEqual([{ rules: "default" }]);
    expect((await done("validate", "--campaign", "older")).stdout).toMatch(/PASS {2}decisions_agree/);
    rewrite((campaign) => Object.assign(campaign, { rules: "../../secrets" }));
    const spoilt = await refused(["import", "--from", old, "--campaign", "worse"]);
    expect(spoilt).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("nothing that can be used of campaign.rules"),
    });
  });

  test("a campaign whose rules are gone is told with its file; others are worked on as ever", async () => {
    cpSync(inRules("strict"), `${inRules("strict")}.kept`);
    rmSync(inRules("strict"));
    const { code, stderr } = await refused(["validate", "--campaign", "hard"]);
    expect(code).toBe(2);
    expect(stderr).toContain("add data/rules/strict.json");
    const mild = await done("validate", "--campaign", "mild");
    expect(mild.stdout).toMatch(/PASS {2}decisions_agree/);
    expect(mild.stderr).toContain("Campaigns with rules strict can't be judged");
    const found = `SELECT DISTINCT c.name FROM telemetry_finding JOIN campaign c USING (campaign_id)`;
    expect(await sql(`${found} ORDER BY 1`)).toEqual([{ name: "mild" }, { name: "older" }]);
    await done("generate", "--devices", "100", "--campaign", "new");
    cpSync(`${inRules("strict")}.kept`, inRules("strict"));
    await done("validate", "--campaign", "hard");
    expect(await sql(`${found} ORDER BY 1`)).toMatchObject([{ name: "again" }, { name: "hard" }, { name: "mild" }, {}]);
  });
});
