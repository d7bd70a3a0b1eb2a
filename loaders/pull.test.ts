import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { readMart } from "./mart.ts";
import { beginPull, findCampaign, type PullPlace, pullDevices, pullSource } from "./pull.ts";
import { type Trial, trialOf } from "./testing/warehouse.ts";

async function session({ url }: Trial): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Adds to every tenth bucket, so to every shard, a device that is decided already. */
const WRITE = `
  WITH device AS (
    SELECT b AS bucket, 100000 + b AS no, (SELECT min(outcome_no) FROM update_outcome WHERE update_status = 'Partial') AS outcome_no
    FROM generate_series(0, 1023, 10) b
  ), decided AS (
    INSERT INTO decision (bucket, campaign_id, device_no, rule_no, pass, batch_no) SELECT bucket, 7, no, 1, 1, 0 FROM device
  )
  INSERT INTO stored_report (bucket, campaign_id, device_no, profile_no, outcome_no, device_id, battery_voltage)
  SELECT bucket, 7, no, 0, outcome_no, 'NEW-' || no, '13.0' FROM device`;

async function placeOf(trial: Trial, client: pg.Client, name: string): Promise<PullPlace> {
  const folder = join(trial.home, name);
  mkdirSync(folder);
  return { client, folder, campaign: await findCampaign(client, undefined) };
}

test("what is committed between the beginnings of two sessions is in neither", async () => {
  const trial = await trialOf(1000);
  const [first, second] = [await session(trial), await session(trial)];
  const seen = await beginPull(first, () => {});
  await trial.client.query(WRITE);
  await trial.client.query("DELETE FROM stored_report WHERE device_no < 100");
  expect(await beginPull(second, () => {}, seen)).toBe(seen);
  const pulls = [await placeOf(trial, first, "first"), await placeOf(trial, second, "second")];
  const [before, same] = await Promise.all(pulls.map((place) => pullDevices([place], () => {})));
  expect(before?.rows).toBe(1000);
  const text = (files: readonly string[] = []): string => files.map((file) => readFileSync(file, "utf8")).join("");
  expect(text(same?.files)).toBe(text(before?.files));
  const actions = await Promise.all(pulls.map((place) => pullSource(place, "action")));
  expect(text(actions[1]?.files)).toBe(text(actions[0]?.files));
});

test("a session that begins on its own sees what was committed since", async () => {
  const trial = await trialOf(1000);
  const [first, second] = [await session(trial), await session(trial)];
  const seen = await beginPull(first, () => {});
  await trial.client.query(WRITE);
  expect(await beginPull(second, () => {})).not.toBe(seen);
  const place = await placeOf(trial, second, "second");
  expect((await pullDevices([place], () => {})).rows).toBe(1000 + 103);
});

/** So many that they are pulled by two sessions. */
const TWO = 20_000;

test("what is committed while a refresh begins its second session is not in its marts", async () => {
  const trial = await trialOf(TWO);
  const { client, home, refresh } = trial;
  const before = await refresh();
  const watcher = await session(trial);
  await client.query("BEGIN; LOCK TABLE campaign IN ACCESS EXCLUSIVE MODE");
  const under = refresh({ home: join(home, "under") });
  // The first session has its snapshot and waits to be told the campaign; the second is still to come.
  await expect.poll(async () => (await watcher.query(WAITING)).rows[0].sessions, { timeout: 10_000 }).toBe(1);
  await client.query(WRITE);
  await client.query("COMMIT");
  expect(await under).toMatchObject({ id: before.id, devices: TWO });
  const after = await refresh();
  expect(after).toMatchObject({ devices: TWO + 103 });
  expect(after.id).not.toBe(before.id);
});

const WAITING = `SELECT count(DISTINCT pid)::int AS sessions FROM pg_locks
  WHERE NOT granted AND relation = 'campaign'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;

test("two sessions pull every device once, each its share", async () => {
  const trial = await trialOf(3000);
  const clients = [await session(trial), await session(trial)] as const;
  const seen = await beginPull(clients[0], () => {});
  await beginPull(clients[1], () => {}, seen);
  const place = await placeOf(trial, clients[0], "both");
  const progress: number[] = [];
  const pulled = await pullDevices([place, { ...place, client: clients[1] }], (rows) => progress.push(rows));
  const ids = pulled.files.map((file) =>
    readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t")[0]),
  );
  expect(ids.map((list) => list.length > 0)).toEqual([true, true]);
  expect(new Set(ids.flat()).size).toBe(3000);
  expect(ids.flat()).toHaveLength(3000);
  expect(pulled.rows).toBe(3000);
  expect(progress).toEqual([...progress].sort((a, b) => a - b));
  expect(progress.at(-1)).toBe(3000);
});

test("a home whose path could be read as a pattern is a home like any other", async () => {
  const { home, refresh } = await trialOf(300);
  const { path, devices } = await refresh({ home: join(home, "fleet [1] {a,b} * 'x' \"y\" é") });
  expect(devices).toBe(300);
  expect(await readMart(path, "campaign_summary")).toMatchObject([{ devices: 300 }]);
});
