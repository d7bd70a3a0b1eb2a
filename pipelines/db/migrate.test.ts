import { afterEach, beforeEach, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { migrate } from "./migrate.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await emptyDatabase();
});
afterEach(() => database.drop());

const SCHEMA = `
  SELECT c.relname, c.oid::int, c.relkind::text, (SELECT count(*)::int FROM pg_attribute a WHERE a.attrelid = c.oid) AS columns
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname`;
const schema = () => query(database.url, SCHEMA);
const applied = () =>
  query(database.url, "SELECT number, file, xmin::text, applied_at::text FROM sentinel_migration ORDER BY number");
const upToDate = () => session(database.url, migrate);

test("a second time nothing is touched", async () => {
  await upToDate();
  const once = [await schema(), await applied()];
  expect(once[1]?.length).toBeGreaterThan(0);
  await upToDate();
  expect([await schema(), await applied()]).toEqual(once);
});

test("four at once make one schema, and each finds it", async () => {
  await Promise.all([upToDate(), upToDate(), upToDate(), upToDate()]);
  const numbers = (await applied()).map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  expect((await schema()).map(({ relname }) => relname)).toContain("ota_logs");
});

test.each(["TABLE ota_logs (id int)", "VIEW ota_logs AS SELECT 1 AS id", "TABLE campaign (spend int)"])(
  "a database that holds somebody's %s is refused, and left as it was",
  async (relation) => {
    await query(database.url, `CREATE ${relation}`);
    const held = await schema();
    const name = relation.split(" ")[1] ?? "";
    await expect(upToDate()).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining(`holds ${name}`) });
    expect(await schema()).toEqual(held);
  },
);

test("tables with other names are no hindrance", async () => {
  await query(database.url, "CREATE TABLE orders (id int)");
  await upToDate();
  expect((await schema()).map(({ relname }) => relname)).toContain("orders");
});

test("a schema made by a newer Sentinel is refused, and left as it was", async () => {
  await upToDate();
  await query(database.url, "INSERT INTO sentinel_migration (number, file) VALUES (9999, '9999_future.sql')");
  const held = [await schema(), await applied()];
  await expect(upToDate()).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("newer Sentinel OTA"),
  });
  expect([await schema(), await applied()]).toEqual(held);
});

test("a migration that fails leaves nothing behind", async () => {
  await query(database.url, "CREATE TYPE lease AS (who text)");
  await expect(upToDate()).rejects.toThrow();
  await query(database.url, "DROP TYPE lease");
  expect(await schema()).toEqual([]);
  await upToDate();
});

test("every column of the public tables is explained", async () => {
  await upToDate();
  const unexplained = await query(
    database.url,
    `SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> 'sentinel_migration'
       AND col_description(c.oid, a.attnum) IS NULL`,
  );
  expect(unexplained).toEqual([]);
});
