import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { externalTarget, withClient } from "../pipelines/db/connect.ts";
import { roundTripMs } from "../pipelines/db/latency.ts";
import { type Figure, median, quantile, withinBudget } from "./figures.ts";
import { rotated, stopwatch } from "./measure.ts";
import { readBenchOptions } from "./options.ts";
import { growthOf } from "./pipeline.ts";
import { familySeconds } from "./proc.ts";
import { slowLink } from "./proxy.ts";
import type { Work } from "./work.ts";
import { WORKS } from "./works.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const run = promisify(execFile);

const MINUTES = 60_000;

test(
  "a tiny run of every work prints one well-formed figure a line, and leaves nothing behind",
  async () => {
    const url = inject("serverUrl");
    const { stdout } = await bench("--devices", "1000", "--rounds", "1", "--json", "--database-url", url);
    const figures = figuresIn(stdout);
    const names = figures.map(({ name }) => name);
    for (const work of WORKS) expect(names).toEqual(expect.arrayContaining(expectedOf(work, 1000)));
    expect(new Set(names).size).toBe(names.length);
    for (const figure of figures) expectWellFormed(figure);
    expect(await benchDatabases(url)).toEqual([]);
  },
  5 * MINUTES,
);

/** A shell whose children end as soon as the system has counted processor time of theirs. */
const BUSY_FAMILY = "while :; do (i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done) & wait; done";

test.runIf(process.platform === "linux")("processor time of a server whose processes end does not fall", async () => {
  const shell = spawn("sh", ["-c", BUSY_FAMILY], { stdio: "ignore" });
  onTestFinished(() => void shell.kill());
  let told = 0;
  for (let look = 0; look < 1000; look += 1) {
    const seconds = familySeconds(shell.pid ?? 0) ?? 0;
    expect(seconds).toBeGreaterThanOrEqual(told);
    told = seconds;
  }
  expect(told).toBeGreaterThan(0);
});

test("of several sizes growth is told, and a chart is drawn", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-bench-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "chart.svg");
  const { stdout } = await only("pipeline,marts", "1000,2000", "--json", "--chart", file);
  expect(figuresIn(stdout).map(({ name }) => name)).toContain("pipeline.ours.growth.2000");
  const drawing = readFileSync(file, "utf8");
  expect(drawing).toMatch(/^<svg .*<\/svg>\n$/s);
  for (const stage of ["generate", "corrupt", "recover", "validate", "pull", "marts"])
    expect(drawing).toContain(`>${stage}</text>`);
});

/** Every comparison, every side's rate, and some of what is reported beside it. */
function expectedOf({ name, comparisons, budgets = [] }: Work, devices: number): string[] {
  const figures = [
    ...comparisons.map((comparison) => `${comparison.name}.ratio`),
    ...budgets.map((budget) => `${budget.side}.${budget.name}`),
    ...comparisons.flatMap(({ side, limits }) => [side, ...Object.keys(limits)].map((one) => `${one}.rate`)),
    ...(BESIDE[name] ?? []),
  ];
  return figures.map((figure) => `${name}.${figure}.${devices}`);
}

const COSTS = ["wal", "disk", "node_cpu", "server_cpu", "batch_p50", "batch_p99", "load", "key", "analyse"];
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  ingest: [...COSTS.map((cost) => `ours.${cost}`), "ours_first.rate", "limit.key"],
  recovery: [...COSTS.map((cost) => `ours.${cost}`), "limit_wide.hot_updates", "limit_narrow.hot_updates"],
  pull: ["ours.pull", "ours.stage"],
  marts: ["ours.pull", "ours.staging", "ours.marts", "ours.checks"],
  pipeline: ["generate", "corrupt", "recover", "validate", "report"].map((stage) => `ours.${stage}`),
  link: ["adaptive_200ms.round_trip", "adaptive_200ms.batch_rows", "adaptive_200ms.in_flight"],
};

function expectWellFormed({ name, value, against, limit, ratio, goal, unit, runs, ...rest }: Record<string, unknown>) {
  expect(rest).toEqual({});
  expect([name, unit, runs]).toEqual([expect.any(String), expect.any(String), 1]);
  if (!/_cpu\./.test(String(name))) expect(value).toEqual(expect.any(Number));
  if (value !== null) expect(value).toBeGreaterThanOrEqual(0);
  if (against === null) expect([limit, ratio, goal]).toEqual([null, null, null]);
  else {
    const [better, worse] = String(unit).endsWith("/s") ? [value, limit] : [limit, value];
    expect(ratio).toBeCloseTo(Number(better) / Number(worse));
  }
}

