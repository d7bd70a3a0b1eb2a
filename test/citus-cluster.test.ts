import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readMart } from "../loaders/mart.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { createPartitions, dropPartitions } from "../pipelines/db/partitions.ts";
import { parseRuleSet } from "../pipelines/domain/rules.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { CITUS_URL, type CitusDatabase, citusDatabase, plainDatabase } from "./citus/cluster.ts";
import { until } from "./support/barrier.ts";
import { start, succeed } from "./support/cli.ts";
import { command, done, PROJECT, stages, triage } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { digestOf, query, session } from "./support/fleet.ts";

const kept = keptDatabases();
const OPTIONS = { devices: 2_000, batchSize: 250, workers: 2, faultRate: 0.1 };
const SPREAD = "SELECT logicalrelid::text AS name, partmethod FROM pg_dist_partition ORDER BY 1";

const MARTS = ["fleet_status", "region_failure", "bottleneck_ranking", "rule_finding", "detection_score"];

/** A battery that is low reads too low, and the rule says by how much. */
const SELF_REPAIRING = parseRuleSet({
  name: "default",
  version: 99,
  rules: [
    {
      ...{ id: "battery_reads_low", field: "battery_voltage", detects: "out_of_range" },
      test: { kind: "inside", min: 11.5, max: 12 },
      repair: { kind: "scale", factor: 1.1, digits: 2, auto: true },
    },
  ],
});

/** Several databases are made on every node, and a statement that finds them takes its time. */
const PATIENCE = { timeout: 300_000 };

describe.skipIf(CITUS_URL === undefined)("on a real Citus, which CITUS_URL names", PATIENCE, () => {
  let spread: CitusDatabase;
  let single: string;
  beforeAll(async () => {
    spread = kept(await citusDatabase());
    single = kept(await freshDatabase()).url;
    for (const url of [spread.url, single]) await stages(url, OPTIONS);
  });

  test("the pipeline keeps every promise, and its digest is that of one server", async () => {
    expect(await digestOf(spread.url)).toBe(await digestOf(single));
    expect((await command("validate", spread.url)).error).toBeUndefined();
    const statuses = "SELECT update_status, count(*) FROM ota_logs GROUP BY update_status ORDER BY 1";
    expect(await query(spread.url, statuses)).toEqual(await query(single, statuses));
  });

  test("every table is spread but two that are the coordinator's own, and doing it again changes nothing", async () => {
    const before = await query(spread.url, SPREAD);
    await session(spread.url, migrate);
    expect(await query(spread.url, SPREAD)).toEqual(before);
    const local = await query<{ name: string }>(
      spread.url,
      `SELECT c.relname AS name FROM pg_class c
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
         AND NOT EXISTS (SELECT FROM pg_dist_partition p WHERE p.logicalrelid = c.oid)
       ORDER BY 1`,
    );
    expect(local.map(({ name }) => name)).toEqual(["lease", "sentinel_migration"]);
    const [placed] = await query<{ nodes: number }>(
      spread.url,
      `SELECT count(DISTINCT n.nodeid)::int AS nodes FROM pg_dist_shard s
       JOIN pg_dist_placement p USING (shardid) JOIN pg_dist_node n USING (groupid) WHERE s.logicalrelid = 'decision_1'::regclass`,
    );
    expect(placed?.nodes).toBeGreaterThan(1);
  });

  test("marts made of it are those of one server", async () => {
    const home = mkdtempSync(path.join(tmpdir(), "sentinel-citus-"));
    const martsOf = async (connectionString: string): Promise<unknown[]> => {
      const from = { connection: { connectionString }, ...martInputs(reference(PROJECT)) };
      const { path: file } = await refreshWarehouse({ ...from, home: path.join(home, randomUUID()) });
      return Promise.all(MARTS.map((mart) => readMart(file, mart)));
    };
    expect(await martsOf(spread.url)).toEqual(await martsOf(single));
    rmSync(home, { recursive: true });
  });

  test("a campaign is replaced, exported and brought back beside others, and status tells of them", async () => {
    const folder = mkdtempSync(path.join(tmpdir(), "sentinel-citus-"));
    await done("generate", spread.url, { devices: 500, campaign: "beside" });
    await done("generate", spread.url, { devices: 400, campaign: "beside", replace: true });
    await done("recover", spread.url);
    const unmoved = await digestOf(spread.url);
    await done("export", spread.url, { to: path.join(folder, "beside") });
    await done("import", spread.url, { from: path.join(folder, "beside"), campaign: "back" });
    expect(await digestOf(spread.url)).toBe(unmoved);
    await done("validate", spread.url, { campaign: "back" });
    await done("status", spread.url);
    rmSync(folder, { recursive: true });
  });

  test("chaos of every kind, field-grade rules and all that a person can decide end as on one server", async () => {
    const ends: string[] = [];
    for (const url of [kept(await citusDatabase()).url, kept(await freshDatabase()).url]) {
      await done("generate", url, { devices: 1_500, seed: 7 });
      const clean = await digestOf(url);
      await done("corrupt", url, { profile: "storm" });
      await done("corrupt", url, { undo: true });
      expect(await digestOf(url)).toBe(clean);
      await done("corrupt", url, { profile: "storm" });
      await done("recover", url, { rules: "field", policy: "field", dryRun: true });
      await done("recover", url, { rules: "field", policy: "field" });
      await work(url);
      await done("recover", url, { policy: "field" });
      await done("validate", url);
      ends.push(await digestOf(url));
    }
    expect(ends[0]).toBe(ends[1]);
  });

  test("what rules repair by themselves ends as on one server", async () => {
    const beside = { reference: { ...reference(PROJECT), rules: () => SELF_REPAIRING } };
    const ends: string[] = [];
    for (const url of [kept(await citusDatabase()).url, kept(await freshDatabase()).url]) {
      await done("generate", url, { devices: 500 });
      await done("recover", url, {}, beside);
      await done("validate", url, {}, beside);
      expect(await query(url, "SELECT count(*) > 0 AS some FROM telemetry_amendment")).toEqual([{ some: true }]);
      ends.push(await digestOf(url));
    }
    expect(ends[0]).toBe(ends[1]);
  });

  test.each(["generate", "corrupt", "recover"])(
    "a killed %s that is resumed ends as an unbroken one",
    async (stage) => {
      const { url } = kept(await citusDatabase());
      const words: Record<string, string[]> = {
        generate: ["generate", "--devices", "2000", "--batch-size", "250"],
        corrupt: ["corrupt", "--fault-rate", "0.1", "--batch-size", "250"],
        recover: ["recover", "--batch-size", "250"],
      };
      await session(url, migrate);
      for (const [name, line] of Object.entries(words)) {
        if (name === stage) await killed(url, stage, line);
        await succeed(name === stage ? [stage, "--resume"] : line, url);
      }
      await done("validate", url);
      expect(await digestOf(url)).toBe(await digestOf(single));
    },
  );

  test("a campaign from before the extension came moves over, one in two halves is refused with the way out", async () => {
    const early = kept(await plainDatabase());
    await stages(early.url, OPTIONS);
    await early.join();
    await done("validate", early.url);
    expect(await digestOf(early.url)).toBe(await digestOf(single));
    const halved = kept(await plainDatabase());
    await done("generate", halved.url, { devices: 300 });
    await session(halved.url, async (client) => {
      await dropPartitions(client, 1);
      await createPartitions(client, 1, true);
    });
    await halved.join();
    const { error } = await command("generate", halved.url);
    expect(error).toMatchObject({
      exitCode: 3,
      message: expect.stringContaining("two halves"),
      command: expect.stringContaining("export"),
    });
    expect(await query(halved.url, SPREAD)).toEqual([]);
  });

  test("a worker node is refused, with the way out", async () => {
    const { workerUrl } = kept(await citusDatabase());
    const { error } = await command("generate", workerUrl);
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining("worker of Citus") });
  });
});

