import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Experiment } from "../pipelines/domain/experiment.ts";
import { until } from "./support/barrier.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, events, type Running, start } from "./support/cli.ts";
import type { TemporaryProject } from "./support/project.ts";

/** Of a database that is named to every experiment, and that none of them may touch or tell. */
const CANARY = "canary-of-chaos";
const SIZE = ["--devices", "2000", "--seed", "7", "--workers", "2"];
const SHIPPED = readdirSync(path.resolve(import.meta.dirname, "../data/experiments")).map((file) =>
  path.basename(file, ".json"),
);
/** On a machine that is busy with other things. */
const EXPERIMENT_MS = 120_000;

let checkout: TemporaryProject;
beforeAll(() => {
  checkout = freshCheckout();
});
afterAll(() => checkout.remove());

const at = (...names: string[]): string => path.join(checkout.root, ...names);
const begin = (...words: string[]): Running =>
  start(["chaos", ...words], { DATABASE_URL: `postgres://u:${CANARY}@127.0.0.1:1/nowhere` }, checkout.root);
const play = (name: string, ...more: string[]): Promise<Ended> => begin("run", name, ...SIZE, ...more).ended;

interface Kept {
  readonly verdict: string | null;
  readonly reason: string | null;
  readonly probes: readonly { probe: string; passed: boolean; expected: string; found: string }[];
  readonly steps: readonly { step: string; seconds: number; started_at: string; outcome: string }[];
  readonly [key: string]: unknown;
}
const journal = (name: string): Kept => JSON.parse(readFileSync(at("data/local/chaos", `${name}.json`), "utf8"));

/** What is left beside journals: folders, and processes that work below the checkout. */
function leftovers(): string[] {
  const folder = at("data/local/chaos");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => !name.endsWith(".json")) : [];
  const pids = existsSync("/proc/self") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return [...files, ...pids.filter(worksBelow)];
}

function worksBelow(pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(checkout.root);
  } catch {
    return false;
  }
}

/** Writes an experiment into the checkout: a shipped one, altered. */
function altered(
  from: string,
  name: string,
  alter: (experiment: Record<string, unknown>) => Partial<Experiment> | object,
) {
  const shipped = JSON.parse(readFileSync(at("data/experiments", `${from}.json`), "utf8"));
  writeFileSync(
    at("data/experiments", `${name}.json`),
    JSON.stringify({ ...shipped, name, ...alter(shipped) }, null, 2),
  );
}

const slow = (ms: number): object => ({
  method: [{ generate: {} }, { recover: { batches: 16, fault: { kind: "latency", ms_each_way: ms } } }],
});

describe("what is shipped", { timeout: EXPERIMENT_MS }, () => {
  test("is listed: name, question, fault", async () => {
    const { code, stdout } = await begin("list").ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/^name +question +fault\n/);
    for (const name of SHIPPED) expect(stdout).toMatch(new RegExp(`^${name} +\\S.*\\? +\\S`, "m"));
    const told = events(await begin("list", "--json").ended);
    expect(told.map(({ event, name }) => [event, name])).toEqual(SHIPPED.sort().map((name) => ["experiment", name]));
  });

  test.each(SHIPPED)("%s holds, and leaves its journal alone", async (name) => {
    const { code, stdout, stderr } = await play(name);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toContain(`${name}: held\nJournal: data/local/chaos/${name}.json\n`);
    expect(leftovers()).toEqual([]);
    const kept = journal(name);
    expect(kept).toMatchObject({ experiment: name, verdict: "held", reason: null, seed: 7, devices: 2000, workers: 2 });
    expect(Date.parse(String(kept.finished_at))).toBeGreaterThan(Date.parse(String(kept.started_at)));
    expect(kept.probes.filter(({ passed }) => !passed)).toEqual([]);
    expect(kept.probes.slice(0, 2).map(({ probe }) => probe)).toEqual(["steady_state", "fault_struck"]);
    expect(kept.steps.at(-1)).toMatchObject({ step: "roll back", outcome: "done" });
    for (const secret of [CANARY, "postgres://", "password", "127.0.0.1", hostname(), checkout.root])
      expect(stdout + stderr + JSON.stringify(kept)).not.toContain(secret);
  });
});

