import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query } from "../../test/support/fleet.ts";
import { sql } from "../db/sql.ts";
import { TABLE_NAMES, TABLES, type TableName } from "./tables.ts";

/** The table of PostgreSQL that each is of, and what of it an archive leaves out because it follows from the rest. */
const OF: Readonly<Record<TableName, readonly [table: string, left?: string]>> = {
  profile: ["device_profile"],
  outcome: ["update_outcome"],
  device: ["stored_report"],
  fault: ["fault_ledger"],
  rule: ["decision_rule", "update_status"],
  decision: ["decision"],
  triage: ["triage_queue"],
  amendment: ["telemetry_amendment"],
  audit: ["triage_decision"],
  reject: ["import_reject"],
  run: ["run"],
  batch: ["batch_ledger"],
  validation: ["validation_result"],
};
/** Tables of which nothing belongs to one campaign alone, or that say what is current. */
const BESIDE = ["sentinel_migration", "campaign", "current_campaign", "lease"];

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const columnsOf = async (table: string): Promise<string[]> =>
  (
    await query<{ name: string }>(
      database.url,
      "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1 AND column_name <> 'campaign_id'",
      [table],
    )
  ).map(({ name }) => name);

test.each(TABLE_NAMES)("an archive holds every column of %s", async (name) => {
  const [table, left] = OF[name];
  const expected = (await columnsOf(table)).filter((column) => column !== left);
  const held = Object.keys(TABLES[name]).filter((column) => column !== "names_campaign");
  expect(held.sort()).toEqual(expected.sort());
});

test("an archive holds every table", async () => {
  const rows = await query<{ name: string }>(
    database.url,
    "SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
  );
  const known = [...Object.values(OF).map(([table]) => table), ...BESIDE];
  expect(rows.map(({ name }) => name).sort()).toEqual(known.sort());
});

test.each(TABLE_NAMES.filter((name) => name !== "rule"))("%s goes back in the order of its columns", (name) => {
  const into = /\(([^)]*)\)/.exec(sql(`archive.store_${name}`))?.[1]?.split(",");
  const held = Object.keys(TABLES[name]).filter((column) => column !== "names_campaign");
  expect(into?.map((column) => column.trim())).toEqual(["campaign_id", ...held]);
});
