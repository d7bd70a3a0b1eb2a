import { beforeEach, expect, test } from "vitest";
import { freshDatabase, keptDatabases } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { distribute, isSpread, refuseOtherNodes } from "./distribute.ts";
import { createPartitions } from "./partitions.ts";
import { sql } from "./sql.ts";

const kept = keptDatabases();
let url: string;
beforeEach(async () => {
  url = kept(await freshDatabase()).url;
});

/** What the extension brings, as far as it is asked before anything is done. */
const STAND_IN =
  "CREATE TABLE pg_dist_partition (logicalrelid regclass); CREATE TABLE pg_dist_object (classid oid, objid oid)";

test("a server without the extension has nothing spread", async () => {
  expect(await session(url, isSpread)).toBe(false);
});

test("each table has its place: by its buckets, copied, or the coordinator's own; functions of workers go first", async () => {
  await query(url, STAND_IN);
  const left = await query<{ name: string; way: string; beside: string | null }>(url, sql("citus.left"));
  const tables = await query<{ name: string; is_big: boolean }>(
    url,
    `SELECT c.relname AS name, EXISTS (
       SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'bucket' AND NOT a.attisdropped
     ) AS is_big
     FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
       AND c.relname <> ALL('{sentinel_migration,pg_dist_partition,pg_dist_object}')`,
  );
  const functions = left.filter(({ way }) => way === "bring");
  expect(functions.map(({ name }) => name.replace(/\(.*/, ""))).toEqual([
    "amend_by_rule",
    "fence",
    "quarantine_again",
    "version_said",
  ]);
  expect(left.slice(0, functions.length)).toEqual(functions);
  const rest = left.slice(functions.length);
  expect(rest.filter(({ way }) => way === "tell").map(({ name }) => name)).toEqual(["lease"]);
  const placed = rest.map(({ name, beside }) => ({ name, is_big: beside !== null }));
  const byName = (one: { name: string }, other: { name: string }): number => (one.name < other.name ? -1 : 1);
  expect(placed.sort(byName)).toEqual(tables.sort(byName));
  expect(rest[0]).toMatchObject({ name: "stored_report", way: "spread", beside: "default" });
});

test("a campaign in two halves is named, with the way out, and nothing is changed", async () => {
  await query(url, STAND_IN);
  await query(
    url,
    `INSERT INTO campaign (campaign_id, name, title, source, source_sha256, seed, device_count, batch_size, reported_columns)
     VALUES (1, 'large', '', 'generated', '', 1, 300000, 500, '{}')`,
  );
  await session(url, (client) => createPartitions(client, 1, true));
  await expect(session(url, distribute)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("large"),
    command: expect.stringContaining("npm run export -- --campaign large"),
  });
});

test("a node that is not the coordinator is refused", async () => {
  await query(url, "CREATE FUNCTION citus_is_coordinator() RETURNS boolean LANGUAGE sql AS 'SELECT false'");
  await expect(session(url, refuseOtherNodes)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("worker of Citus"),
  });
});
