import { afterAll, beforeAll, expect, test } from "vitest";
import { done } from "../../test/support/command.ts";
import { freshDatabase, keptDatabases } from "../../test/support/database.ts";
import { cloned, query, session } from "../../test/support/fleet.ts";
import { type Folder, folder } from "../../test/support/import-files.ts";
import { BEFORE_CONTRADICTIONS } from "../../test/support/schema-before.ts";
import { migrate } from "./migrate.ts";

/** Each version is reported by devices that should run it, by some that should not, and by some of which nobody says. */
const WANTED = ["2.4.0", "v2.3.1", null];
const REPORTED = ["2.4.0", " 2.3.1", "1.0", null];
const ROWS = Array.from({ length: 600 }, (_, no) => ({
  ...{ device_id: `D${no}`, region: "EU", firmware_to: WANTED[no % 3] ?? null },
  ...{ firmware_reported: REPORTED[Math.floor(no / 3) % 4] ?? null, battery_voltage: "12.9", signal_strength: "70" },
  update_status: no % 7 === 0 ? "Partial" : "Success",
}));

/** Makes of outcomes that differ in what they count as the one that they were. */
const MERGED = `
  CREATE TEMP TABLE word AS
  SELECT *, dense_rank() OVER (PARTITION BY campaign_id ORDER BY update_status, firmware_reported, last_stage, error_code) - 1 AS place
  FROM update_outcome;
  UPDATE stored_report r SET outcome_no = w.place FROM word w WHERE (w.campaign_id, w.outcome_no) = (r.campaign_id, r.outcome_no);
  DELETE FROM update_outcome;
  INSERT INTO update_outcome
  SELECT DISTINCT campaign_id, place, firmware_reported, last_stage, error_code, update_status, update_status FROM word;
  DROP TABLE word`;

let files: Folder;
let file: string;
const keep = keptDatabases();
beforeAll(async () => {
  files = folder();
  file = await files.rows("mixed", "csv", ROWS);
});
afterAll(() => files.remove());

const IMPORT = { campaign: "mixed", batchSize: 100 };

/** An import of this version, and the same as the version before stored it. */
async function imports() {
  const now = keep(await freshDatabase());
  await done("generate", now.url, { ...IMPORT, from: file });
  const before = keep(await cloned(now));
  await query(before.url, `${MERGED}; ${BEFORE_CONTRADICTIONS}`);
  return { now: now.url, before: before.url };
}

const shown = (url: string) =>
  query(
    url,
    "SELECT device_id, firmware_to, firmware_reported, reported_status, update_status FROM ota_logs ORDER BY 1",
  );
const numbered = (url: string) =>
  query(url, "SELECT min(outcome_no) AS first, max(outcome_no) + 1 = count(*) AS whole FROM update_outcome");

test("a campaign from before is counted as one of today, outcomes that some devices contradict in two", async () => {
  const { now, before } = await imports();
  const outcomes = await query(before, "SELECT FROM update_outcome");
  await session(before, migrate);
  expect(await shown(before)).toEqual(await shown(now));
  expect(await query(now, "SELECT FROM ota_logs WHERE reported_status <> update_status")).not.toHaveLength(0);
  expect(await numbered(before)).toEqual([{ first: 0, whole: true }]);
  // Of what is reported, 1.0 is contradicted wherever anything was to be installed, and so are the others in some places.
  expect(await query(before, "SELECT FROM update_outcome")).toHaveLength(outcomes.length + 3);
  await done("recover", before);
  await done("validate", before);
});

test("an outcome that all of its devices contradict stays one, and no report is touched", async () => {
  const { before } = await imports();
  await query(before, "UPDATE device_profile SET firmware_to = '9'");
  const [{ stored } = {}] = await query(before, "SELECT max(xmin::text::bigint) AS stored FROM stored_report");
  const outcomes = await query(before, "SELECT FROM update_outcome");
  await session(before, migrate);
  expect(await query(before, "SELECT FROM update_outcome")).toHaveLength(outcomes.length);
  expect(await query(before, "SELECT max(xmin::text::bigint) AS stored FROM stored_report")).toEqual([{ stored }]);
  const contradicted = await query(
    before,
    "SELECT DISTINCT firmware_reported FROM update_outcome WHERE counted_status <> update_status",
  );
  expect(contradicted).toHaveLength(3);
});

test("a campaign whose recovery has begun stays as it was, and keeps every promise", async () => {
  const { before } = await imports();
  await session(before, migrate);
  // As the version before recovered it.
  await query(before, `${MERGED}; UPDATE campaign SET counts_contradictions = false`);
  await done("recover", before);
  await query(before, BEFORE_CONTRADICTIONS);
  const was = await shown(before);
  await session(before, migrate);
  expect(await shown(before)).toEqual(was);
  expect(await query(before, "SELECT counts_contradictions FROM campaign")).toEqual([{ counts_contradictions: false }]);
  await done("validate", before);
  await done("recover", before);
  expect(await shown(before)).toEqual(was);
});

test("an import that was stopped part-way goes on, to the same end", async () => {
  const { now, before } = await imports();
  await query(
    before,
    `DELETE FROM stored_report WHERE device_no / 100 IN (1, 4, 5);
     DELETE FROM batch_ledger WHERE batch_no IN (1, 4, 5);
     ALTER TABLE stored_report_1 DROP CONSTRAINT stored_report_1_pkey`,
  );
  await done("generate", before, { ...IMPORT, from: file, resume: true });
  expect(await shown(before)).toEqual(await shown(now));
  expect(await numbered(before)).toEqual([{ first: 0, whole: true }]);
  await done("recover", before, { workers: 2 });
  await done("validate", before);
});

test("of a generated fleet nothing changes", async () => {
  const { url } = keep(await freshDatabase());
  await done("generate", url, { devices: 300 });
  const was = await shown(url);
  await query(url, BEFORE_CONTRADICTIONS);
  await session(url, migrate);
  expect(await shown(url)).toEqual(was);
  expect(await query(url, "SELECT FROM update_outcome WHERE counted_status <> update_status")).toEqual([]);
});
