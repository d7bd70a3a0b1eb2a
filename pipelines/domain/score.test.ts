import { expect, test } from "vitest";
import { beliefs, type Detection, scoreOf, wilson } from "./score.ts";

const row = (change: Partial<Detection>): Detection => ({
  ...{ kind: "spike", injected: 100, found: 90, right_rule: 80, elsewhere: 5, false_alarms: 10 },
  ...change,
});

test("a share has the interval of Wilson, which ends at 0 and 1", () => {
  expect(wilson(0, 0)).toBeUndefined();
  // As any implementation gives it for 90 of 100.
  expect(wilson(90, 100)?.low).toBeCloseTo(0.8256, 4);
  expect(wilson(90, 100)?.high).toBeCloseTo(0.9448, 4);
  expect(wilson(0, 10)).toMatchObject({ value: 0, low: 0 });
  expect(wilson(10, 10)).toMatchObject({ value: 1, high: 1 });
});

test("F1 is the harmonic mean of recall and precision, and lies within its interval", () => {
  for (const change of [{}, { found: 100 }, { found: 1 }, { false_alarms: 0 }, { found: 100, false_alarms: 0 }]) {
    const { recall, precision, f1 } = scoreOf(row(change));
    if (!recall || !precision || !f1) throw new Error("no score");
    expect(f1.value).toBeCloseTo((2 * recall.value * precision.value) / (recall.value + precision.value), 12);
    expect(f1.low).toBeLessThanOrEqual(f1.value);
    expect(f1.high).toBeGreaterThanOrEqual(f1.value);
  }
});

test("where nothing was injected there is no recall, where nothing was found no precision, where neither no score", () => {
  expect(scoreOf(row({ injected: 0, found: 0 })).recall).toBeUndefined();
  expect(scoreOf(row({ found: 0, false_alarms: 0 })).precision).toBeUndefined();
  expect(scoreOf(row({ injected: 0, found: 0, false_alarms: 0 })).f1).toBeUndefined();
});

test("a hypothesis is held to all kinds together, and of what did not occur nothing is said", () => {
  const rows = [row({}), row({ kind: "null", injected: 300, found: 300, false_alarms: 0 })];
  const hypothesis = { recall: 0.98, precision: 0.97, false_alarm_rate: 0.01 };
  expect(beliefs(hypothesis, rows, 1_000)).toEqual([
    { what: "recall", bound: 0.98, actual: 0.975, held: false },
    { what: "precision", bound: 0.97, actual: 0.975, held: true },
    { what: "false_alarm_rate", bound: 0.01, actual: 0.01, held: true },
  ]);
  expect(beliefs(hypothesis, [], 0)).toEqual([]);
});