/** Decides on some places in every way there is. */
async function work(url: string): Promise<void> {
  const places = await query<{ device_id: string }>(
    url,
    "SELECT device_id FROM triage_queue WHERE state = 'open' ORDER BY device_id LIMIT 5",
  );
  const [accepted, rejected, released, reopened, fixed] = places.map(({ device_id }) => device_id) as [
    ...[string, string, string, string, string],
  ];
  const why = { why: "a test" };
  await triage(url, ["accept", accepted], why);
  await triage(url, ["reject", rejected], why);
  await triage(url, ["release", released], why);
  await triage(url, ["reject", reopened], why);
  await triage(url, ["reopen", reopened], why);
  await triage(url, ["fix", fixed], { ...why, proposed: true });
}

/** Runs until a batch is stored while another waits for the place in the ledger that is held, and kills it there. */
async function killed(url: string, stage: string, words: readonly string[]): Promise<void> {
  await session(url, async (holder) => {
    await holder.query("BEGIN");
    await holder.query(
      `INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
       VALUES (1, $1, 1, 5, 8, gen_random_uuid(), 0, 0, '0')`,
      [stage],
    );
    const child = start([...words, "--workers", "2"], { DATABASE_URL: url });
    const done = "SELECT FROM batch_ledger WHERE stage = $1";
    await until("a batch is stored", async () => (await query(url, done, [stage])).length > 0);
    child.signal("SIGKILL");
    await child.ended;
    await holder.query("ROLLBACK");
  });
  expect(await query(url, "SELECT FROM batch_ledger WHERE stage = $1", [stage])).not.toHaveLength(8);
}
