import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Ended, run, succeed } from "../support/cli.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "../support/database.ts";
import { extent } from "../support/extent.ts";
import { cloned, digestOf, query } from "../support/fleet.ts";
import { type Folder, folder } from "../support/import-files.ts";
import { breakGround, type Ground } from "./harness.ts";
import { wordsOf } from "./scenario.ts";

/** States that a row can be refused for, 22xxx, 23xxx and 54xxx: all of them, or with all other tests one of each class. */
const ALL = ["22P05", "23514", "54000", "22001", "22003", "22021", "22P02", "23502", "23503"];
const STATES = ALL.slice(0, extent({ sample: 3, pr: ALL.length, nightly: ALL.length }));
const ROWS = 1000;

const STAGES = ["generate", "corrupt", "recover"] as const;
type Stage = (typeof STAGES)[number];
const ground = {} as Record<Stage, Ground>;
let files: Folder;
let file: string;
const keep = keptDatabases();
beforeAll(async () => {
  for (const stage of STAGES) {
    ground[stage] = await breakGround(stage);
  }
  files = folder();
  file = await files.rows(
    "fleet",
    "csv",
    Array.from({ length: ROWS }, (_, no) => ({
      device_id: `D-${no}`,
      region: `region ${no % 300}`,
      battery_voltage: String(10 + (no % 50) / 10),
      signal_strength: String(no % 101),
      update_status: no % 2 === 0 ? "Partial" : "Success",
    })),
  );
});
afterAll(async () => {
  for (const { leave } of Object.values(ground)) await leave();
  files.remove();
});

const copy = async (source: TestDatabase): Promise<string> => keep(await cloned(source)).url;

/** About every thirtieth. */
const chosen = (key: string): string => `abs(hashtext(${key}::text)::bigint) % 30 = 0`;

/** Has the server refuse rows of a table. */
function refuse(url: string, table: string, condition: string, state: string): Promise<unknown> {
  return query(
    url,
    `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF ${condition} THEN RAISE EXCEPTION 'planted refusal' USING ERRCODE = '${state}'; END IF;
       RETURN NEW;
     END $$;
     CREATE TRIGGER refuse BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse()`,
  );
}
const relent = (url: string, table: string): Promise<unknown> =>
  query(url, `DROP TRIGGER refuse ON ${table}; DROP FUNCTION refuse()`);

const ids = async (url: string, text: string): Promise<string[]> =>
  (await query<{ id: string }>(url, `${text} ORDER BY 1`)).map(({ id }) => id);

/** What was decided on each device that the server did not refuse. */
const decisions = (url: string, without: readonly string[]): Promise<unknown> =>
  query(
    url,
    "SELECT device_id, update_status, action FROM device_status WHERE device_id <> ALL($1::text[]) ORDER BY device_id",
    [without],
  );

async function validated(url: string): Promise<void> {
  const { code, stdout } = await run(["validate"], url);
  expect(code, stdout).toBe(0);
}

