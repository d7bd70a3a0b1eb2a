import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { advise } from "./advise.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());

const settingsOf = async (): Promise<string[]> =>
  (await session(database.url, advise)).advice.map(({ setting }) => setting);

async function set(setting: string, value: string): Promise<void> {
  const name = new URL(database.url).pathname.slice(1);
  await query(database.url, `ALTER DATABASE ${name} SET ${setting} = '${value}'`);
}

test("each setting that would serve better is named, with what it is, what would do, and how to change it", async () => {
  const before = await settingsOf();
  expect(before).not.toContain("maintenance_work_mem");
  await set("maintenance_work_mem", "8MB");
  await set("jit", "on");
  const found = await session(database.url, advise);
  expect(found.advice).toContainEqual({
    setting: "maintenance_work_mem",
    now: "8MB",
    better: "256MB",
    why: expect.stringContaining("sorted in memory"),
    change: "ALTER SYSTEM SET maintenance_work_mem = '256MB'",
    restart: false,
  });
  expect(found.advice.map(({ setting }) => setting)).toEqual(expect.arrayContaining([...before, "jit"]));
});

test("more than enough is enough", async () => {
  await set("maintenance_work_mem", "1GB");
  expect(await settingsOf()).not.toContain("maintenance_work_mem");
});

test("of what should be small, less is enough", async () => {
  await set("random_page_cost", "4");
  expect(await settingsOf()).toContain("random_page_cost");
  for (const small of ["1", "1.25"]) {
    await set("random_page_cost", small);
    expect(await settingsOf()).not.toContain("random_page_cost");
  }
});

test("a commit that does not wait for the disk is told first; one that waits for more is as good as any", async () => {
  await set("synchronous_commit", "off");
  expect((await settingsOf())[0]).toBe("synchronous_commit");
  await set("synchronous_commit", "remote_apply");
  expect(await settingsOf()).not.toContain("synchronous_commit");
});

test("the link is timed, and says what goes over it at once", async () => {
  const { linkMs, batchRows, inFlight } = await session(database.url, advise);
  expect(linkMs).toBeGreaterThan(0);
  expect(batchRows).toBeGreaterThanOrEqual(500);
  expect(inFlight).toBeGreaterThanOrEqual(2);
});
