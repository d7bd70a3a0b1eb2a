import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginPull } from "../loaders/pull.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { acquireEmbedded, type EmbeddedServer } from "../pipelines/db/embedded/server.ts";
import { migrate } from "../pipelines/db/migrate.ts";
import { createPartitions } from "../pipelines/db/partitions.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { holdBatches } from "./support/barrier.ts";
import { command, done, PROJECT, type Said, stages } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { query, session } from "./support/fleet.ts";
import { type TemporaryProject, temporaryProject } from "./support/project.ts";
import { BEFORE_TRIAGE } from "./support/schema-before.ts";

const OPTIONS = { devices: 2_000, batchSize: 500, faultRate: 0.1, workers: 2 };
/** Has the ledger say as whom each batch was committed. */
const ACTED = "ALTER TABLE batch_ledger ADD COLUMN acted name DEFAULT current_user";
const actors = (url: string) => query(url, "SELECT DISTINCT stage, acted FROM batch_ledger ORDER BY stage");
const notes = ({ events }: Said) =>
  events.flatMap(({ event, text }) => (event === "note" && String(text).startsWith("Workers write") ? [text] : []));
const eachStage = (acted: string) => ["corrupt", "generate", "recover"].map((stage) => ({ stage, acted }));

describe("who is no superuser and owns a database needs nothing else", () => {
  let project: TemporaryProject;
  let server: EmbeddedServer;
  beforeAll(async () => {
    project = temporaryProject();
    server = await acquireEmbedded({ projectRoot: project.root, settings: { shared_buffers: "64MB" } });
  });
  afterAll(async () => {
    await server.release();
    await project.remove();
  });

  /** Makes a role with a database of its own, and returns the way in. */
  async function tenant(name: string, rights = ""): Promise<string> {
    await query(server.connectionString, `CREATE ROLE ${name} LOGIN ${rights} PASSWORD 'tenant'`);
    await query(server.connectionString, `CREATE DATABASE ${name} OWNER ${name}`);
    return Object.assign(new URL(server.connectionString), { username: name, password: "tenant", pathname: name }).href;
  }

  /** The whole pipeline but the site, and what the user was told of the roles. */
  async function everything(url: string): Promise<{ workers: unknown[]; pull: string[] }> {
    await session(url, migrate);
    await query(url, ACTED);
    const said = await stages(url, OPTIONS);
    expect(said.events.filter(({ event, passed }) => event === "check" && passed !== true)).toEqual([]);
    const home = mkdtempSync(join(tmpdir(), "sentinel-roles-"));
    const pull: string[] = [];
    const connection = { connectionString: url };
    const inputs = martInputs(reference(PROJECT));
    const { devices } = await refreshWarehouse({ connection, home, ...inputs, onNote: (line) => pull.push(line) });
    rmSync(home, { recursive: true });
    expect(devices).toBe(OPTIONS.devices);
    return { workers: notes(said), pull };
  }

  test("without the right to make roles, where nobody has made them: it says so once and works as itself", async () => {
    const url = await tenant("plain");
    expect(await everything(url)).toEqual({
      workers: ["Workers write as the user of the connection (role sentinel_writer: it is not there)."],
      pull: [expect.stringContaining("role sentinel_loader")],
    });
    expect(await actors(url)).toEqual(eachStage("plain"));
  });

  test("with the right to make roles, it makes them and acts as them", async () => {
    const url = await tenant("maker", "CREATEROLE");
    expect(await everything(url)).toEqual({ workers: [], pull: [] });
    expect(await actors(url)).toEqual(eachStage("sentinel_writer"));
    const made = await query(
      url,
      "SELECT rolcanlogin, rolsuper, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname ~ 'sentinel_'",
    );
    const nothing = { rolcanlogin: false, rolsuper: false, rolcreatedb: false, rolcreaterole: false };
    expect(made).toEqual([nothing, nothing]);
  });

  test("without that right, where somebody else has made them: no member, it says so once and works as itself", async () => {
    const url = await tenant("stranger");
    expect(await everything(url)).toEqual({
      workers: ["Workers write as the user of the connection (role sentinel_writer: the user is no member of it)."],
      pull: [expect.stringContaining("role sentinel_loader")],
    });
    expect(await actors(url)).toEqual(eachStage("stranger"));
  });

  test("without that right, where an administrator has made it a member: it acts as them", async () => {
    const url = await tenant("guest", "IN ROLE sentinel_writer, sentinel_loader");
    expect(await everything(url)).toEqual({ workers: [], pull: [] });
    expect(await actors(url)).toEqual(eachStage("sentinel_writer"));
  });

  test("a member that may not act as the role (16 and newer) says so, and works as itself", async () => {
    const [{ is16 } = { is16: false }] = await query<{ is16: boolean }>(
      server.connectionString,
      "SELECT current_setting('server_version_num')::int >= 160000 AS is16",
    );
    if (!is16) return;
    const url = await tenant("kept");
    await query(server.connectionString, "GRANT sentinel_writer TO kept WITH SET FALSE");
    await session(url, migrate);
    await query(url, ACTED);
    expect(notes(await stages(url, OPTIONS))).toEqual([expect.stringContaining("no member of it")]);
    expect(await actors(url)).toEqual(eachStage("kept"));
  });

  test("a role that was made after the database was: no rights there, which is said", async () => {
    const url = await tenant("early", "IN ROLE sentinel_writer");
    await session(url, migrate);
    await query(url, "REVOKE ALL ON batch_ledger FROM sentinel_writer");
    expect(notes(await stages(url, OPTIONS))).toEqual([expect.stringContaining("it has no rights in this database")]);
  });

  test("databases of one server that are made at once have both roles, and rights for them", async () => {
    const names = ["one", "two", "three"];
    for (const name of ["maker", "guest", "stranger", "kept", "early"]) {
      await query(server.connectionString, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    }
    for (let round = 0; round < 3; round++) {
      await query(server.connectionString, "DROP ROLE sentinel_loader; DROP ROLE sentinel_writer");
      for (const name of names) await query(server.connectionString, `CREATE DATABASE ${name} OWNER maker`);
      const urls = names.map(
        (name) =>
          Object.assign(new URL(server.connectionString), { username: "maker", password: "tenant", pathname: name })
            .href,
      );
      await Promise.all(urls.map((url) => session(url, migrate)));
      for (const url of urls) {
        const [found] = await query(
          url,
          `SET ROLE sentinel_loader; SELECT count(*) FROM campaign; RESET ROLE; SET ROLE sentinel_writer;
           SELECT has_table_privilege('batch_ledger', 'INSERT') AS writes`,
        );
        expect(found).toEqual({ writes: true });
      }
      for (const name of names) await query(server.connectionString, `DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});

describe("what the workers' role may do", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
    await stages(database.url, OPTIONS);
    await session(database.url, (client) => createPartitions(client, 2, true));
  });
  afterAll(() => database.drop());

  const READ =
    "bucket,device_no,device_id,profile_no,outcome_no,attempts,battery_voltage,signal_strength,storage_free_mb,reported_at";
  const FIELDS = "profile_no,outcome_no,attempts,battery_voltage,signal_strength,storage_free_mb,reported_at";
  const sorted = (columns: string) => columns.split(",").sort().join(",");

  test("is exactly what their tasks do", async () => {
    const granted = await query<{ grants: string }>(
      database.url,
      `SELECT c.relname || ' ' || a.privilege_type || coalesce(' ' || string_agg(t.attname, ',' ORDER BY t.attname), '') AS grants
       FROM pg_class c
       LEFT JOIN pg_attribute t ON t.attrelid = c.oid AND t.attacl IS NOT NULL
       CROSS JOIN LATERAL aclexplode(coalesce(t.attacl, c.relacl)) a
       WHERE a.grantee = 'sentinel_writer'::regrole
       GROUP BY c.relname, a.privilege_type
       UNION
       SELECT c.relname || ' ' || a.privilege_type
       FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a WHERE a.grantee = 'sentinel_writer'::regrole
       ORDER BY 1`,
    );
    expect(granted.map(({ grants }) => grants)).toEqual(
      [
        "batch_ledger INSERT",
        `batch_ledger SELECT ${sorted("campaign_id,stage,pass,batch_no,rows")}`,
        `decision SELECT ${sorted("bucket,campaign_id,device_no")}`,
        "decision_1 INSERT",
        "decision_2 INSERT",
        "device_profile INSERT",
        "device_profile SELECT",
        "fault_ledger INSERT",
        "fault_ledger SELECT device_id",
        `stored_report SELECT ${sorted(`${READ},campaign_id`)}`,
        `stored_report UPDATE ${sorted(FIELDS)}`,
        "stored_report_1 INSERT",
        "stored_report_1 SELECT",
        "stored_report_2 INSERT",
        "stored_report_2 SELECT",
        "telemetry_amendment SELECT",
        "triage_queue INSERT",
        `triage_queue SELECT ${sorted("bucket,campaign_id,device_id,state")}`,
        "update_outcome INSERT",
        "update_outcome SELECT",
      ].sort(),
    );
    const [owned] = await query(
      database.url,
      "SELECT count(*)::int AS relations FROM pg_class WHERE relowner = 'sentinel_writer'::regrole",
    );
    expect(owned).toEqual({ relations: 0 });
  });

  test.each([
    "CREATE TABLE theirs (id int)",
    "CREATE VIEW theirs AS SELECT 1",
    "CREATE SCHEMA theirs",
    "CREATE ROLE theirs",
    "CREATE FUNCTION theirs() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE TRIGGER theirs BEFORE INSERT ON batch_ledger FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
    "DROP TABLE stored_report_1",
    "DROP TABLE decision",
    "DROP VIEW ota_logs",
    "ALTER TABLE stored_report ADD COLUMN theirs int",
    "ALTER TABLE decision_1 OWNER TO sentinel_writer",
    "ALTER ROLE sentinel_writer SUPERUSER",
    "TRUNCATE stored_report_1",
    "TRUNCATE batch_ledger",
    "DELETE FROM stored_report",
    "DELETE FROM decision",
    "DELETE FROM batch_ledger",
    "DELETE FROM triage_queue",
    "DELETE FROM fault_ledger",
    "DELETE FROM device_profile",
    "DELETE FROM update_outcome",
    "UPDATE device_profile SET region = 'theirs'",
    "UPDATE update_outcome SET counted_status = 'Success'",
    "UPDATE stored_report SET device_id = 'theirs'",
    "UPDATE stored_report SET device_no = 0",
    "UPDATE stored_report SET bucket = 0",
    "UPDATE stored_report_1 SET battery_voltage = NULL",
    "UPDATE stored_report_2_0 SET battery_voltage = NULL",
    "UPDATE decision SET rule_no = 0",
    "UPDATE batch_ledger SET rows = 0",
    "UPDATE triage_queue SET state = 'released'",
    "INSERT INTO triage_decision (device_id) VALUES ('theirs')",
    "UPDATE triage_decision SET decided_by = 'theirs'",
    "DELETE FROM triage_decision",
    "SELECT FROM triage_decision",
    "INSERT INTO telemetry_amendment (device_id) VALUES ('theirs')",
    "DELETE FROM telemetry_amendment",
    "INSERT INTO campaign (campaign_id) VALUES (9)",
    "INSERT INTO stored_report_2_0 (bucket) VALUES (0)",
    "INSERT INTO decision_rule (rule_no) VALUES (9)",
    "INSERT INTO validation_result (campaign_id) VALUES (1)",
    "INSERT INTO sentinel_migration (number, file) VALUES (9999, 'theirs')",
    "SELECT FROM campaign",
    "SELECT FROM run",
    "SELECT FROM lease",
    "SELECT FROM import_reject",
    "SELECT FROM validation_result",
    "SELECT raw_value FROM triage_queue",
    "SELECT FROM ota_logs",
    "SELECT FROM pg_authid",
    "COPY batch_ledger (rows) TO PROGRAM 'cat'",
    "COPY batch_ledger (rows) TO '/tmp/theirs'",
    "ALTER SYSTEM SET fsync = off",
  ])("is not: %s", async (statement) => {
    await session(database.url, async (client) => {
      await client.query("SET ROLE sentinel_writer");
      await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
    });
  });

  test("does not go as far as to open a place that nobody released", async () => {
    await session(database.url, async (client) => {
      const places = "SELECT array_agg(bucket), array_agg(device_id), array_agg('x'::text) FROM triage_queue";
      const { rows } = await client.query({ text: places, rowMode: "array" });
      const [buckets, devices, words] = rows[0] as [number[], string[], string[]];
      await client.query("SET ROLE sentinel_writer");
      const again = "SELECT quarantine_again(1, $1, $1, $2, $3, 1, $3, $4, 2, 0, 0)::int AS opened";
      const answer = await client.query(again, [buckets, devices, words, words.map(() => "[]")]);
      expect(answer.rows).toEqual([{ opened: 0 }]);
    });
  });

  test("is what every session of a worker is held to, one that takes the place of a lost one too", async () => {
    const fresh = await freshDatabase();
    await query(fresh.url, ACTED);
    const barrier = await holdBatches(fresh.url, "NEW.batch_no = 2");
    const said = command("generate", fresh.url, { devices: 2_000, batchSize: 500 });
    await barrier.reached();
    await barrier.abort();
    await barrier.pass();
    const { events, error } = await said;
    expect(error).toBeUndefined();
    expect(events.filter(({ text }) => String(text).includes("batch 2 again"))).toHaveLength(1);
    expect(await query(fresh.url, "SELECT acted, count(*)::int AS batches FROM batch_ledger GROUP BY acted")).toEqual([
      { acted: "sentinel_writer", batches: 4 },
    ]);
    await barrier.close();
    await fresh.drop();
  });

  test("a campaign from before the role was is stored, corrupted and recovered as it", async () => {
    const old = await freshDatabase();
    await query(old.url, ACTED);
    await done("generate", old.url, { devices: 2_000 });
    await query(
      old.url,
      `DO $$ BEGIN EXECUTE (
         SELECT 'REVOKE ALL ON ' || string_agg(c.oid::regclass::text, ', ') || ' FROM sentinel_writer'
         FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v'));
       END $$;
       ${BEFORE_TRIAGE};
       DELETE FROM sentinel_migration WHERE number >= 4; DROP FUNCTION fence; TRUNCATE batch_ledger;
       INSERT INTO batch_ledger (campaign_id, stage, pass, batch_no, batches, run_id, worker, rows, checksum)
       VALUES (1, 'generate', 1, 0, 1, gen_random_uuid(), 0, 2000, '0')`,
    );
    await done("corrupt", old.url, { faultRate: 0.1 });
    await done("recover", old.url);
    expect(await actors(old.url)).toEqual([
      { stage: "corrupt", acted: "sentinel_writer" },
      { stage: "generate", acted: new URL(old.url).username },
      { stage: "recover", acted: "sentinel_writer" },
    ]);
    await old.drop();
  });
});

describe("what the loaders' role may do", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
    await stages(database.url, OPTIONS);
  });
  afterAll(() => database.drop());

  const WRITES = [
    "INSERT INTO batch_ledger (campaign_id) VALUES (1)",
    "UPDATE stored_report SET battery_voltage = NULL",
    "DELETE FROM decision",
    "TRUNCATE triage_queue",
    "DROP TABLE stored_report_1",
    "CREATE TABLE theirs (id int)",
    "CREATE ROLE theirs",
  ];

  test("is to read, for a quarter of an hour a statement at most, in a transaction that is read-only", async () => {
    await session(database.url, async (client) => {
      await beginPull(client, (line) => expect.fail(line));
      const { rows } = await client.query(
        `SELECT current_user AS role, current_setting('transaction_read_only') AS read_only,
                current_setting('statement_timeout') AS at_most`,
      );
      expect(rows).toEqual([{ role: "sentinel_loader", read_only: "on", at_most: "15min" }]);
    });
  });

  test.each(WRITES)("is not, within a pull: %s", async (statement) => {
    await session(database.url, async (client) => {
      await beginPull(client, (line) => expect.fail(line));
      await expect(client.query(statement)).rejects.toMatchObject({ code: expect.stringMatching(/^(25006|42501)$/) });
    });
  });

  test.each(WRITES)("is not, in a transaction that could write: %s", async (statement) => {
    await session(database.url, async (client) => {
      await client.query("SET ROLE sentinel_loader");
      await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
    });
  });

  test.each(["SELECT host FROM run", "SELECT error FROM run", "SELECT FROM lease", "SELECT * FROM run"])(
    "is not: %s",
    async (statement) => {
      await session(database.url, async (client) => {
        await client.query("SET ROLE sentinel_loader");
        await expect(client.query(statement)).rejects.toMatchObject({ code: "42501" });
      });
    },
  );
});
