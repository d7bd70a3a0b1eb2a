import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { Misfit } from "./condition.ts";
import { Judge } from "./judge.ts";
import { proposedFor, repairedAlone } from "./propose.ts";
import { checkRepair, type Repair, repaired } from "./repair.ts";
import { repairSql } from "./repair-sql.ts";
import { parseRuleSet } from "./rules.ts";
import { REPORT_COLUMNS } from "./vocabulary.ts";

const millivolts: Repair = { kind: "scale", factor: 0.001, digits: 2 };
const words: Repair = { kind: "map", values: { NaN: "0", "it's": "it is", constructor: "x", "12,5": "12.5" } };

test.each<[Repair, string | null, string | undefined]>([
  [millivolts, "12650", "12.65"],
  [millivolts, "13000", "13"],
  [millivolts, "12655", "12.66"],
  [millivolts, "12.654999e3", "12.65"],
  [millivolts, "-12655", "-12.66"],
  [millivolts, "-4", "0"],
  [millivolts, "1", "0"],
  [millivolts, "0", undefined],
  [millivolts, "UNKNOWN", undefined],
  [millivolts, null, undefined],
  [{ kind: "scale", factor: 1e-7, digits: 8 }, "3", "0.0000003"],
  [{ kind: "scale", factor: 1.1, digits: 3 }, "1.1", "1.21"],
  [{ kind: "scale", factor: 1e21, digits: 0 }, "1e99", undefined],
  [words, "NaN", "0"],
  [words, "toString", undefined],
  [words, "constructor", "x"],
  [{ kind: "number" }, " 12,6 V", "12.6"],
  [{ kind: "number" }, "87%", "87"],
  [{ kind: "number" }, "12.6.1", undefined],
  [{ kind: "number" }, "1,000,5", undefined],
  [{ kind: "trim" }, "\u00a0 12.5\r\n", "12.5"],
  [{ kind: "trim" }, "12.5", undefined],
  [{ kind: "trim" }, " \t ", undefined],
  [{ kind: "trim" }, ` ${"x".repeat(1001)}`, undefined],
])("%j makes of %j %j", (repair, raw, value) => {
  expect(repaired(repair, raw)).toBe(value);
});

const factor = fc.oneof(
  fc.constantFrom(0.001, 1000, 0.1, 1.1, 1e-7, -0.01, 3, 1e21, 1 / 3),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).filter((value) => value !== 0),
);
const scales = fc.record({ kind: fc.constant("scale" as const), factor, digits: fc.nat(20) });
const numbers = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.integer(), fc.nat(999_999), fc.integer({ min: -99, max: 99 })).map(([a, b, c]) => `${a}.${b}e${c}`),
);
const drawn = fc.sample(fc.tuple(scales, fc.oneof(numbers, fc.constantFrom(...hostileValues(400)))), {
  numRuns: 500,
  seed: 7,
});
const others: [Repair, string | null][] = [
  words,
  { kind: "number" } as const,
  { kind: "trim" } as const,
  millivolts,
].flatMap((repair) => hostileValues(1500).map((raw): [Repair, string | null] => [repair, raw]));

test("PostgreSQL makes the same of 500 drawn numbers by drawn factors, and of 6,000 hostile values: no digit is lost or made up", async () => {
  const { url, drop } = await emptyDatabase();
  const cases = new Map<string, { repair: Repair; raws: (string | null)[] }>();
  for (const [repair, raw] of [...drawn, ...others]) {
    const known = cases.get(JSON.stringify(repair));
    if (known) known.raws.push(raw);
    else cases.set(JSON.stringify(repair), { repair, raws: [raw] });
  }
  await session(url, async (client) => {
    for (const { repair, raws } of cases.values()) {
      const kept = raws.filter((raw) => !raw?.includes("\0"));
      const { rows } = await client.query<{ value: string | null }>(
        `SELECT ${repairSql(repair, "r.raw", "postgres")} AS value FROM unnest($1::text[]) WITH ORDINALITY AS r (raw, no) ORDER BY r.no`,
        [kept],
      );
      expect(rows.map(({ value }) => value)).toEqual(kept.map((raw) => repaired(repair, raw) ?? null));
    }
  });
  await drop();
});

