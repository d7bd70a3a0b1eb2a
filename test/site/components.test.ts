import { describe, expect, test } from "vitest";
import { overviewAnswer } from "../../src/components/answers/overview.ts";
import { recoveryAnswer } from "../../src/components/answers/recovery.ts";
import { gapToRest, regionsAnswer } from "../../src/components/answers/regions.ts";
import { batchName } from "../../src/components/batch-name.ts";
import { csvCell, toCsv } from "../../src/components/csv.ts";
import { duration, list, moment, percent, points, pValue, range } from "../../src/components/format.ts";
import type { Batch, Campaign, FleetStatus, RegionFailure } from "../../src/components/rows.ts";
import { allocate, SQUARES } from "../../src/components/status-waffle.ts";
import { shellWord, visible } from "../../src/components/visible.ts";

describe("numbers are written one way", () => {
  test("rates", () => {
    expect([0.3312, 1, 0, 0.99999, 0.00001, null].map((rate) => percent(rate))).toEqual([
      "33.1%",
      "100%",
      "0%",
      ">99.9%",
      "<0.1%",
      "–",
    ]);
    expect([0.094, -0.01, 0.0001, null].map((difference) => points(difference))).toEqual(["+9.4", "−1.0", "0.0", "–"]);
    expect(range(0.301, 0.352)).toBe("30.1–35.2%");
    expect([0.0004, 0.0342, null].map(pValue)).toEqual(["<0.001", "0.034", "–"]);
  });
  test("times", () => {
    expect([840.4, 2400, 200_000, null].map(duration)).toEqual(["840 ms", "2.4 s", "3 min 20 s", "–"]);
    for (const text of [
      "2026-03-02T10:16:05Z",
      "2026-03-02 10:16:05",
      "2026-03-02 10:16:05+00",
      "2026-03-02T12:16:05.123+02:00",
    ]) {
      expect(moment(text)).toBe("2026-03-02 10:16 UTC");
    }
    expect(moment("yesterday")).toBe("yesterday");
  });
  test("lists", () =>
    expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(list)).toEqual(["", "a", "a and b", "a, b and c"]));
});

describe("a row of the timeline may be several batches", () => {
  const row = (batch_no: number, batches: number): Batch => ({
    stage: "recover",
    pass: 1,
    batch_no,
    worker: batch_no % 2,
    rows: 500 * batches,
    started_ms: 0,
    finished_ms: 1000,
    duration_ms: 1000,
    cumulative_rows: 500 * batches,
    batches,
  });
  test("its name says how many", () =>
    expect([row(7, 1), row(1200, 1), row(0, 67)].map(batchName)).toEqual(["7", "1,200", "0 and 66 more"]));
  test("the answer counts batches, not rows", () => {
    const campaign = { devices: 9000, failed: 4000, recovered: 4000, quarantined: 0, partial: 0 } as Campaign;
    expect(recoveryAnswer(campaign, [row(0, 5), row(1, 3)]).detail).toContain("by 2 workers in 8 batches and 1 pass");
    expect(recoveryAnswer(campaign, [row(0, 1)]).detail).toContain("by 1 worker in 1 batch and 1 pass");
  });
});

describe("CSV", () => {
  test("keeps formulas from running, and numbers from changing", () => {
    const cells = [
      "=1+1",
      "+cmd",
      "-2+3",
      "@x",
      "\tx",
      "\rx",
      "\uff1d1+1",
      "-12.5",
      "-999",
      "+5",
      "1e-3",
      "a,b",
      'say "hi"',
      "a;b",
      null,
      true,
      -4,
    ];
    expect(cells.map(csvCell)).toEqual([
      "'=1+1",
      "'+cmd",
      "'-2+3",
      "'@x",
      '"\'\tx"',
      '"\'\rx"',
      "'\uff1d1+1",
      "-12.5",
      "-999",
      "+5",
      "1e-3",
      '"a,b"',
      '"say ""hi"""',
      '"a;b"',
      "",
      "true",
      "-4",
    ]);
  });
  test("has a header even without rows", () => expect(toCsv([], ["a", "b"])).toBe("a,b\r\n"));
});

describe("what a device wrote", () => {
  test("shows every character", () => {
    expect([null, "", "12.5", "a\u202eb\n", "\u200b"].map(visible)).toEqual([
      "nothing",
      "empty text",
      "12.5",
      "a⟨U+202E⟩b⟨U+000A⟩",
      "⟨U+200B⟩",
    ]);
  });
  test("is one word of a command, or none", () => {
    expect(["DEV-1a", "-rf", "a b", "it's", "$(x)", "a\nb"].map(shellWord)).toEqual([
      "DEV-1a",
      "'-rf'",
      "'a b'",
      "'it'\\''s'",
      "'$(x)'",
      undefined,
    ]);
  });
});

describe("the waffle", () => {
  const squares = (counts: number[]): number[] =>
    allocate(counts.map((devices, index) => ({ update_status: String(index), devices }) as FleetStatus)).map(
      ([, n]) => n,
    );
  test("always has as many squares, and one for every status there is", () => {
    for (const counts of [
      [1],
      [1, 1, 1],
      [143_000, 900, 3, 1],
      [0, 5],
      [1, 1_000_000],
      Array.from({ length: 190 }, () => 1),
    ]) {
      const drawn = squares(counts);
      expect(drawn.reduce((sum, n) => sum + n, 0)).toBe(SQUARES);
      expect(Math.min(...drawn)).toBeGreaterThan(0);
    }
    expect(squares([65, 35])).toEqual([130, 70]);
  });
  test("is empty for an empty fleet", () => expect(squares([0, 0])).toEqual([]));
});

describe("answers", () => {
  const region = (name: string, devices: number, failures: number, verdict: string): RegionFailure =>
    ({ region: name, devices, failures, rate: failures / devices, fleet_rate: 0.2, verdict }) as RegionFailure;
  test("say how far the worst region is from the rest, which is what was tested", () => {
    const rows = [
      region("A", 100, 30, "worse"),
      region("B", 100, 10, "better"),
      region("C", 200, 36, "no detectable difference"),
    ];
    expect(gapToRest(rows[0] as RegionFailure, rows)).toBeCloseTo(0.3 - 46 / 300);
    expect(regionsAnswer(rows).headline).toBe(
      "A fails 14.7 points more often than the rest of the fleet, beyond noise.",
    );
  });
  test("say when nothing can be said", () => {
    const noise = "no detectable difference";
    expect(regionsAnswer([region("A", 9, 3, noise), region("B", 9, 2, noise)]).headline).toContain(
      "No region can be told apart",
    );
    expect(regionsAnswer([]).headline).toContain("no region to compare");
    expect(regionsAnswer([region("A", 9, 3, noise)]).headline).toContain("one region");
    expect(regionsAnswer([region("A", 90, 3, "better"), region("B", 90, 20, noise)]).headline).toContain("less often");
  });
  test("count the devices that are left", () => {
    const campaign = { devices: 10, failed: 4, success: 6, recovered: 4, partial: 0, triage_open: 0 } as Campaign;
    expect(overviewAnswer(campaign).headline).toBe("Yes: 100% of 10 devices updated or were recovered, none is left.");
    expect(overviewAnswer({ ...campaign, recovered: 3, triage_open: 1 }).headline).toContain("1 waits for a person");
    expect(overviewAnswer({ ...campaign, failed: 0 }).headline).toContain("All 10 devices");
  });
});
