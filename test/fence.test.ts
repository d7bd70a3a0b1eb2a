import { expect, test } from "vitest";
import { holdBatches, settled } from "./support/barrier.ts";
import { start, succeed } from "./support/cli.ts";
import { freshDatabase } from "./support/database.ts";
import { cloned, digestOf, query } from "./support/fleet.ts";

const WORDS = ["generate", "--devices", "2000", "--batch-size", "200", "--campaign", "torn", "--workers", "1"];
const OTHER = [...WORDS, "--seed", "7", "--replace"];

test("a command that slept while another one took its lease adds nothing to the campaign that took the place of its own", async () => {
  const database = await freshDatabase();
  const apart = await cloned(database);
  await succeed(OTHER, apart.url);
  const barrier = await holdBatches(
    database.url,
    "NEW.batch_no = 3 - 2 * (SELECT count(*) FROM campaign WHERE seed = 7)",
  );
  const sleeper = start(WORDS, { DATABASE_URL: database.url });
  await barrier.reached();
  sleeper.process.kill("SIGSTOP");
  // Its sessions end, as by a link that is cut, and it can't know yet.
  await query(
    database.url,
    `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'sentinel-%'`,
  );
  const other = start(OTHER, { DATABASE_URL: database.url });
  // The other one is not far yet when the sleeper wakes up with its batch: the ledger would have a place for that.
  await barrier.reached();
  sleeper.process.kill("SIGCONT");
  const woken = await sleeper.ended;
  expect(woken.code, woken.stderr).toBe(5);
  expect(woken.stderr).toMatch(/Another command took over writing .*\n.*\n.*npm run status/);
  await barrier.pass();
  expect((await other.ended).code).toBe(0);
  await barrier.close();
  await settled(database.url);
  expect(await digestOf(database.url)).toBe(await digestOf(apart.url));
  await succeed(["recover"], database.url);
  await succeed(["validate"], database.url);
  await database.drop();
  await apart.drop();
});