const only = (work: string, devices: string, ...more: string[]): Promise<{ stdout: string }> =>
  bench("--only", work, "--devices", devices, "--rounds", "1", "--database-url", inject("serverUrl"), ...more);

test("works can be chosen, and a person reads tables", async () => {
  const { stdout } = await only("status", "1000");
  expect(stdout).toMatch(/^figure .*\n.*\nstatus ours .* 0\.30 .*ota_logs/s);
  expect(stdout).not.toContain("ingest");
});

test("a wrong option is refused with what it should be, and help names every option", async () => {
  await expect(bench("--devices", "many")).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining("whole") });
  for (const [says, ...args] of [
    ["whole", "--devices", "many"],
    ["Unknown option '--fast'", "--fast"],
    ["ingest", "--only", "speed"],
    ["two", "--chart", "chart.svg"],
  ] as const) {
    const refusal = { exitCode: 2, message: expect.stringContaining(says), command: "npm run bench -- --help" };
    expect(() => readBenchOptions(args)).toThrow(expect.objectContaining(refusal));
  }
  const { stdout } = await bench("--help");
  expect(stdout).toMatch(/--only.*--devices.*--rounds.*--chart.*--database-url.*--json/s);
  for (const { name } of WORKS) expect(stdout).toContain(` ${name} `);
});

test("a link that is made slow takes its round trip, in order and to the end", async () => {
  const target = externalTarget({ databaseUrl: inject("serverUrl"), env: {} });
  if (!target) throw new Error("there is no server");
  const slow = await slowLink(target, 30);
  onTestFinished(() => slow.close());
  await withClient(slow.target, async (client) => {
    expect(await roundTripMs(client)).toBeGreaterThanOrEqual(30);
    const { rows } = await client.query("SELECT no FROM generate_series(1, 20000) AS no");
    expect(rows.map(({ no }) => no)).toEqual(Array.from({ length: 20_000 }, (_, at) => at + 1));
  });
});

test("the seconds of the parts of a piece of work", () => {
  const { phase, end } = stopwatch();
  phase("load");
  phase("key");
  expect(end()).toEqual({ load: expect.any(Number), key: expect.any(Number) });
});

test("growth is counted from 100,000 devices, and only then has a limit", () => {
  const time = (devices: number, value: number) => ({
    name: `pipeline.ours.time.${devices}`,
    value,
    unit: "s",
    runs: 3,
  });
  const figures = (times: [number, number][]): Figure[] =>
    times.map(([devices, value]) => withinBudget(time(devices, value), value, undefined, ""));
  const [growth] = growthOf(
    figures([
      [10_000, 1],
      [100_000, 2],
      [10_000_000, 220],
    ]),
  );
  expect(growth).toMatchObject({
    name: "pipeline.ours.growth.10000000",
    value: expect.closeTo(1.1),
    limit: 1.15,
    goal: 1,
  });
  expect(
    growthOf(
      figures([
        [1000, 1],
        [2000, 3],
      ]),
    ),
  ).toMatchObject([{ value: 1.5, limit: null, goal: null }]);
  expect(growthOf(figures([[1000, 1]]))).toEqual([]);
});

test("medians, quantiles and the order of rounds", () => {
  expect(median([5, 1, 3])).toBe(3);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeUndefined();
  expect(quantile([3, 1, 2, 4], 0.5)).toBe(2);
  expect(quantile([3, 1, 2, 4], 0.99)).toBe(4);
  expect([0, 1, 2, 3].map((round) => rotated(["a", "b", "c"], round).join(""))).toEqual(["abc", "bca", "cab", "abc"]);
});

function bench(...args: string[]) {
  return run(process.execPath, ["--import", "tsx", main, ...args], { maxBuffer: 1 << 24 });
}

function figuresIn(stdout: string): Record<string, unknown>[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function benchDatabases(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("SELECT datname FROM pg_database WHERE datname LIKE 'sentinel\\_bench\\_%'");
  await client.end();
  return rows.map(({ datname }) => datname);
}