test.each<[unknown, string, string]>([
  [null, "", 'needs a "kind", one of scale, map, number, trim'],
  [{ kind: "guess" }, "", 'needs a "kind"'],
  [{ kind: "scale", factor: 0, digits: 2 }, "factor", "a number other than 0"],
  [{ kind: "scale", factor: 1, digits: 2.5 }, "digits", "from 0 to 20"],
  [{ kind: "scale", factor: 1, digits: 2, unit: "V" }, "unit", 'there is no "unit"'],
  [{ kind: "map", values: {} }, "values", 'as {"old": "new"}'],
  [{ kind: "map", values: { a: "" } }, "values", 'as {"old": "new"}'],
  [{ kind: "map", values: { a: "\0" } }, "values", 'as {"old": "new"}'],
  [{ kind: "trim", auto: "yes" }, "auto", "true or false"],
])("the repair %j is refused", (value, at, sentence) => {
  try {
    checkRepair(value, []);
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(Misfit);
    expect((error as Misfit).at.join(".")).toBe(at);
    expect((error as Misfit).message).toContain(sentence);
  }
});

const battery = { field: "battery_voltage", detects: "out_of_range" } as const;
const rules = parseRuleSet({
  name: "metered",
  version: 1,
  rules: [
    {
      ...battery,
      id: "battery_in_millivolts",
      test: { kind: "inside", min: 1000, max: 100_000 },
      repair: { ...millivolts, auto: true },
    },
    { ...battery, id: "battery_off", test: { kind: "outside", min: 6, max: 16 } },
    {
      id: "signal_written",
      field: "signal_strength",
      test: { kind: "not_number" },
      detects: "type_mismatch",
      repair: { kind: "number" },
    },
    {
      ...{ id: "storage_full", field: "storage_free_mb", test: { kind: "below", value: 10 }, detects: "out_of_range" },
      and: [{ field: "battery_voltage", test: { kind: "below", value: 10 } }],
    },
  ],
});
const judge = new Judge(rules, undefined, REPORT_COLUMNS);
const proposals = (...given: (string | null)[]) => {
  const [battery_voltage = null, signal_strength = null, storage_free_mb = null] = given;
  const report = { battery_voltage, signal_strength, storage_free_mb };
  const alone = repairedAlone(judge, report, judge.of(report).broken);
  return { proposed: proposedFor(judge, report).map(({ field, to }) => [field, to]), alone: alone !== undefined };
};

test("what still breaks a rule is no repair; recovery repairs by itself only what then is sound", () => {
  expect(proposals("12650", "61", "512")).toEqual({ proposed: [["battery_voltage", "12.65"]], alone: true });
  expect(proposals("99000", "61", "512")).toEqual({ proposed: [], alone: false });
  expect(proposals("12650", "61 %", "512")).toEqual({
    proposed: [
      ["battery_voltage", "12.65"],
      ["signal_strength", "61"],
    ],
    alone: false,
  });
  expect(proposals("12650", "UNKNOWN", "512")).toEqual({ proposed: [["battery_voltage", "12.65"]], alone: false });
  expect(proposals("12.65", "61", "512")).toEqual({ proposed: [], alone: false });
  // The repaired voltage makes the storage sick, which it was not.
  expect(proposals("9000", "61", "5")).toEqual({ proposed: [], alone: false });
});

test("500 hostile reports: a proposal is taken whole, and then no rule finds fault with its fields", () => {
  const values = fc.constantFrom(...hostileValues(600), "12650", "14,1 V", "7000", "9000", "61%");
  fc.assert(
    fc.property(values, values, values, (battery_voltage, signal_strength, storage_free_mb) => {
      const report = { battery_voltage, signal_strength, storage_free_mb };
      const proposed = proposedFor(judge, report);
      const after = judge.of({ ...report, ...Object.fromEntries(proposed.map(({ field, to }) => [field, to])) });
      expect(after.broken.filter(({ field }) => proposed.some((one) => one.field === field))).toEqual([]);
      for (const { field, rule, from, to } of proposed) {
        expect(from).toBe(report[field as keyof typeof report]);
        expect(to).not.toBe(from);
        expect(judge.of(report).broken.map(({ id }) => id)).toContain(rule);
        expect(to).toMatch(/^-?[0-9]+(\.[0-9]+)?$/);
      }
      const alone = repairedAlone(judge, report, judge.of(report).broken);
      if (alone) expect(after.broken).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
