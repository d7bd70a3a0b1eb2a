import { readdirSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { holdBatches, settled } from "./support/barrier.ts";
import { freshCheckout } from "./support/checkout.ts";
import { events, killAt, run, start, succeed } from "./support/cli.ts";
import { command, done, stages } from "./support/command.ts";
import { emptyDatabase, freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { cloned, everyRow, query } from "./support/fleet.ts";
import { type Folder, folder } from "./support/import-files.ts";

const STAGES = {
  generate: ["generate", "--devices", "2000", "--batch-size", "500", "--campaign", "our spring"],
  corrupt: ["corrupt", "--fault-rate", "0.2", "--batch-size", "500"],
  recover: ["recover", "--batch-size", "500"],
};
const NAMES = Object.keys(STAGES) as (keyof typeof STAGES)[];

let files: Folder;
const keep = keptDatabases();
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const database = async (): Promise<TestDatabase> => keep(await freshDatabase());

interface Told {
  readonly stages: readonly { stage: string; state: string; committed: number; batches: number | null; rows: number }[];
  readonly next: readonly string[];
  readonly [name: string]: unknown;
}

/** What status says of the campaigns of a database; it must change nothing. */
async function told(url: string): Promise<Told[]> {
  const before = await everyRow(url);
  const { events: said } = await done("status", url);
  expect(await everyRow(url)).toEqual(before);
  const campaigns = said.filter(({ event }) => event === "campaign") as unknown as Told[];
  return campaigns.map((each) => ({ ...each, next: each.next.map(withoutDatabase) }));
}

/** Asked about a database by option, status names it by option, and shows no password. */
function withoutDatabase(line: string): string {
  const bare = line.replace(' --database-url "$DATABASE_URL"', "");
  expect(bare).not.toBe(line);
  return bare;
}

const states = ({ stages: list }: Told): string[] => list.map(({ state }) => state);

/** What a shell makes of a command line: words, where quotes keep some together. */
function wordsOf(line: string): string[] {
  const words = line.match(/'[^']*'|\S+/g) ?? [];
  return words
    .map((word) => word.replace(/^'(.*)'$/, "$1"))
    .slice(2)
    .filter((word) => word !== "--");
}

/** Does what status says, one command after another, until it says that nothing is left. Returns the commands. */
async function follow(url: string): Promise<string[]> {
  const taken: string[] = [];
  for (;;) {
    const [line] = (await told(url)).flatMap(({ next }) => next);
    if (line === undefined) return taken;
    expect(taken).not.toContain(line);
    taken.push(line);
    await succeed(wordsOf(line), url);
  }
}

async function stoppedIn(stage: keyof typeof STAGES, words: readonly string[] = STAGES[stage]): Promise<string> {
  const { url } = await database();
  for (const name of NAMES.slice(0, NAMES.indexOf(stage))) await succeed(STAGES[name], url);
  const barrier = await holdBatches(url, "NEW.batch_no = 2");
  await killAt([...words, "--workers", "1"], url, barrier);
  await barrier.abort();
  await barrier.close();
  await settled(url);
  return url;
}

describe("a stage that was stopped part-way: where, and the commands that lead to the end", () => {
  test("generate", async () => {
    const url = await stoppedIn("generate");
    const [standing] = (await told(url)) as [Told];
    expect(states(standing)).toEqual(["stopped part-way", "not begun", "not begun"]);
    expect(standing.stages[0]).toMatchObject({ committed: 2, batches: 4, rows: 1000 });
    expect(standing).toMatchObject({ name: "our spring", current: true, undecided: null, validation: null });
    expect(await follow(url)).toEqual([
      "npm run generate -- --campaign 'our spring' --resume",
      "npm run corrupt -- --campaign 'our spring'",
      "npm run recover -- --campaign 'our spring'",
      "npm run validate -- --campaign 'our spring'",
    ]);
  });

  test("corrupt", async () => {
    const url = await stoppedIn("corrupt");
    expect(states(((await told(url)) as [Told])[0])).toEqual(["done", "stopped part-way", "not begun"]);
    expect((await follow(url))[0]).toBe("npm run corrupt -- --campaign 'our spring' --resume");
    const [standing] = (await told(url)) as [Told];
    expect(standing).toMatchObject({ undecided: 0, validation: { promises: 21, broken: [], is_outdated: false } });
    expect(states(standing)).toEqual(["done", "done", "done"]);
  });

  test("recover, by the policy that it was begun with", async () => {
    const url = await stoppedIn("recover", [...STAGES.recover, "--policy", "default"]);
    expect((await told(url))[0]?.next).toEqual([
      "npm run recover -- --policy default --campaign 'our spring' --resume",
      "npm run validate -- --campaign 'our spring'",
    ]);
    await follow(url);
  });

  test("an import, from its file", async () => {
    const rows = Array.from({ length: 900 }, (_, no) => ({
      ...{ device_id: `D-${no}`, region: "r", battery_voltage: no % 9 ? "12.1" : null, signal_strength: "50" },
      ...{ update_status: no % 2 === 0 ? "Partial" : "Success" },
    }));
    const file = await files.rows("fleet", "csv", rows);
    const url = await stoppedIn("generate", ["generate", "--from", file, "--batch-size", "200"]);
    const commands = await follow(url);
    expect(commands[0]).toMatch(`npm run generate -- --from ${file} --campaign import-fleet-`);
    expect(commands.map((line) => line.split(" ")[2])).toEqual(["generate", "recover", "validate"]);
    expect(((await told(url)) as [Told])[0]).toMatchObject({ triage_open: 50, source: "imported" });
  });
});

describe("a stage whose batches are all stored", () => {
  let whole: TestDatabase;
  beforeAll(async () => {
    whole = await database();
    await stages(whole.url, { devices: 2000, campaign: "spring", faultRate: 0.1 });
  });

  test("nothing is left of one that is validated", async () => {
    expect(await told(whole.url)).toMatchObject([{ next: [], undecided: 0 }]);
  });

  test.each([
    ["ALTER TABLE decision_1 DROP CONSTRAINT decision_1_pkey", "recover", "key not built"],
    ["ALTER TABLE stored_report_1 DROP CONSTRAINT stored_report_1_pkey", "generate", "key not built"],
  ])("its key is missing: %s", async (statement, stage, state) => {
    const copy = keep(await cloned(whole));
    await query(copy.url, `${statement}; DELETE FROM validation_result`);
    const [standing] = (await told(copy.url)) as [Told];
    expect(standing.stages.find((one) => one.stage === stage)).toMatchObject({ state });
    expect((await follow(copy.url))[0]).toBe(`npm run ${stage} -- --campaign spring --resume`);
    expect(states(((await told(copy.url)) as [Told])[0])).toEqual(["done", "done", "done"]);
  });

  test("what was found is out of date once the campaign changed", async () => {
    const copy = keep(await cloned(whole));
    await query(copy.url, "UPDATE batch_ledger SET finished_at = now() WHERE stage = 'recover'");
    expect(await told(copy.url)).toMatchObject([{ validation: { is_outdated: true } }]);
    expect(await follow(copy.url)).toEqual(["npm run validate -- --campaign spring"]);
  });

  test("a device without a decision is left to decide", async () => {
    const copy = keep(await cloned(whole));
    await query(
      copy.url,
      "DELETE FROM decision WHERE device_no = (SELECT min(device_no) FROM decision WHERE rule_no > 0)",
    );
    expect(await told(copy.url)).toMatchObject([
      {
        undecided: 1,
        validation: { is_outdated: true },
        next: ["npm run recover -- --campaign spring", "npm run validate -- --campaign spring"],
      },
    ]);
    const { stdout } = await succeed(["status"], copy.url);
    expect(stdout).toMatch(/recover +1 Partial device undecided/);
  });

  test("a broken promise is named", async () => {
    const copy = keep(await cloned(whole));
    await query(copy.url, "UPDATE validation_result SET passed = false WHERE check_name = 'durable'");
    const { stdout } = await succeed(["status"], copy.url);
    expect(stdout).toContain("20 of 21 promises hold, broken: durable");
    expect(stdout).toContain("npm run validate -- --campaign spring");
  });

  test("several campaigns, the current one marked; or one by its name", async () => {
    const copy = keep(await cloned(whole));
    await done("generate", copy.url, { devices: 500, campaign: "autumn" });
    const { stdout } = await succeed(["status"], copy.url);
    expect(stdout).toMatch(/^Campaign spring: 2,000 devices, generated$/m);
    expect(stdout).toMatch(/^Campaign autumn, the current one: 500 devices, generated$/m);
    expect(
      events(await succeed(["status", "--campaign", "spring", "--json"], copy.url)).map(({ name }) => name),
    ).toEqual([undefined, "spring"]);
    const { error } = await command("status", copy.url, { campaign: "winter" });
    expect(error).toMatchObject({
      exitCode: 2,
      message: 'There is no campaign named "winter".',
      remedy: "There are: autumn, spring.",
    });
  });

  test("a read-only server answers", async () => {
    const copy = keep(await cloned(whole));
    const name = new URL(copy.url).pathname.slice(1);
    await query(copy.url, `ALTER DATABASE ${name} SET default_transaction_read_only = on`);
    expect((await run(["status"], copy.url)).code).toBe(0);
    expect((await run(["recover"], copy.url)).code).toBe(3);
  });
});

test("while another command writes, it is named, and nobody waits", async () => {
  const { url } = await database();
  await succeed(STAGES.generate, url);
  const barrier = await holdBatches(url, "NEW.batch_no = 2");
  const writing = start([...STAGES.recover, "--workers", "1"], { DATABASE_URL: url });
  await barrier.reached();
  const { stdout } = await succeed(["status"], url);
  expect(stdout).toMatch(/npm run recover, process \d+ is writing, for [\d.]+ s now: what it has begun it also ends\./);
  expect(stdout).toContain("stopped part-way at 2 of 4");
  expect(stdout).toContain("Left to do, if no command does it just now:");
  await barrier.pass();
  expect((await writing.ended).code).toBe(0);
  await barrier.close();
  expect((await succeed(["status"], url)).stdout).not.toContain("is writing");
});

describe("where Sentinel is not", () => {
  test("a database without it: it says so, what to do, and makes nothing", async () => {
    const empty = keep(await emptyDatabase());
    const { events: said } = await done("status", empty.url);
    expect(said).toMatchObject([
      {
        event: "no_campaign",
        text: expect.stringMatching(/^Sentinel OTA has never been in /),
        next: [expect.stringMatching(/^npm run pipeline/)],
      },
    ]);
    expect(await query(empty.url, "SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace")).toEqual([]);
  });

  test("a database without a campaign", async () => {
    const { url } = await database();
    expect((await done("status", url)).events).toMatchObject([
      { text: expect.stringMatching(/holds no campaign yet\.$/) },
    ]);
  });

  test("a database of another version", async () => {
    const { url } = await database();
    await query(url, "INSERT INTO sentinel_migration VALUES (99, '0099_later.sql')");
    expect((await command("status", url)).error).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/newer Sentinel OTA/),
    });
    await query(url, "DELETE FROM sentinel_migration WHERE number > 2");
    expect((await command("status", url)).error).toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/older Sentinel OTA \(schema 2/),
      command: "npm run validate",
    });
  });

  test("an embedded server that has never been started is not started for it", async () => {
    const checkout = freshCheckout();
    const { code, stdout } = await start(["status"], {}, checkout.root).ended;
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        "There is no database yet: the embedded server has never been started.\n\nMake a fleet and take it all the way:\n  npm run pipeline\n",
    });
    expect(readdirSync(`${checkout.root}/data/local`)).toEqual(["build"]);
    await checkout.remove();
  });
});
