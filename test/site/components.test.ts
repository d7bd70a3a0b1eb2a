import { describe, expect, test } from "vitest";
import { csvCell, toCsv } from "../../pipelines/domain/csv.ts";
import { overviewAnswer } from "../../src/components/answers/overview.ts";
import { recoveryAnswer } from "../../src/components/answers/recovery.ts";
import { gapToRest, regionsAnswer } from "../../src/components/answers/regions.ts";
import { triageAnswer } from "../../src/components/answers/triage.ts";
import { batchName } from "../../src/components/batch-name.ts";
import { duration, list, moment, percent, points, pValue, range } from "../../src/components/format.ts";
import type {
  Batch,
  Campaign,
  FleetStatus,
  RegionFailure,
  TriageItem,
  TriageStanding,
} from "../../src/components/rows.ts";
import { allocate, SQUARES } from "../../src/components/status-waffle.ts";
import { atOnce } from "../../src/components/triage-at-once.ts";
import { commandsFor, fixAllFor } from "../../src/components/triage-commands.ts";
import { changes } from "../../src/components/triage-proposal.ts";
import { NO_FILTER, triageView } from "../../src/components/triage-view.ts";
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

describe("triage", () => {
  const none = { held: 0, open: 0, waiting: 0, recovered: 0, rejected: 0, repaired: 0, proposed: 0 };
  const says = (counts: Partial<TriageStanding>, campaign = {}): string => {
    const held = ["open", "waiting", "recovered", "rejected", "repaired"] as const;
    const sum = held.reduce((all, key) => all + (counts[key] ?? 0), 0);
    const row = { ...none, scope: "all", name: "all", severity: null, ...counts, held: sum };
    const { headline, detail } = triageAnswer([row], { failed: 100, partial: 0, ...campaign } as Campaign);
    return `${headline} ${detail}`;
  };
  const item = (more: Partial<TriageItem>): TriageItem =>
    ({
      ...{
        device_id: "DEV-1",
        field: "battery_voltage",
        rule_id: "battery_in_millivolts",
        raw: "12650",
        severity: "critical",
      },
      ...{ version: 3, proposed: null, is_enough: null, ...more },
    }) as TriageItem;
  const proposing = (to: string, more: Partial<TriageItem> = {}): TriageItem =>
    item({
      proposed: JSON.stringify([{ field: "battery_voltage", rule: "battery_in_millivolts", from: "12650", to }]),
      ...{ is_enough: true, ...more },
    });

  test.each([
    [{}, {}, "Nothing waits for a person. No device was ever held back."],
    [{}, { partial: 4 }, "Nothing waits for a person. Recovery still has to decide 4 devices;"],
    [
      { open: 1 },
      {},
      "1 device needs a decision. Their telemetry breaks a rule, so no action was taken on it. That is 1.0%",
    ],
    [{ open: 1, proposed: 1 }, {}, "1 device needs a decision; rules propose how to fix it."],
    [{ open: 9, proposed: 9 }, {}, "9 devices need a decision; rules propose how to fix all of them."],
    [{ open: 9, proposed: 2, rejected: 1 }, {}, "for 2 of them rules propose the fix. Their"],
    [{ open: 9, rejected: 1 }, {}, "Of 10 devices ever held, 1 was decided by a person and 9 are open."],
    [
      { waiting: 1, repaired: 2 },
      {},
      "Nothing waits for a person: 1 released device waits for the next recovery. Run npm run recover.",
    ],
    [
      { recovered: 1 },
      {},
      "Nothing waits for a person: the one device that was held is decided. Of 1 device ever held,",
    ],
    [{ rejected: 3 }, {}, "Nothing waits for a person: all 3 devices that were held are decided."],
  ])("%o and %o is answered", (counts, campaign, words) => expect(says(counts, campaign)).toContain(words));

  test("commands name the version that was seen, quote what needs it, and stand only where they do what they say", () => {
    expect(commandsFor(proposing("12.65"), "it's").map(({ text }) => text)).toEqual([
      `npm run triage -- fix DEV-1 --proposed --version 3 --campaign 'it'\\''s' --why "..."`,
      `npm run triage -- fix --all --rule battery_in_millivolts --proposed --yes --campaign 'it'\\''s' --why "..."`,
      `npm run triage -- show DEV-1 --campaign 'it'\\''s'`,
      `npm run triage -- reject DEV-1 --action FORCE_ROLLBACK --version 3 --campaign 'it'\\''s' --why "..."`,
    ]);
    const partly = proposing("12.65", { is_enough: false });
    expect(commandsFor(partly, "c").map(({ text }) => text?.split(" ")[4])).toEqual(["show", "fix", "reject"]);
    expect(fixAllFor(partly, "c")).toBeUndefined();
    expect(commandsFor(item({ field: "device_id" }), "c")).toHaveLength(2);
    expect(commandsFor(proposing("1", { device_id: "a\u202eb" }), "c").map(({ text }) => text !== undefined)).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  test("a proposal shows every character, and the field where it is another than that of the list", () => {
    expect(changes(proposing("1\u200b2"))).toBe("12650 → 1⟨U+200B⟩2");
    expect(changes(proposing("12.65", { field: "signal_strength" }))).toBe("Battery voltage 12650 → 12.65");
    expect(changes(item({}))).toBe("");
  });

  test("what one command settles is counted by the rule that proposes, where that is enough", () => {
    const rows = [proposing("1"), proposing("2"), proposing("3", { is_enough: false }), item({})];
    expect(atOnce(rows).map(({ rule, devices }) => [rule, devices])).toEqual([["battery_in_millivolts", 2]]);
  });

  test("the worst stand first, each filter leaves what it names, and both keep the order asked for", () => {
    const severities = ["info", "critical", "warning"];
    const rows = Array.from({ length: 90 }, (_, no) => {
      const more = { device_id: `DEV-${(no * 37) % 91}`, severity: severities[no % 3] ?? "" };
      return no % 10 === 0 ? proposing("12.7", more) : item(more);
    });
    const view = triageView(rows);
    const of = (filter: Partial<typeof NO_FILTER>): TriageItem[] => view({ ...NO_FILTER, ...filter });
    const seen = (items: readonly TriageItem[]): string[] => [...new Set(items.map(({ severity }) => severity))];
    expect(seen(of({}))).toEqual(["critical", "warning", "info"]);
    expect(seen(of({ descending: true }))).toEqual(["info", "warning", "critical"]);
    expect(of({ proposal: "yes" })).toHaveLength(9);
    expect(of({ proposal: "no" })).toHaveLength(81);
    expect(of({ severity: "warning", search: "12.7" })).toHaveLength(3);
    const devices = of({ sort: "device_id", severity: "info" }).map(({ device_id }) => device_id);
    expect(devices).toHaveLength(30);
    expect(devices).toEqual([...devices].sort());
  });
});
