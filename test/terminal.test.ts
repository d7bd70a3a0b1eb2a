import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ended, run } from "./support/cli.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";

/** ESC, its one-byte form, DEL and a carriage return: by these a value could rewrite the screen. */
const EVIL = "\u001b[2J\u009b31m\u007f\r";
let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), "sentinel-terminal-"));
  const file = join(folder, "fleet.ndjson");
  const row = { battery_voltage: `low${EVIL}`, signal_strength: "50", update_status: "Partial" };
  writeFileSync(file, `${JSON.stringify({ device_id: `d1${EVIL}`, region: `r${EVIL}`, ...row })}\n`);
  const end = await run(["pipeline", "--no-site", "--from", file], database.url);
  expect(end.code, end.stderr).toBe(0);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

function expectHarmless({ stdout, stderr }: Ended): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that must not be there
  expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
}

test.each([
  ["triage", "list"],
  ["triage", "show", `d1${EVIL}`],
  ["db", "psql", "-c", "SELECT device_id, region FROM device_report"],
])("what a device sent does not steer the terminal: %s %s", async (...words) => {
  const { SystemRoot = "" } = process.env;
  const end = await run(words, database.url, { PATH: "", SystemRoot });
  expect(end.code, end.stderr).toBe(0);
  expect(end.stdout).toMatch(/\\(u001b|x1b)\[2J/);
  expectHarmless(end);
});

test("nor does what an error quotes", async () => {
  for (const words of [
    ["triage", "show", `no${EVIL}`],
    ["triage", `no${EVIL}`],
    ["generate", "--from", `no${EVIL}.csv`],
  ]) {
    const end = await run(words, database.url);
    expect(end.code).toBe(2);
    expectHarmless(end);
  }
});
