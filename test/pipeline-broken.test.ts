import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { EXIT } from "../pipelines/cli/errors.ts";
import { command, PROJECT } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { query } from "./support/fleet.ts";

const keep = keptDatabases();
const OPTIONS = { devices: 500, workers: 1, noSite: true } as const;

/** What this process's refreshes have under way. */
function unfinished(): string[] {
  const home = path.join(PROJECT, "data", "local", "warehouse");
  return existsSync(home) ? readdirSync(home).filter((name) => name.startsWith(`.work-${process.pid}-`)) : [];
}

test("a pipeline that fails while its report is made ready says why, makes no report and leaves nothing of it behind", async () => {
  const { url } = keep(await freshDatabase());
  await query(url, "ALTER TABLE validation_result ADD CHECK (check_name = 'no such check')");
  const { error, events } = await command("pipeline", url, { ...OPTIONS, campaign: "broken" });
  expect(error).toMatchObject({ message: expect.stringContaining("validation_result") });
  expect(error?.exitCode).not.toBe(EXIT.ok);
  const ended = events.filter(({ event }) => event === "stage_ended").map(({ stage }) => stage);
  expect(ended).toEqual(["generate", "corrupt", "recover"]);
  expect(events.filter(({ event, stage }) => event === "stage_started" && stage === "report")).toEqual([]);
  expect(unfinished()).toEqual([]);
  // The server keeps no session of it either.
  const sessions =
    "SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
  await expect.poll(async () => (await query(url, sessions))[0]).toEqual({ n: 0 });
});
