import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import { FAULT_KIND_SPECS, type SoundReport } from "./fault-kinds.ts";
import { FAULT_KINDS, OUTCOME_COLUMNS, PROFILE_COLUMNS, REPORT_COLUMNS, type ReportColumn } from "./vocabulary.ts";

const WORDS: readonly string[] = [...PROFILE_COLUMNS, ...OUTCOME_COLUMNS];
const hostileValue = fc.constantFrom(...hostileValues(3_000));
const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const anyReport: fc.Arbitrary<SoundReport> = fc.record({
  ...(Object.fromEntries(REPORT_COLUMNS.map((column) => [column, hostileValue])) as Record<
    ReportColumn,
    typeof hostileValue
  >),
  update_status: fc.constantFrom("Success" as const, "Partial" as const),
});

test("each injector, whatever the report: it strikes what it says, changes what it strikes, and does the same again", () => {
  const strikes = fc.constantFrom(...FAULT_KINDS).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      field: fc.constantFrom(...FAULT_KIND_SPECS[kind].fields),
      u: unit,
      report: anyReport,
    }),
  );
  let struck = 0;
  fc.assert(
    fc.property(strikes, ({ kind, field, u, report }) => {
      const { strike, reads } = FAULT_KIND_SPECS[kind];
      const changes = strike(field, u, report);
      expect(strike(field, u, report)).toEqual(changes);
      if (!reads) expect(strike(field, u, {} as SoundReport)).toEqual(changes);
      expect(new Set(changes.map((change) => change.field)).size).toBe(changes.length);
      for (const change of changes) {
        struck += 1;
        expect(kind === "swapped_columns" || change.field === field).toBe(true);
        // A value that PostgreSQL can hold.
        expect(change.after ?? "").not.toContain("\0");
        if (reads && kind !== "false_success") expect(change.after).not.toBe(report[change.field]);
      }
    }),
    { numRuns: 2_000, seed: 42 },
  );
  expect(struck).toBeGreaterThan(1_000);
});

test("what becomes of a word hangs on the word alone, since devices share the corrupted one", () => {
  const kinds = FAULT_KINDS.filter((kind) => kind !== "false_success");
  const words = kinds.flatMap((kind) =>
    FAULT_KIND_SPECS[kind].fields.filter((field) => WORDS.includes(field)).map((field) => ({ kind, field })),
  );
  fc.assert(
    fc.property(fc.constantFrom(...words), unit, anyReport, anyReport, ({ kind, field }, u, one, other) => {
      const { strike } = FAULT_KIND_SPECS[kind];
      expect(strike(field, u, { ...other, [field]: one[field] })).toEqual(strike(field, u, one));
    }),
    { numRuns: 1_000, seed: 42 },
  );
});
