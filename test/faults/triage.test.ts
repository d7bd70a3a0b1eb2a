import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readCsv, writeCsv } from "../../pipelines/triage/csv.ts";
import { type Barrier, holdBatches, holdDecisions, settled } from "../support/barrier.ts";
import { killAt, start, succeed } from "../support/cli.ts";
import { stages, triage } from "../support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "../support/database.ts";
import { cloned, digestOf, query } from "../support/fleet.ts";

const keep = keptDatabases();
const BY = ["--by", "tester", "--batch-size", "20"];
let folder: string;
/** Recovered, with a queue. */
let sick: TestDatabase;
/** The same with every device of it released unchanged. */
let released: TestDatabase;
/** What is killed, by name, and the database that it begins with. */
const words: Record<string, string[]> = {};
const from: Record<string, () => TestDatabase> = {
  import: () => sick,
  fix: () => sick,
  reject: () => sick,
  recover: () => released,
};
/** What each ends with where nothing breaks it. */
const unbroken: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "sentinel-triage-"));
  sick = keep(await freshDatabase());
  await stages(sick.url, { devices: 1000, batchSize: 250, faultRate: 0.3 });
  const file = path.join(folder, "queue.csv");
  await triage(sick.url, ["export", file]);
  const { columns, rows } = readCsv(readFileSync(file, "utf8"));
  const said = rows.map((row) =>
    row.field === "storage_free_mb" ? { ...row, new_value: "512", why: "measured" } : row,
  );
  writeFileSync(file, writeCsv(said, columns));
  const fixed = rows.find(({ field }) => field === "storage_free_mb")?.device ?? "";
  words.import = ["triage", "import", file, ...BY];
  words.fix = ["triage", "fix", fixed, "storage_free_mb=64", "--why", "measured", ...BY];
  words.reject = ["triage", "reject", "--all", "--yes", "--why", "scrapped", ...BY];
  words.recover = ["recover", "--batch-size", "250", "--workers", "1"];
  released = keep(await cloned(sick));
  await triage(released.url, ["release"], { all: true, yes: true, why: "to see" });
  for (const [name, line] of Object.entries(words)) {
    const database = keep(await cloned(from[name]?.() ?? sick));
    await ended(database.url, line);
    unbroken[name] = await digestOf(database.url);
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The command, and the recovery that acts on it, to their end. */
async function ended(url: string, line: readonly string[]): Promise<void> {
  await succeed(line, url);
  await succeed(["recover", "--batch-size", "250", "--workers", "1"], url);
}

const entered = async (url: string): Promise<number> =>
  (await query<{ entries: number }>(url, "SELECT count(*)::int AS entries FROM triage_decision"))[0]?.entries ?? 0;

/** Holds a command at the first decision of one of its transactions, or recovery at a batch in which devices come back. */
function hold(name: string, url: string): Promise<Barrier> {
  if (name === "recover") return holdBatches(url, "NEW.stage = 'recover' AND NEW.pass = 2 AND NEW.batch_no = 2");
  const batch = name === "fix" ? "true" : "(SELECT count(*) FROM triage_decision) >= 20";
  return holdDecisions(url, batch);
}

describe.each(["import", "fix", "reject", "recover"])("%s is killed in the middle of a transaction", (name) => {
  test.each([
    ["which the server rolls back", "abort"],
    ["which the server completes unheard", "pass"],
  ] as const)("%s: done again, it ends as unbroken", async (_, fate) => {
    const database = keep(await cloned(from[name]?.() ?? sick));
    const line = words[name] ?? [];
    const barrier = await hold(name, database.url);
    await killAt(line, database.url, barrier);
    await barrier[fate]();
    await barrier.close();
    await settled(database.url);
    const whole = { import: 20, fix: 1, reject: 20, recover: 0 }[name] ?? 0;
    if (name !== "recover") expect((await entered(database.url)) % whole).toBe(0);
    await ended(database.url, line);
    expect(await digestOf(database.url)).toBe(unbroken[name]);
    await succeed(["validate"], database.url);
  });
});

test("a decision that slept while another command took its lease is not stored", async () => {
  const database = keep(await cloned(sick));
  const barrier = await holdDecisions(database.url, "NEW.verb = 'fix'");
  const sleeper = start(words.fix ?? [], { DATABASE_URL: database.url });
  await barrier.reached();
  sleeper.process.kill("SIGSTOP");
  await query(
    database.url,
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'sentinel-%'`,
  );
  await succeed(words.reject ?? [], database.url);
  sleeper.process.kill("SIGCONT");
  expect((await sleeper.ended).code).toBe(5);
  await barrier.pass();
  await barrier.close();
  await succeed(["validate"], database.url);
  expect(await query(database.url, "SELECT DISTINCT verb FROM triage_decision")).toEqual([{ verb: "reject" }]);
});