describe("what does not hold", { timeout: EXPERIMENT_MS }, () => {
  test("rules that overlook a fault refute the experiment that finds all of them: exit 4", async () => {
    const file = at("data/rules/default.json");
    const shipped = readFileSync(file, "utf8");
    const rules = JSON.parse(shipped) as { rules: { field: string }[] };
    const fewer = rules.rules.filter(({ field }) => field !== "signal_strength");
    writeFileSync(file, JSON.stringify({ ...rules, rules: fewer }));
    const end = await play("data-drizzle", "--json").finally(() => writeFileSync(file, shipped));
    expect(end.code, end.stderr).toBe(4);
    const told = events(end);
    const names = told.map(({ event }) => event);
    expect(names[0]).toBe("experiment_started");
    expect(names.slice(-2)).toEqual(["verdict", "error"]);
    expect(told.at(-2)).toMatchObject({
      experiment: "data-drizzle",
      verdict: "refuted",
      reason: "not as expected: faults_found",
    });
    expect(told.filter(({ event, passed }) => event === "probe" && passed === false)).toMatchObject([
      {
        probe: "faults_found",
        when: "after",
        expected: "at least 100 %",
        found: expect.stringMatching(/^\d+(\.\d+)? %$/),
      },
    ]);
    expect(told.find(({ event }) => event === "step")).toEqual({
      event: "step",
      experiment: "data-drizzle",
      step: "start a server for this experiment",
      started_at: expect.stringMatching(/Z$/),
      seconds: expect.any(Number),
      outcome: "done",
    });
    expect(journal("data-drizzle")).toMatchObject({ verdict: "refuted" });
    expect(leftovers()).toEqual([]);
  });

  test("a fault that never strikes shows nothing: inconclusive, exit 4", async () => {
    altered("killed-worker", "missed", () => ({
      method: [{ generate: {} }, { recover: { fault: { kind: "kill_server", at_batch: 900, down_seconds: 0 } } }],
    }));
    const { code, stdout, stderr } = await play("missed");
    expect([code, journal("missed").verdict]).toEqual([4, "inconclusive"]);
    expect(stdout).toMatch(/FAIL +after +fault_struck +at least 1 +0\n/);
    expect(stderr).toContain("npm run chaos -- run missed --devices 2000 --seed 7 --workers 2");
    expect(leftovers()).toEqual([]);
  });

  test("a stop condition aborts the method: stopped, exit 5", async () => {
    altered("data-storm", "halted", () => ({ stop: { seconds: 60, quarantined_share: 0.01 } }));
    const { code, stderr } = await play("halted", "--quiet");
    expect(code).toBe(5);
    expect(stderr).toMatch(/^✗ Experiment halted is stopped: \d.*% of the devices are quarantined, more than 1 %\./);
    expect(journal("halted")).toMatchObject({ verdict: "stopped", probes: [] });
    expect(leftovers()).toEqual([]);
  });
});

describe("who stops it", { timeout: EXPERIMENT_MS }, () => {
  test.each([
    ["SIGINT", 130, "start a server"],
    ["SIGINT", 130, "recover, under the fault"],
    ["SIGTERM", 143, "generate, undisturbed"],
  ] as const)("%s ends with %d at: %s; nothing is left", async (signal, code, step) => {
    altered("slow-link", "interrupted", () => slow(500));
    const running = begin("run", "interrupted", ...SIZE);
    await running.says(`interrupted: ${step}`);
    running.process.kill(signal);
    const { code: ended, stderr } = await running.ended;
    expect(ended).toBe(code);
    expect(stderr).toContain("Experiment interrupted is stopped: on request.");
    expect(journal("interrupted")).toMatchObject({ verdict: "stopped", reason: "on request" });
    expect(leftovers()).toEqual([]);
  });

  test("SIGKILL leaves a server, which the next experiment removes", async () => {
    altered("slow-link", "killed", () => slow(500));
    const running = begin("run", "killed", ...SIZE);
    await running.says("killed: generate, undisturbed");
    running.signal("SIGKILL");
    await running.ended;
    expect(leftovers()).not.toEqual([]);
    expect(journal("killed")).toMatchObject({ verdict: null, finished_at: null });
    altered("slow-link", "next", () => ({ ...slow(500), stop: { seconds: 0.5 } }));
    expect((await play("next")).code).toBe(5);
    expect(journal("next").reason).toBe("it took longer than 0.5 s");
    expect(journal("next").steps.at(-2)).toMatchObject({ step: "recover, under the fault", outcome: "broken off" });
    await until("nothing is left", async () => leftovers().length === 0);
  });
});

describe("what is refused", () => {
  test.each([
    [["dance"], 'There is no "chaos dance".', "Use list or run."],
    [["run"], "run needs the name of an experiment.", "Use one of: "],
    [["list", "all"], '"all" means nothing to chaos list.', "Leave it out."],
    [["run", "apocalypse"], 'There is no experiment named "apocalypse".', "killed-server, killed-worker"],
  ])("%j", async (words, cause, remedy) => {
    const { code, stderr } = await begin(...words).ended;
    expect(code).toBe(2);
    expect(stderr).toContain(`✗ ${cause}`);
    expect(stderr).toContain(remedy);
  });

  test("a file that cannot be used is told with its line and what to write", async () => {
    altered("killed-worker", "wrong", () => ({ stop: { seconds: "long" } }));
    const { code, stderr } = await play("wrong");
    rmSync(at("data/experiments/wrong.json"));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /data\/experiments\/wrong\.json, line \d+, cannot be used: "seconds" must be a number from 0 to 3600\./,
    );
  });
});
