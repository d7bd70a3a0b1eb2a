import { PassThrough } from "node:stream";
import { createLogUpdate } from "log-update";
import { describe, expect, it } from "vitest";
import { Reporter, type StageResult } from "./reporter.ts";

const RESULT: StageResult = {
  stage: "recover",
  campaign: "c",
  done: 30,
  unit: "Partial devices",
  seconds: 2,
  text: "30 Partial devices decided",
  facts: { actions: { RETRY_UPDATE: 30 } },
};

/** A reporter whose clock the test moves, and what it wrote. */
function reporter(options: { json?: boolean; quiet?: boolean; tty?: boolean; color?: boolean } = {}) {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY: options.tty === true, columns: 120, rows: 40 });
  let at = 0;
  const { json = false, quiet = false, color = false } = options;
  return {
    reporter: new Reporter({ stdout, stderr, json, quiet, color, live: createLogUpdate, now: () => at }),
    wait: (ms: number) => {
      at += ms;
    },
    out: () => String(stdout.read() ?? ""),
    err: () => String(stderr.read() ?? ""),
  };
}

describe("without a terminal", () => {
  it("prints a line at the start, a heartbeat, and one at the end, all to standard error", () => {
    const { reporter: told, wait, out, err } = reporter();
    const stage = told.stage("recover", "c", 100, "Partial devices");
    wait(1000);
    stage.update([{ batches: 1, rows: 10 }]);
    expect(err()).toBe("recover: 100 Partial devices to do in campaign c\n");
    wait(4000);
    stage.update([
      { batches: 1, rows: 20 },
      { batches: 2, rows: 30 },
    ]);
    expect(err()).toMatch(/recover.* 50 % {2}50 of 100 Partial devices {2}10\/s {2}5\.00 s left/);
    told.ended(RESULT);
    expect(err()).toBe("✓ recover: 30 Partial devices decided\n");
    expect(out()).toBe("");
  });

  it("tells by the batches how far it is where nobody has counted what there is to do", () => {
    const { reporter: told, wait, err } = reporter();
    const stage = told.stage("recover", "c", undefined, "Partial devices", 70, { all: 40, before: 8 });
    expect(err()).toBe("recover: Partial devices in campaign c\n");
    wait(6000);
    stage.update([
      { batches: 5, rows: 300 },
      { batches: 7, rows: 300 },
    ]);
    expect(err()).toMatch(/recover.* 50 % {2}670 Partial devices {2}100\/s {2}10 s left/);
  });

  it("never says that less than nothing is left, nor more than all done", () => {
    const { reporter: told, wait, err } = reporter();
    const stage = told.stage("corrupt", "c", 100, "faults");
    err();
    wait(5000);
    stage.update([{ batches: 1, rows: 130 }]);
    expect(err()).toMatch(/100 % {2}130 of 100 faults {2}26\/s {2}0(\.00)? \w+ left/);
  });

  it("says nothing on the way when it is to be quiet, but the results and the errors", () => {
    const { reporter: told, wait, out, err } = reporter({ quiet: true });
    const stage = told.stage("recover", "c", 100, "devices");
    wait(60_000);
    stage.update([{ batches: 1, rows: 10 }]);
    told.note("by the way");
    told.ended(RESULT);
    told.result("a result");
    expect(err()).toBe("");
    expect(out()).toBe("a result\n");
    told.error({ cause: "It broke.", remedy: "Mend it.", command: "npm run mend", exitCode: 3 });
    expect(err()).toBe("✗ It broke.\n  Mend it.\n  npm run mend\n");
  });
});

describe("as JSON", () => {
  it("writes one object a line to standard output, with rate and time left", () => {
    const { reporter: told, wait, out, err } = reporter({ json: true });
    const stage = told.stage("recover", "c", 100, "devices", 20);
    wait(5000);
    stage.update([{ batches: 1, rows: 40 }]);
    told.ended(RESULT);
    told.result("for people");
    const events = out()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toEqual([
      { event: "stage_started", stage: "recover", campaign: "c", total: 100, done: 20 },
      { event: "progress", stage: "recover", campaign: "c", done: 60, total: 100, rate: 8, seconds_left: 5 },
      {
        ...{ event: "stage_ended", stage: "recover", campaign: "c", done: 30, unit: "Partial devices", seconds: 2 },
        ...{ text: "30 Partial devices decided", actions: { RETRY_UPDATE: 30 } },
      },
    ]);
    expect(err()).toBe("");
  });
});

describe("as JSON, where nobody has counted", () => {
  it("leaves the total open and tells the time that is left by the batches", () => {
    const { reporter: told, wait, out } = reporter({ json: true });
    const stage = told.stage("recover", "c", undefined, "devices", 0, { all: 4, before: 0 });
    wait(5000);
    stage.update([{ batches: 1, rows: 40 }]);
    const events = out()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(events).toEqual([
      { event: "stage_started", stage: "recover", campaign: "c", total: null, done: 0 },
      { event: "progress", stage: "recover", campaign: "c", done: 40, total: null, rate: 8, seconds_left: 15 },
    ]);
  });
});

describe("in a terminal", () => {
  it("shows a live line with a lane for each worker, and leaves one line behind", () => {
    const { reporter: told, wait, err } = reporter({ tty: true });
    const stage = told.stage("generate", "c", 1000, "devices");
    wait(1000);
    stage.update([
      { batches: 1, rows: 500 },
      { batches: 0, rows: 0 },
    ]);
    const live = err();
    expect(live).toContain("generate  ████████████░░░░░░░░░░░░  50 %  500 of 1,000 devices  500/s  1.00 s left");
    expect(live).toMatch(/worker 0 +1 batches +500/);
    expect(live).toMatch(/worker 1 +0 batches +0/);
    told.ended(RESULT);
    expect(err()).toMatch(/✓ recover: 30 Partial devices decided\n$/);
  });

  it("writes lines where what makes them live was left out", () => {
    const stderr = Object.assign(new PassThrough(), { isTTY: true });
    const told = new Reporter({
      stdout: new PassThrough(),
      stderr,
      json: false,
      quiet: false,
      color: false,
      now: () => 0,
    });
    told.stage("generate", "c", 1000, "devices").update([{ batches: 1, rows: 500 }]);
    expect(String(stderr.read())).toBe("generate: 1,000 devices to do in campaign c\n");
  });

  it("paints only where colours are wanted", () => {
    const painted = reporter({ tty: true, color: true });
    painted.reporter.error({ cause: "No.", exitCode: 1 });
    expect(painted.err()).toContain("\u001b[31m✗\u001b[0m No.");
    const plain = reporter({ tty: true });
    plain.reporter.error({ cause: "No.", exitCode: 1 });
    expect(plain.err()).not.toContain("\u001b[31m");
  });
});