describe("rows that the server refuses are set apart, and the rest goes on", { concurrent: true }, () => {
  for (const state of STATES) {
    test(`refusal/import/${state}`, async () => {
      const { url } = keep(await freshDatabase());
      await refuse(url, "stored_report", chosen("NEW.device_id"), state);
      const { stderr } = await succeed(["generate", "--from", file, "--batch-size", "250"], url);
      const all = Array.from({ length: ROWS }, (_, no) => `D-${no}`);
      const refused = await ids(url, `SELECT id FROM unnest('{${all}}'::text[]) id WHERE ${chosen("id")}`);
      expect(refused.length).toBeGreaterThan(10);
      expect(stderr).toContain("planted refusal");
      expect(await ids(url, "SELECT 'D-' || row_no - 1 AS id FROM import_reject")).toEqual(refused);
      expect(await ids(url, "SELECT device_id AS id FROM device_report")).toEqual(
        all.filter((id) => !refused.includes(id)).sort(),
      );
      await succeed(["recover"], url);
      await validated(url);
      const again = await succeed(["generate", "--from", file], url);
      expect(again.stderr).toContain("has all of its");
    });

    test(`refusal/recover/decision/${state}`, async () => {
      const url = await copy(ground.recover.before);
      await refuse(url, "decision", `NEW.rule_no > 0 AND ${chosen("NEW.device_no")}`, state);
      const { stderr } = await succeed(wordsOf("recover"), url);
      expect(stderr).toContain("held for triage");
      await heldAsTheyShould(url, `r.update_status = 'Recovered' AND ${chosen("s.device_no")}`);
    });

    test(`refusal/recover/triage/${state}`, async () => {
      const url = await copy(ground.recover.before);
      await refuse(url, "triage_queue", `NEW.raw_value IS NOT NULL AND ${chosen("NEW.device_id")}`, state);
      await succeed(wordsOf("recover"), url);
      await heldAsTheyShould(url, `t.raw_value IS NOT NULL AND ${chosen("s.device_id")}`);
    });

    test(`refusal/corrupt/${state}`, async () => {
      const [url, unbroken] = [await copy(ground.corrupt.before), await copy(ground.recover.before)];
      await refuse(url, "fault_ledger", chosen("NEW.device_id"), state);
      const { stderr } = await succeed(wordsOf("corrupt"), url);
      expect(stderr).toContain("faults were not injected");
      const struck = "SELECT device_id || field || coalesce(after_value, '') AS id FROM fault_ledger";
      expect(await ids(url, struck)).toEqual(await ids(unbroken, `${struck} WHERE NOT ${chosen("device_id")}`));
      await succeed(wordsOf("recover"), url);
      await validated(url);
    });
  }

  /** Held are those devices which the server refused; of all others nothing is changed by that. */
  async function heldAsTheyShould(url: string, condition: string): Promise<void> {
    const unbroken = await copy(ground.recover.before);
    await succeed(wordsOf("recover"), unbroken);
    const held = await ids(url, "SELECT device_id AS id FROM triage_queue WHERE rule_id = 'refused_by_server'");
    expect(held.length).toBeGreaterThan(0);
    const should = await ids(
      unbroken,
      `SELECT r.device_id AS id FROM device_status r JOIN stored_report s USING (bucket, campaign_id, device_id)
       LEFT JOIN triage_queue t USING (bucket, campaign_id, device_id) WHERE ${condition}`,
    );
    expect(held).toEqual(should);
    expect(await decisions(url, held)).toEqual(await decisions(unbroken, held));
    await validated(url);
    expect((await run(["triage", "list"], url)).stdout).toContain("refused_by_server");
  }
});

describe("what can't be done without ends with the row's name, and goes on once it is taken", {
  concurrent: true,
}, () => {
  test.each(STATES)("refusal/generate/%s", async (state) => {
    const database = await copy(ground.generate.before);
    await refuse(database, "stored_report", chosen("NEW.device_id"), state);
    const ended = await run(wordsOf("generate"), database);
    halted(ended, /refuses the generated report of device DEV-[0-9a-f]{8}: planted refusal/);
    await relent(database, "stored_report");
    await succeed(wordsOf("generate"), database);
    expect(await digestOf(database)).toBe(ground.generate.digest);
  });

  test.each(STAGES)("refusal/ledger/%s", async (stage) => {
    const database = await copy(ground[stage].before);
    await refuse(database, "batch_ledger", "true", "23514");
    halted(await run(wordsOf(stage), database), /refuses what Sentinel stores: planted refusal/);
    await relent(database, "batch_ledger");
    await succeed(wordsOf(stage), database);
    expect(await digestOf(database)).toBe(ground[stage].digest);
  });

  function halted({ code, stderr }: Ended, says: RegExp): void {
    expect(code, stderr).toBe(5);
    expect(stderr).toMatch(says);
    expect(stderr).not.toMatch(/\n\s+at .*:\d+/);
  }
});
