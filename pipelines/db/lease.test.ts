import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterEach, beforeEach, expect, test } from "vitest";
import { until } from "../../test/support/barrier.ts";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query } from "../../test/support/fleet.ts";
import { acquireWriteLease, releaseWriteLease } from "./lease.ts";

let database: TestDatabase;
let open: pg.Client[];
beforeEach(async () => {
  database = await freshDatabase();
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((client) => client.end().catch(() => {})));
  await database.drop();
});

async function connected(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url, application_name: "sentinel-ota test" });
  client.on("error", () => {});
  await client.connect();
  open.push(client);
  return client;
}

const holder = async () => (await query<{ holder: string }>(database.url, "SELECT holder FROM lease"))[0]?.holder;

test("a second writer is refused with exit 3, by the name of the first, while the first lives", async () => {
  await acquireWriteLease(await connected(), randomUUID(), "npm run generate, process 1");
  const second = acquireWriteLease(await connected(), randomUUID(), "npm run recover, process 2");
  await expect(second).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("npm run generate, process 1"),
  });
  expect(await holder()).toBe("npm run generate, process 1");
});

test("given back, it is the next one's", async () => {
  const first = await connected();
  const id = randomUUID();
  await acquireWriteLease(first, id, "first");
  await releaseWriteLease(first, id);
  await acquireWriteLease(await connected(), randomUUID(), "second");
  expect(await holder()).toBe("second");
});

test("only who holds it can give it back", async () => {
  await acquireWriteLease(await connected(), randomUUID(), "first");
  await releaseWriteLease(await connected(), randomUUID());
  expect(await holder()).toBe("first");
});

test("it is void once the holder's session is killed", async () => {
  const first = await connected();
  const { rows } = await first.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  await acquireWriteLease(first, randomUUID(), "first");
  await query(database.url, "SELECT pg_terminate_backend($1, 10000)", [rows[0]?.pid]);
  await acquireWriteLease(await connected(), randomUUID(), "second");
  expect(await holder()).toBe("second");
});

test("who waits for it gets it as soon as the holder is gone", async () => {
  const first = await connected();
  await acquireWriteLease(first, randomUUID(), "first");
  const second = acquireWriteLease(await connected(), randomUUID(), "second");
  await first.end();
  await second;
  await until("second holds the lease", async () => (await holder()) === "second");
});

test("of ten that want it at once, one gets it", async () => {
  const clients = await Promise.all(Array.from({ length: 10 }, connected));
  const ends = await Promise.allSettled(clients.map((client, no) => acquireWriteLease(client, randomUUID(), `${no}`)));
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(ends[Number(await holder())]?.status).toBe("fulfilled");
});

test("it is not the next one's while a session that a killed command left could still commit", async () => {
  const left = await connected();
  await left.query("BEGIN");
  await left.query("INSERT INTO current_campaign (campaign_id) VALUES (1)");
  const next = acquireWriteLease(await connected(), randomUUID(), "next");
  let taken = false;
  next.then(
    () => {
      taken = true;
    },
    () => {},
  );
  await new Promise((done) => setTimeout(done, 300));
  expect(taken).toBe(false);
  await left.query("COMMIT");
  await next;
  expect(await holder()).toBe("next");
});
