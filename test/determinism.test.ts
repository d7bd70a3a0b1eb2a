import { afterEach, beforeEach, expect, test } from "vitest";
import { events, run, succeed } from "./support/cli.ts";
import { digestIn, done, stages } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { digestOf, everyRow, query } from "./support/fleet.ts";

let open: TestDatabase[];
beforeEach(() => {
  open = [];
});
afterEach(async () => {
  await Promise.all(open.map((database) => database.drop()));
});

async function database(): Promise<string> {
  const made = await freshDatabase();
  open.push(made);
  return made.url;
}

/** Every stage of one campaign, and the digest that validate prints. */
async function recovered(options: Parameters<typeof stages>[1]): Promise<string> {
  return String(
    digestIn(await stages(await database(), { devices: 2000, batchSize: 500, faultRate: 0.1, ...options })),
  );
}

test("the same seed gives the same digest, whatever the number of workers and the size of batches", async () => {
  const one = await recovered({ workers: 1 });
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(await recovered({ workers: 2 })).toBe(one);
  expect(await recovered({ workers: 4 })).toBe(one);
  expect(await recovered({ workers: 2, batchSize: 77 })).toBe(one);
});

/** Of the fleet that is made where nobody asks for another; it is what it was before the layout of migration 3. */
const DIGEST = "756c565cce8c3385bcc9d9f8176e623a2354bd19af1bcb70e0b3c9614f764600";

test.each([{}, { workers: 2, batchSize: 500 }])(
  "10,000 devices with seed 42 have the digest that they always had (%j)",
  async (options) => {
    expect(digestIn(await stages(await database(), options))).toBe(DIGEST);
  },
);

test("another seed and another count give other digests", async () => {
  const digests = [await recovered({}), await recovered({ seed: 43 }), await recovered({ devices: 2001 })];
  expect(new Set(digests).size).toBe(digests.length);
});

test("the digest that is printed is that of the database, and hangs on every part of it", async () => {
  const url = await database();
  await done("generate", url, { devices: 2000 });
  const digests = [await digestOf(url)];
  await done("corrupt", url, { faultRate: 0.1 });
  digests.push(await digestOf(url));
  await done("recover", url);
  digests.push(await digestOf(url));
  expect(digestIn(await done("validate", url))).toBe(digests.at(-1));
  await query(
    url,
    "UPDATE triage_queue SET state = 'released' WHERE device_id = (SELECT min(device_id) FROM triage_queue)",
  );
  digests.push(await digestOf(url));
  expect(new Set(digests).size).toBe(4);
});

test("a second run of each stage changes no row, not even who did it and when", async () => {
  const url = await database();
  await stages(url, { devices: 2000 });
  const rows = await everyRow(url);
  await stages(url, { devices: 2000 });
  await done("recover", url, { batchSize: 50, workers: 2 });
  expect(await everyRow(url)).toEqual(rows);
});

test("a second pipeline changes no row, and ota_logs answers as the prototype's users ask", async () => {
  const url = await database();
  const words = ["pipeline", "--devices", "2000", "--workers", "2", "--no-site", "--json"];
  const first = await succeed(words, url);
  const rows = await everyRow(url);
  const second = await succeed(words, url);
  expect(await everyRow(url)).toEqual(rows);
  const said = (end: typeof first) => events(end).filter(({ event }) => event === "check" || event === "status");
  expect(said(second)).toEqual(said(first));
  const answer = await query<{ update_status: string; count: string }>(
    url,
    "SELECT update_status, count(*) FROM ota_logs GROUP BY update_status",
  );
  expect(answer.map(({ update_status }) => update_status).sort()).toEqual(["Quarantined", "Recovered", "Success"]);
  expect(answer.reduce((sum, { count }) => sum + Number(count), 0)).toBe(2000);
});

test("two campaigns live side by side, and neither changes the other", async () => {
  const url = await database();
  const one = digestIn(await stages(url, { devices: 1000, campaign: "one" }));
  await stages(url, { devices: 1000, campaign: "two" });
  expect(digestIn(await done("validate", url, { campaign: "one" }))).toBe(one);
  await done("generate", url, { devices: 1000, seed: 3, campaign: "two", replace: true });
  expect(digestIn(await done("validate", url, { campaign: "one" }))).toBe(one);
});

test("the database's zone and the machine's change nothing", async () => {
  const url = await database();
  await query(url, `ALTER DATABASE ${new URL(url).pathname.slice(1)} SET timezone = 'Pacific/Chatham'`);
  const words = ["generate", "--devices", "1000", "--workers", "1"];
  expect(await run(words, url, { TZ: "America/St_Johns", LANG: "tr_TR.UTF-8" })).toMatchObject({ code: 0 });
  const other = await database();
  await done("generate", other, { devices: 1000 });
  expect(await digestOf(url)).toBe(await digestOf(other));
});
