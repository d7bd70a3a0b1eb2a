import fc from "fast-check";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { refusedAmong } from "./bisect.ts";

let database: TestDatabase;
let client: pg.Client;
let attempts = 0;
beforeAll(async () => {
  database = await freshDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("CREATE TABLE taken (id int PRIMARY KEY CHECK (id >= 0))");
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const store = async (part: readonly number[]): Promise<void> => {
  attempts += 1;
  await client.query("INSERT INTO taken SELECT unnest($1::int[])", [part]);
};

test("exactly the refused are found, in their order, and nothing is left behind", async () => {
  const ids = fc.uniqueArray(fc.integer({ min: -40, max: 1000 }), { maxLength: 120 });
  await fc.assert(
    fc.asyncProperty(ids, async (items) => {
      const refused = await refusedAmong(client, items, store);
      expect(refused.map(({ item }) => item)).toEqual(items.filter((id) => id < 0));
      expect(refused.every(({ state }) => state === "23514")).toBe(true);
      expect((await client.query("SELECT FROM taken")).rowCount).toBe(0);
    }),
    { numRuns: 40, seed: 42 },
  );
});

test("of items that contradict each other the first stays", async () => {
  const refused = await refusedAmong(client, [7, 8, 7, 9, 8], store);
  expect(refused.map(({ item, state }) => [item, state])).toEqual([
    [7, "23505"],
    [8, "23505"],
  ]);
});

test("one bad row among a thousand takes some twenty statements", async () => {
  attempts = 0;
  await refusedAmong(
    client,
    Array.from({ length: 1000 }, (_, id) => (id === 617 ? -1 : id)),
    store,
  );
  expect(attempts).toBeLessThanOrEqual(21);
});

test("a server that refuses everything is told of in its own words, and other errors pass", async () => {
  const all = Array.from({ length: 1100 }, (_, id) => -id - 1);
  await expect(refusedAmong(client, all, store)).rejects.toMatchObject({ code: "23514" });
  await expect(refusedAmong(client, [1], () => client.query("SELECT nothing"))).rejects.toMatchObject({
    code: "42703",
  });
  expect((await client.query("SELECT FROM taken")).rowCount).toBe(0);
});
