import { describe, expect, test } from "vitest";
import { type Move, type Policy, parseAssumptions, valuesOf } from "../../pipelines/domain/pages.ts";
import { reference } from "../../pipelines/reference.ts";
import { policyAnswer } from "../../src/components/answers/policy.ts";
import { endsOf, roiAnswer } from "../../src/components/answers/roi.ts";
import { money, valueWithUnit } from "../../src/components/money.ts";
import type { AssumptionRow, PolicySetting, RoiBaseRow } from "../../src/components/outlook-rows.ts";
import { flowRows, outcomeChanges, regionChanges } from "../../src/components/policy-changes.ts";
import { roiText } from "../../src/components/roi-file.ts";
import type { Campaign } from "../../src/components/rows.ts";
import { PROJECT } from "../support/command.ts";

const SHIPPED = reference(PROJECT);
const CAMPAIGN = { devices: 1000, failed: 300 } as Campaign;
const move = (from: Move["from"], to: Move["to"], devices: number, region = "India"): Move => ({
  region,
  from,
  to,
  devices,
});

describe("another policy", () => {
  const policy = SHIPPED.policy("field");
  const setting: PolicySetting = { policy: "field", has_decided: true, document: "{}", reason: null };
  const says = (
    edits: Record<string, string>,
    moves: Move[],
    change: Partial<PolicySetting> = {},
    of: Policy | null = policy,
  ) => {
    const { headline, detail } = policyAnswer(CAMPAIGN, { ...setting, ...change }, of, edits, moves);
    return `${headline} ${detail}`;
  };
  const stays = move("retry", "retry", 200);

  test.each([
    [
      {},
      [stays, move("hold", "hold", 1)],
      "By policy field, of 201 devices that failed 200 are retried at once and 1 is held for a person.",
    ],
    [
      { "battery_low.0": "12.3" },
      [stays],
      "With the line at 12.3 V, nothing would be decided differently: no device would move.",
    ],
    [
      { "battery_low.0": "12.3" },
      [stays, move("retry", "defer", 1), move("retry", "defer", 1, "Europe")],
      "With the line at 12.3 V, 2 devices are retried later instead of retried at once. In all, 2 devices (0.7% of 300)",
    ],
    [
      { "tried_ten_times.0": "1" },
      [move("retry", "never", 1)],
      "With the line at 1 attempt, 1 device is rolled back for good",
    ],
    [{ "battery_low.line": "off" }, [stays], "Without the line battery_low, nothing"],
    [{ "no_room.0.out_of_storage": "off" }, [stays], "With out_of_storage left out of no_room, nothing"],
    [{ "no_room.fate": "never" }, [stays], "With no_room another action, nothing"],
    [
      { "no_room.fate": "never", "battery_low.line": "off" },
      [move("rollback", "never", 5), move("defer", "retry", 9)],
      "With 2 changes, 9 devices are retried at once instead of retried later. Besides, 5 devices are rolled back for good",
    ],
  ] as const)("%o is answered", (edits, moves, words) => expect(says(edits, [...moves])).toContain(words));

  test("is not tried where it can't be, and there is nothing to try it on", () => {
    expect(says({}, [], { reason: "It asks too much." })).toContain(
      "The policy field can't be tried here. It asks too much. npm run recover -- --policy field --dry-run",
    );
    expect(says({}, [stays], { has_decided: false })).toContain("Recovery has not run yet.");
    const none = { devices: 9, failed: 0 } as Campaign;
    expect(policyAnswer(none, setting, policy, {}, []).headline).toBe("There is nothing to decide.");
    expect(policyAnswer(undefined, undefined, null, {}, []).headline).toBe("There is nothing to decide yet.");
  });

  test("is drawn with what moves, of how many", () => {
    const moves = [
      move("retry", "rollback", 30),
      move("retry", "retry", 50),
      move("rollback", "rollback", 20),
      move("hold", "hold", 5, "Europe"),
    ];
    expect(outcomeChanges(moves).map(({ label, from, to, note }) => [label, from, to, note])).toEqual([
      ["Retried at once", 80, 50, "80 → 50 (−30)"],
      ["Rolled back", 20, 50, "20 → 50 (+30)"],
      ["Held for a person", 5, 5, "5"],
    ]);
    expect(regionChanges(moves).map(({ label, note }) => [label, note])).toEqual([
      ["Europe", "0% of 5"],
      ["India", "80.0% → 50.0% (−30.0 points) of 100"],
    ]);
    expect(flowRows(moves)).toEqual([{ label: "Retry → Roll back", count: 30 }]);
  });
});

describe("the return", () => {
  const file = SHIPPED.roi("default");
  const rows = file.assumptions.map(
    (one, no): AssumptionRow => ({
      assumptions: file.name,
      version: file.version,
      currency: file.currency,
      ordinal: no + 1,
      ...one,
    }),
  );
  const middle = valuesOf(file, "mid");
  const base: RoiBaseRow = { failed: 300, retried: 200, rolled_back: 80, held: 20, undecided: 0, worked_by_person: 20 };
  const says = (change: Partial<RoiBaseRow>, campaign = CAMPAIGN): string => {
    const { headline, detail } = roiAnswer(campaign, { ...base, ...change }, rows, middle);
    return `${headline} ${detail}`;
  };

  test("is never one number, and says on how many devices it rests", () => {
    const [low, mid, high] = endsOf(base, rows, middle).map((amount) => money(amount, "USD"));
    expect(says({})).toContain(
      `Between ${low} and ${high}, ${mid} in the middle: 14 of 17 assumptions have no source.`,
    );
    expect(says({})).toContain(
      "280 devices of 300 that failed (93.3%), for which 200 retries and 80 rollbacks were decided.",
    );
    expect(says({})).toContain("not one of them is confirmed to have worked");
    expect(says({ worked_by_person: 3000 })).toContain("At the low end recovery cost more than it saved.");
  });

  test("is nothing where nothing was decided, failed or is there", () => {
    expect(says({ retried: 0, rolled_back: 0, undecided: 280 })).toContain(
      "Recovery has saved nothing yet: it has decided for no device. 280 of 300 devices that failed wait for it, and 20 for a person.",
    );
    expect(says({ failed: 0 })).toContain("There was nothing to save.");
    expect(roiAnswer(undefined, undefined, [], middle).headline).toBe("There is nothing to reckon yet.");
  });

  test("is saved as a file that can be read again, with what was chosen in the middle", () => {
    expect(parseAssumptions(JSON.parse(roiText(rows, middle))).assumptions).toEqual(file.assumptions);
    const chosen = parseAssumptions(JSON.parse(roiText(rows, { ...middle, mb_cost: 0.4 })));
    expect(chosen.assumptions.find(({ id }) => id === "mb_cost")).toMatchObject({ mid: 0.4, low: 0.005, high: 0.5 });
  });

  test("is written as money with three digits that count", () => {
    expect([0, -0.001, 0.0234, -20.16, 71_693, Number.NaN].map((amount) => money(amount, "USD"))).toEqual([
      ...["USD 0", "USD 0", "USD 0.0234", "−USD 20.2", "USD 71,700", "–"],
    ]);
    expect([
      valueWithUnit(0.05, "share", "USD"),
      valueWithUnit(0.1, "USD", "USD"),
      valueWithUnit(1000, "USD", "USD"),
      valueWithUnit(8, "hours", "USD"),
    ]).toEqual(["5.0%", "USD 0.10", "USD 1,000", "8 hours"]);
  });
});
