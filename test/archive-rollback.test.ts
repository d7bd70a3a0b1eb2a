import { cpSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { admit, forge, rewrite, type Shelf, shelf } from "./support/archives.ts";
import { holdBatches, settled } from "./support/barrier.ts";
import { start } from "./support/cli.ts";
import { command, done, stages } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { everyRow, query } from "./support/fleet.ts";

let archives: Shelf;
/** Where the imports go, with a campaign that they must leave as it is. */
let database: TestDatabase;
let before: Record<string, string>;
/** An export of a recovered campaign. */
let small: string;
beforeAll(async () => {
  archives = shelf();
  database = await freshDatabase();
  await done("generate", database.url, { devices: 500, campaign: "other" });
  before = await everyRow(database.url);
  const source = await freshDatabase();
  await stages(source.url, { devices: 1000, campaign: "small", faultRate: 0.1 });
  small = await archives.export(source.url);
  await source.drop();
});
afterAll(async () => {
  archives.remove();
  await database.drop();
});

async function expectNothingStored(): Promise<void> {
  expect(await everyRow(database.url)).toEqual(before);
  expect(await query(database.url, "SELECT to_regclass('stored_report_2') AS made")).toEqual([{ made: null }]);
}

describe("an export that was made to deceive, with all its hashes right, is rolled back", () => {
  test.each<[string, number, (archive: string) => unknown, RegExp]>([
    [
      "another digest",
      4,
      (archive) => forge(archive, (made) => ({ ...made, digest: "0".repeat(64) })),
      /is not what its manifest says: it has digest [0-9a-f]{64}, not 0{64}/,
    ],
    [
      "another value",
      4,
      (archive) => rewrite(archive, "device.parquet", "SELECT * REPLACE ('9' AS battery_voltage) FROM archived"),
      /is not what its manifest says/,
    ],
    [
      "a device twice",
      4,
      (archive) => rewrite(archive, "device.parquet", "FROM archived UNION ALL (FROM archived LIMIT 1)", 1001),
      /can't be stored: .*unique/,
    ],
    [
      "a row too few",
      2,
      (archive) => rewrite(archive, "device.parquet", "FROM archived LIMIT 999"),
      /holds 999 rows \(the manifest says 1,000\)/,
    ],
    [
      "a status of its own",
      4,
      (archive) => rewrite(archive, "outcome.parquet", "SELECT * REPLACE ('Fine' AS update_status) FROM archived"),
      /can't be stored: .*check constraint/,
    ],
    [
      "a key twice",
      4,
      (archive) => rewrite(archive, "profile.parquet", "SELECT * REPLACE (1 AS profile_no) FROM archived"),
      /can't be stored: .*unique constraint/,
    ],
    [
      "a rule that is not there",
      4,
      (archive) => rewrite(archive, "decision.parquet", "SELECT * REPLACE (99 AS rule_no) FROM archived"),
      /can't be stored: .*rule_no/,
    ],
    [
      "other columns",
      2,
      (archive) => rewrite(archive, "fault.parquet", "SELECT *, 1 AS more FROM archived"),
      /has other columns than an export: .*more/,
    ],
    [
      "other types",
      2,
      (archive) =>
        rewrite(archive, "fault.parquet", "SELECT * REPLACE (CAST(bucket AS VARCHAR) AS bucket) FROM archived"),
      /has other columns/,
    ],
    [
      "no Parquet",
      2,
      (archive) => {
        writeFileSync(path.join(archive, "run.parquet"), "run");
        admit(archive, "run.parquet");
      },
      /run\.parquet is no Parquet file/,
    ],
  ])("%s", async (_, exitCode, change, cause) => {
    const archive = archives.place();
    cpSync(small, archive, { recursive: true });
    await change(archive);
    const { error } = await command("import", database.url, { from: archive });
    expect(error?.message).toMatch(cause);
    expect(error).toMatchObject({ exitCode, remedy: expect.stringContaining("Nothing was stored.") });
    await expectNothingStored();
  });
});

test("an import whose session the server ends stores nothing, and says how to do it again", async () => {
  const barrier = await holdBatches(database.url, "NEW.stage = 'recover'");
  const importing = start(["import", "--from", small], { DATABASE_URL: database.url });
  await barrier.reached();
  await barrier.abort();
  const { code, stderr } = await importing.ended;
  await barrier.close();
  await settled(database.url);
  expect(code).toBe(3);
  expect(stderr).toContain("Nothing was stored. Once that is mended, do it again:");
  expect(stderr).toContain(`npm run import -- --from ${small}\n`);
  await expectNothingStored();
  await done("import", database.url, { from: small });
});
