import { afterAll, beforeAll, expect, test } from "vitest";
import { faultProxy } from "../pipelines/chaos/proxy.ts";
import { holdBatches, settled, until } from "./support/barrier.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, start, succeed } from "./support/cli.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, query } from "./support/fleet.ts";

/** So many batches that not all of them can be under way when the signal comes. */
const BATCHES = 40;
const GENERATE = ["generate", "--devices", "2000", "--batch-size", String(2000 / BATCHES), "--workers", "1"];
const RECOVER = ["recover", "--batch-size", "500", "--workers", "1"];

let empty: TestDatabase;
let generated: TestDatabase;
let recovered: string;
beforeAll(async () => {
  empty = await freshDatabase();
  generated = await cloned(empty);
  await succeed(GENERATE, generated.url);
  const whole = await cloned(generated);
  await succeed(RECOVER, whole.url);
  recovered = await digestOf(whole.url);
  await whole.drop();
});
afterAll(async () => {
  await empty.drop();
  await generated.drop();
});

/** Signals a command while a batch, its second one by default, is about to commit, then lets the batch go on. */
async function signalled(
  words: readonly string[],
  url: string,
  signals: readonly NodeJS.Signals[],
  batch = 1,
  passes = signals.length === 1,
): Promise<Ended> {
  const barrier = await holdBatches(url, `NEW.batch_no = ${batch}`);
  const command = start(words, { DATABASE_URL: url });
  await barrier.reached();
  for (const signal of signals) {
    command.process.kill(signal);
    await command.says("Stopping once the batches under way are stored");
  }
  if (passes) await barrier.pass();
  const end = await command.ended;
  await settled(url);
  await barrier.close();
  return end;
}

const batches = async (url: string, stage: string) =>
  (await query(url, "SELECT batch_no FROM batch_ledger WHERE stage = $1 ORDER BY batch_no", [stage])).map(
    (row) => row.batch_no,
  );

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s: the batch is finished, the way on is told, the exit code is %d, and resume completes",
  async (signal, code) => {
    const database = await cloned(generated);
    const end = await signalled(RECOVER, database.url, [signal]);
    expect(end.code).toBe(code);
    expect(end.stderr).toContain("Stopped on request: recover has 2 batches left to do.");
    expect(end.stderr).toMatch(/npm run recover -- .*--resume/);
    expect(await batches(database.url, "recover")).toEqual([0, 1]);
    expect(await query(database.url, "SELECT result FROM run WHERE stage = 'recover'")).toEqual([
      { result: "interrupted" },
    ]);
    await succeed(["recover", "--resume"], database.url);
    expect(await digestOf(database.url)).toBe(recovered);
    await database.drop();
  },
);

test("stopped with the last batch, the key is left to build, and resume builds it", async () => {
  const database = await cloned(empty);
  const end = await signalled(GENERATE, database.url, ["SIGINT"], BATCHES - 1);
  expect(end.code).toBe(130);
  expect(end.stderr).toContain("Stopped on request: generate has 1 key left to do.");
  expect(await batches(database.url, "generate")).toHaveLength(BATCHES);
  await succeed(["generate", "--resume"], database.url);
  await succeed(RECOVER, database.url);
  expect(await digestOf(database.url)).toBe(recovered);
  await database.drop();
});

test("a pipeline that is stopped in its first stage is resumed as a pipeline", async () => {
  const database = await cloned(empty);
  const words = ["pipeline", ...GENERATE.slice(1), "--no-site", "--fault-rate", "0"];
  const end = await signalled(words, database.url, ["SIGINT"]);
  expect(end.code).toBe(130);
  expect(end.stderr).toMatch(/npm run pipeline -- .*--fault-rate 0 .*--resume/);
  const stored = await batches(database.url, "generate");
  // The batches that were sent behind the held one are under way too, and stored; how many hangs on the link.
  expect(stored).toEqual(Array.from(stored, (_, batch) => batch));
  expect(stored.length).toBeGreaterThanOrEqual(2);
  expect(stored.length).toBeLessThan(BATCHES / 2);
  await succeed(["pipeline", "--resume", "--no-site", "--fault-rate", "0"], database.url);
  expect(await digestOf(database.url)).toBe(recovered);
  await database.drop();
});

test("a second signal ends the command at once, and what it was at is rolled back or whole", async () => {
  const database = await cloned(generated);
  const end = await signalled(RECOVER, database.url, ["SIGINT", "SIGINT"]);
  expect(end.code).toBe(130);
  await succeed(["recover", "--resume"], database.url);
  expect(await batches(database.url, "recover")).toEqual([0, 1, 2, 3]);
  expect(await digestOf(database.url)).toBe(recovered);
  await database.drop();
});

test("a batch that does not come to its end is taken back on the server, and the way on is told", async () => {
  const database = await cloned(generated);
  // Held until the command has ended: it can't wait for the batch.
  const end = await signalled(RECOVER, database.url, ["SIGTERM"], 1, false);
  expect(end.code).toBe(143);
  expect(end.stderr).toContain("Stopped on request: recover has 3 batches left to do.");
  expect(await batches(database.url, "recover")).toEqual([0]);
  expect(await query(database.url, "SELECT result FROM run WHERE stage = 'recover'")).toEqual([
    { result: "interrupted" },
  ]);
  await succeed(["recover", "--resume"], database.url);
  expect(await digestOf(database.url)).toBe(recovered);
  await database.drop();
});

test("a server that says nothing keeps no command from ending", async () => {
  const database = await cloned(generated);
  const proxy = await faultProxy(database.url, [{ kind: "mute", roundTrip: 12 }]);
  // Without the signal it would be an hour until the silence is looked into.
  const command = start(RECOVER, { DATABASE_URL: proxy.url, PGCONNECT_TIMEOUT: "3600" });
  await until("the server is mute", async () => proxy.strikes > 0);
  command.process.kill("SIGINT");
  const end = await command.ended;
  expect(end.code).toBe(130);
  expect(end.stderr).toContain("Stopped on request.");
  await proxy.close();
  await settled(database.url);
  await succeed(RECOVER, database.url);
  expect(await digestOf(database.url)).toBe(recovered);
  await database.drop();
});

test("what works for a command that was killed ends on the server, too", async () => {
  const database = await cloned(generated);
  const barrier = await holdBatches(database.url, "true");
  const command = start(RECOVER, { DATABASE_URL: database.url });
  await barrier.reached();
  command.signal("SIGKILL");
  await command.ended;
  // The barrier still holds: nothing but the server itself can end the session that waits there.
  await settled(database.url);
  await barrier.close();
  await succeed(["recover", "--resume"], database.url);
  expect(await digestOf(database.url)).toBe(recovered);
  await database.drop();
});

test.each([["SIGINT"], ["SIGINT", "SIGINT"], ["SIGTERM"]] as const)(
  "%s %s: the embedded server is not left behind",
  async (...signals) => {
    const checkout = freshCheckout();
    try {
      const command = start([...GENERATE, "--batch-size", "1"], {}, checkout.root);
      await command.says("generate");
      for (const signal of signals) command.process.kill(signal);
      expect([130, 143]).toContain((await command.ended).code);
      await until("the server is gone", async () => {
        const status = await start(["db", "status", "--json"], {}, checkout.root).ended;
        return (JSON.parse(status.stdout) as { running: boolean }).running === false;
      });
      const whole = await start(["generate", "--resume"], {}, checkout.root).ended;
      const first = whole.code === 2 ? await start(GENERATE, {}, checkout.root).ended : whole;
      expect(first.code, first.stderr).toBe(0);
    } finally {
      await checkout.remove();
    }
  },
);
