import { expect, test } from "vitest";
import { Misfit } from "./condition.ts";
import { type Experiment, faultText, stopReason, unbroken } from "./experiment.ts";
import { parseExperiment } from "./experiment-form.ts";
import { type Facts, faultStruck, judgeProbe, steadyState, verdictOf } from "./verdict.ts";

const ended = { probe: "ended", seconds: 60 };
const WORLD = {
  name: "killed",
  question: "Does it?",
  hypothesis: "It does.",
  method: [
    { generate: {} },
    { corrupt: { profile: "default", rate: 0.05 } },
    { recover: { batches: 16, fault: { kind: "kill_server", at_batch: 3, down_seconds: 1 } } },
  ],
  probes: [ended, { probe: "as_unbroken" }],
  stop: { seconds: 60, quarantined_share: 0.1 },
};
const DATA = { ...WORLD, method: [{ generate: {} }, { corrupt: { rate: 0.3 } }, { recover: {} }], probes: [ended] };

test("what a method does without its fault", () => {
  expect(unbroken(parseExperiment(WORLD))).toEqual([{ stage: "recover", batches: 16 }]);
  expect(unbroken(parseExperiment(DATA))).toEqual([{ stage: "recover" }]);
  expect(faultText(parseExperiment(WORLD))).toBe("the server is killed during recover, and back after 1 s");
  expect(faultText(parseExperiment(DATA))).toBe('chaos "default" on 30 % of the devices');
});

const recover = (settings: object) => ({ ...WORLD, method: [{ generate: {} }, { recover: settings }] });

test.each<[string, unknown, (string | number)[], RegExp]>([
  ["no object", [], [], /write an object/],
  ["a stranger", { ...WORLD, hypotesis: "?" }, ["hypotesis"], /there is no "hypotesis"; use name, /],
  ["a name with a path", { ...WORLD, name: "../x" }, ["name"], /a-z, 0-9 and -/],
  ["no hypothesis", { ...WORLD, hypothesis: " " }, ["hypothesis"], /must be a sentence/],
  ["no method", { ...WORLD, method: {} }, ["method"], /must be a list of steps/],
  ["a strange step", { ...WORLD, method: [{ report: {} }] }, ["method", 0], /generate, corrupt, recover/],
  ["two stages in a step", { ...WORLD, method: [{ generate: {}, recover: {} }] }, ["method", 0], /a step is/],
  ["settings of generate", { ...WORLD, method: [{ generate: { devices: 1 } }] }, ["method", 0, "generate"], /write {}/],
  ["the wrong order", { ...WORLD, method: [{ recover: {} }, { generate: {} }] }, ["method", 1], /in this order/],
  ["no recover", { ...WORLD, method: [{ generate: {} }, { corrupt: {} }] }, ["method"], /ends with recover/],
  ["no fault", recover({}), ["method"], /needs a "fault"/],
  [
    "a strange fault",
    recover({ fault: { kind: "meteor" } }),
    ["method", 1, "recover", "fault", "kind"],
    /one of latency, cut/,
  ],
  [
    "a fault without its numbers",
    recover({ fault: { kind: "latency" } }),
    ["method", 1, "recover", "fault", "ms_each_way"],
    /number from 1 to 2000/,
  ],
  [
    "half a batch",
    recover({ fault: { kind: "end_session", at_batch: 0.5, times: 1 } }),
    ["method", 1, "recover", "fault", "at_batch"],
    /whole number/,
  ],
  [
    "a stranger in a fault",
    recover({ fault: { kind: "latency", ms_each_way: 5, jitter: 1 } }),
    ["method", 1, "recover", "fault", "jitter"],
    /there is no "jitter"/,
  ],
  [
    "two faults",
    {
      ...WORLD,
      method: [
        { generate: {} },
        { corrupt: { fault: { kind: "latency", ms_each_way: 5 } } },
        { recover: { fault: { kind: "latency", ms_each_way: 5 } } },
      ],
    },
    ["method", 2],
    /only one step/,
  ],
  [
    "a profile that is a path",
    { ...DATA, method: [{ generate: {} }, { corrupt: { profile: "../x" } }, { recover: {} }] },
    ["method", 1, "corrupt", "profile"],
    /must be a name/,
  ],
  [
    "a strange probe",
    { ...WORLD, probes: [{ probe: "vibes" }] },
    ["probes", 0, "probe"],
    /one of ended, promises_hold/,
  ],
  [
    "a share beyond all",
    { ...WORLD, probes: [{ probe: "quarantined", at_most: 2 }] },
    ["probes", 0, "at_most"],
    /from 0 to 1/,
  ],
  ["no end", { ...WORLD, probes: [{ probe: "promises_hold" }] }, ["probes"], /"ended"/],
  [
    "a probe of data",
    { ...WORLD, probes: [ended, { probe: "rest_as_unbroken" }] },
    ["probes", 1, "probe"],
    /whose fault is corrupt/,
  ],
  [
    "a probe of the world",
    { ...DATA, probes: [ended, { probe: "as_unbroken" }] },
    ["probes", 1, "probe"],
    /with a "fault"/,
  ],
  ["no stop", { ...WORLD, stop: {} }, ["stop", "seconds"], /number from 0 to 3600/],
])("%s is told with its place", (_, value, at, what) => {
  const misfit = ((): unknown => {
    try {
      return parseExperiment(value);
    } catch (error) {
      return error;
    }
  })();
  expect(misfit).toBeInstanceOf(Misfit);
  expect((misfit as Misfit).at).toEqual(at);
  expect((misfit as Misfit).message).toMatch(what);
});

