import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readMart } from "../loaders/mart.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { externalTarget, type Target, withClient } from "../pipelines/db/connect.ts";
import { acquireWriteLease } from "../pipelines/db/lease.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { createPartitions, dropPartitions } from "../pipelines/db/partitions.ts";
import { type Station, stationsOf } from "../pipelines/db/stations.ts";
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

  test("every table is spread but the coordinator's own, and doing it again changes nothing", async () => {
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
    expect(local.map(({ name }) => name)).toEqual(["sentinel_migration"]);
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

  test("batches of one bucket each are done at its node, and end as on one server", async () => {
    const ends: string[] = [];
    for (const { url } of [kept(await citusDatabase()), kept(await freshDatabase())]) {
      await done("generate", url, { devices: 1_000, batchSize: 1 });
      for (const stage of ["corrupt", "recover"]) await done(stage, url, { batchSize: 1, faultRate: 0.2 });
      await done("validate", url);
      ends.push(await digestOf(url));
    }
    expect(ends[0]).toBe(ends[1]);
  });

  test("workers are placed at the nodes: each bucket at the one that holds it", async () => {
    const stations = await stationsAt(spread.url);
    expect(stations.length).toBeGreaterThan(2);
    expect(stations[0]?.buckets).toEqual([]);
    expect(stations.flatMap(({ buckets }) => buckets).sort((a, b) => a - b)).toEqual(ALL_BUCKETS);
    for (const { target, buckets } of stations) {
      const { rows } = await withClient(target, (client) =>
        client.query<{ bucket: number }>(
          `SELECT b.bucket FROM generate_series(0, 1023) AS b (bucket)
           JOIN pg_dist_placement p ON p.shardid = get_shard_id_for_distribution_column('decision_1', b.bucket)
           WHERE p.groupid = (SELECT groupid FROM pg_dist_local_group) ORDER BY 1`,
        ),
      );
      expect(rows.map(({ bucket }) => bucket)).toEqual(buckets);
    }
  });

  test("their sessions are at every node while a stage runs, and end within seconds of Ctrl-C, also where a batch has to wait", async () => {
    const { url } = kept(await citusDatabase());
    await done("generate", url, { devices: 500, campaign: "held" });
    await session(url, async (holder) => {
      await holder.query("BEGIN");
      await holder.query("LOCK TABLE batch_ledger IN SHARE ROW EXCLUSIVE MODE");
      const child = start(["recover", "--workers", "4", "--batch-size", "1"], { DATABASE_URL: url });
      const workers = `SELECT DISTINCT a.nodeid FROM citus_stat_activity a JOIN pg_dist_node n USING (nodeid)
        WHERE a.datname = current_database() AND NOT a.is_worker_query AND n.groupid > 0 AND a.application_name LIKE 'sentinel-ota %'`;
      const nodes = (await stationsAt(url)).filter(({ buckets }) => buckets.length > 0);
      await until("workers are everywhere", async () => (await query(url, workers)).length === nodes.length);
      child.signal("SIGINT");
      const { code, stderr } = await child.ended;
      expect(stderr).toMatch(/npm run recover -- .*--campaign held --resume/);
      expect(code).toBe(130);
      await until("nobody is left", async () => (await query(url, workers)).length === 0);
      await holder.query("ROLLBACK");
    });
    await done("recover", url, { resume: true });
    await done("validate", url);
  });

  test("of a node that is no use to workers the coordinator takes the buckets, which is said", async () => {
    const whole = kept(await citusDatabase());
    await session(whole.url, migrate);
    await session(whole.workerUrl, async (client) => {
      await client.query("SET citus.enable_ddl_propagation = off");
      await client.query("ALTER FUNCTION fence(uuid) RENAME TO fence_elsewhere");
    });
    const said: string[] = [];
    const stations = await stationsAt(whole.url, (line) => said.push(line));
    expect(said).toEqual([expect.stringContaining(`Workers reach node ${new URL(whole.workerUrl).username}@`)]);
    expect(stations[0]?.target.label).toBe(externalTarget({ databaseUrl: whole.url, env: {} })?.label);
    expect(stations.flatMap(({ buckets }) => buckets).sort((a, b) => a - b)).toEqual(ALL_BUCKETS);
    await done("generate", whole.url, { devices: 500 });
    await done("recover", whole.url);
    await done("validate", whole.url);
  });

  test("a batch that a dead command left at a node holds the next command back, and one that comes late is refused", async () => {
    const { url, workerUrl } = kept(await citusDatabase());
    await done("generate", url, { devices: 500 });
    const [old, next] = [randomUUID(), randomUUID()];
    const entry = (lease: string, batch: number): string =>
      `INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
       VALUES (1, 'recover', 9, ${batch}, 8, gen_random_uuid(), 0, 0, '0'); SELECT fence('${lease}')`;
    await session(url, (client) => acquireWriteLease(client, old, "a command that dies"));
    await session(workerUrl, async (left) => {
      await left.query("SET application_name = 'sentinel-ota test'");
      await left.query("BEGIN");
      await left.query(entry(old, 0));
      await session(url, async (client) => {
        let taken = false;
        const taking = acquireWriteLease(client, next, "the next").then(() => {
          taken = true;
        });
        const holder = async () => (await query<{ holder: string }>(url, "SELECT holder FROM lease"))[0]?.holder;
        await until("the next has the lease", async () => (await holder()) === "the next");
        expect(taken).toBe(false);
        await left.query("COMMIT");
        await taking;
        await expect(left.query(entry(old, 1))).rejects.toMatchObject({ code: "SO001" });
        await left.query(entry(next, 2));
      });
    });
  });

  test("a worker node is refused, with the way out", async () => {
    const { workerUrl } = kept(await citusDatabase());
    const { error } = await command("generate", workerUrl);
    expect(error).toMatchObject({ exitCode: 3, message: expect.stringContaining("worker of Citus") });
  });
});

const ALL_BUCKETS = Array.from({ length: 1_024 }, (_, bucket) => bucket);

/** Where workers of a command would be. */
function stationsAt(url: string, onNote: (line: string) => void = () => {}): Promise<readonly Station[]> {
  const target = externalTarget({ databaseUrl: url, env: {} }) as Target;
  return withClient(target, (client) => stationsOf(client, target, {}, onNote));
}

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
