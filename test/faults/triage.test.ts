import { expect, test } from "vitest";
import { holdDecisions } from "../support/barrier.ts";
import { start, succeed } from "../support/cli.ts";
import { stages } from "../support/command.ts";
import { freshDatabase, keptDatabases } from "../support/database.ts";
import { query } from "../support/fleet.ts";
import { wordsOf } from "./scenario.ts";

const keep = keptDatabases();

test("a decision that slept while another command took its lease, and decided otherwise, is not stored", async () => {
  const database = keep(await freshDatabase());
  await stages(database.url, { devices: 1000, batchSize: 250, faultRate: 0.3 });
  const barrier = await holdDecisions(database.url, "NEW.verb = 'fix'");
  const sleeper = start(wordsOf("fix"), { DATABASE_URL: database.url });
  await barrier.reached();
  sleeper.process.kill("SIGSTOP");
  await query(
    database.url,
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'sentinel-%'`,
  );
  await succeed(wordsOf("reject"), database.url);
  sleeper.process.kill("SIGCONT");
  expect((await sleeper.ended).code).toBe(5);
  await barrier.pass();
  await barrier.close();
  await succeed(["validate"], database.url);
  expect(await query(database.url, "SELECT DISTINCT verb FROM triage_decision")).toEqual([{ verb: "reject" }]);
});