test("an experiment is given up for its time and for how many are quarantined", () => {
  const stop: Experiment["stop"] = { seconds: 60, quarantined_share: 0.1 };
  expect(stopReason(stop, { seconds: 60, quarantinedShare: 0.1 })).toBeUndefined();
  expect(stopReason(stop, { seconds: 61, quarantinedShare: undefined })).toBe("it took longer than 60 s");
  expect(stopReason(stop, { seconds: 1, quarantinedShare: 0.125 })).toBe(
    "12.5 % of the devices are quarantined, more than 10 %",
  );
  expect(stopReason({ seconds: 60 }, { seconds: 1, quarantinedShare: 1 })).toBeUndefined();
});

const facts: Facts = {
  end: { code: 0, seconds: 2 },
  broken: [],
  digest: "a",
  unbrokenDigest: "a",
  partial: 0,
  openRuns: 0,
  orphans: [],
  detection: { injected: 10, found: 10, falseAlarms: 0 },
  quarantinedShare: 0.1,
  rest: "b",
  unbrokenRest: "b",
};

test.each<[Parameters<typeof judgeProbe>[0], Partial<Facts>]>([
  [{ probe: "ended", seconds: 60 }, { end: { code: 5, seconds: 2 } }],
  [{ probe: "ended", seconds: 60 }, { end: { code: 0, seconds: 61 } }],
  [{ probe: "promises_hold" }, { broken: ["one_outcome"] }],
  [{ probe: "as_unbroken" }, { digest: "c" }],
  [{ probe: "rest_as_unbroken" }, { rest: "c" }],
  [{ probe: "no_partial_left" }, { partial: 1 }],
  [{ probe: "no_open_run" }, { openRuns: 1 }],
  [{ probe: "nothing_orphaned" }, { orphans: ["the server"] }],
  [{ probe: "faults_found", at_least: 1 }, { detection: { injected: 10, found: 9, falseAlarms: 0 } }],
  [{ probe: "faults_found", at_least: 0.5 }, { detection: { injected: 0, found: 0, falseAlarms: 0 } }],
  [{ probe: "false_alarms", at_most: 0 }, { detection: { injected: 10, found: 10, falseAlarms: 1 } }],
  [{ probe: "quarantined", at_most: 0.1 }, { quarantinedShare: 0.11 }],
])("%o passes, and fails where %o", (probe, other) => {
  expect(judgeProbe(probe, facts)).toMatchObject({ passed: true, when: "after" });
  expect(judgeProbe(probe, { ...facts, ...other })).toMatchObject({ passed: false, probe: probe.probe });
});

test("the verdict: refuted outweighs a fault that never struck, and an ill beginning outweighs both", () => {
  const well = steadyState([]);
  const [struck, missed] = [faultStruck(2, 2), faultStruck(2, 1)];
  const good = judgeProbe({ probe: "no_open_run" }, facts);
  const bad = judgeProbe({ probe: "no_open_run" }, { ...facts, openRuns: 1 });
  expect(verdictOf([well, struck, good])).toEqual({ verdict: "held", reason: null });
  expect(verdictOf([well, missed, good])).toMatchObject({ verdict: "inconclusive" });
  expect(verdictOf([well, missed, bad])).toEqual({ verdict: "refuted", reason: "not as expected: no_open_run" });
  expect(verdictOf([steadyState(["one_outcome"])])).toMatchObject({ verdict: "inconclusive" });
});
