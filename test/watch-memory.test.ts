import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Reporter } from "../pipelines/cli/reporter.ts";
import type { Context } from "../pipelines/context.ts";
import { reference } from "../pipelines/reference.ts";
import { watch } from "../pipelines/watch.ts";
import { until } from "./support/barrier.ts";
import { PROJECT } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { query } from "./support/fleet.ts";

const kept = keptDatabases();
const ROUNDS = 600;
/** Bytes of a name: whoever keeps names keeps these. */
const LONG = 220;
/** Bytes that all rounds may leave behind: less than their names. What the engine keeps for itself goes up and down by less. */
const MOST = ROUNDS * LONG * 0.75;

/** What ended a moment ago is let go of. */
const SETTLING_MS = 1_000;

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sentinel-watch-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function land(name: string, text: string): void {
  const beside = join(root, "beside");
  writeFileSync(beside, text);
  utimesSync(beside, 1, 1);
  renameSync(beside, join(root, "in", name));
}

/** What is in use when all that can be thrown away is. */
function heap(): number {
  for (let time = 0; time < 5; time++) collect();
  return process.memoryUsage().heapUsed;
}

test("hundreds of files and looks leave nothing behind in memory", async () => {
  const { url } = kept(await freshDatabase());
  mkdirSync(join(root, "in"));
  const stop = new AbortController();
  const settings = { folder: join(root, "in"), everyMs: 1, metrics: undefined };
  const stopped = watch(contextOf(url, stop.signal), settings).catch((error: unknown) => error);
  const head = "device_id,region,battery_voltage,signal_strength,update_status\n";
  const device = `${head}A-1,Europe,12.7,70,Partial\n`;
  let files = 0;
  // Campaigns are named by the first 60 letters of a file's name: after the first one all of these are known.
  const play = async (rounds: number): Promise<number> => {
    for (let round = 0; round < rounds; round++) land(`${"x".repeat(LONG)}-${++files}.csv`, device);
    land("broken.csv", "serial\n1\n");
    land(`last-${files}.csv`, device);
    await until("the last one is validated", async () => {
      const done = "SELECT FROM validation_result v JOIN campaign c USING (campaign_id) WHERE c.source_file = $1";
      return (await query(url, done, [`last-${files}.csv`])).length > 0;
    });
    await pause(SETTLING_MS);
    return heap();
  };
  const before = await play(ROUNDS / 5);
  const after = await play(ROUNDS);
  stop.abort();
  expect(await stopped).toMatchObject({ exitCode: 130 });
  expect(await query(url, "SELECT FROM campaign")).toHaveLength(3);
  expect(await query(url, "SELECT FROM run WHERE result = 'failed'")).toHaveLength(2);
  expect(after - before).toBeLessThan(MOST);
});

function contextOf(url: string, signal: AbortSignal): Context {
  const sink = new Writable({ write: (_chunk, _, done) => done() });
  const output = { stdout: sink, stderr: sink, json: true, quiet: false, color: false };
  return {
    command: "pipeline",
    options: { watch: true, noSite: true, workers: 1, databaseUrl: url },
    words: [],
    env: {},
    projectRoot: root,
    version: "0.0.0",
    reference: reference(PROJECT),
    reporter: new Reporter({ ...output, now: () => performance.now() }),
    signal,
  };
}
