import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import { judgeAmended } from "./amend.ts";
import { expectation } from "./expectation.ts";
import { Judge } from "./judge.ts";
import type { Policy } from "./policy.ts";
import type { RuleSet } from "./rules.ts";
import { type After, type Entry, type Judging, outcomeOf, type Place, type Proposal } from "./triage.ts";
import { REPORT_COLUMNS } from "./vocabulary.ts";

const read = (file: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), "utf8"));
const rules = read("rules/default.json") as RuleSet;
const judge = new Judge(rules, read("policy/default.json") as Policy, REPORT_COLUMNS);
const judging: Judging = { judge, expected: (field) => expectation(rules, field), reported: REPORT_COLUMNS };

const reportOf = (battery_voltage: string | null, signal_strength: string | null, storage_free_mb: string | null) => ({
  ...{ battery_voltage, signal_strength, storage_free_mb },
});
const SICK = reportOf("99", "-999", "512");
const open: Place = { state: "open", version: 1, reported: SICK, amendments: [], last: undefined };
const proposal = (more: Partial<Proposal>): Proposal => ({
  ...{ verb: "fix", values: new Map(), accepted: new Set(), action: "FORCE_ROLLBACK", version: undefined },
  ...more,
});
const BOTH = proposal({ values: new Map([["battery_voltage", "12"] as const, ["signal_strength", "50"] as const]) });
const decided = (place: Place, asked: Proposal): After => {
  const outcome = outcomeOf(asked, place, judging);
  if (outcome.kind !== "decided") throw new Error(JSON.stringify(outcome));
  return outcome.after;
};
/** The place once a decision on it is stored. */
const moved = (place: Place, asked: Proposal, by = "anna"): Place => {
  const next = decided(place, asked);
  const before = { amendments: place.amendments };
  const last: Entry = { version: place.version, verb: asked.verb, by, at: "2026-01-01T00:00:00", before, after: next };
  return { ...place, ...next, version: place.version + 1, last };
};
const reason = (place: Place | undefined, asked: Proposal): string => {
  const outcome = outcomeOf(asked, place, judging);
  return outcome.kind === "refused" ? outcome.reason : outcome.kind;
};

describe("what becomes of a proposal", () => {
  test("values that pass release; one that is left sick is named with what it must be", () => {
    expect(decided(open, BOTH)).toEqual({
      state: "released",
      amendments: [
        { field: "battery_voltage", value: "12" },
        { field: "signal_strength", value: "50" },
      ],
    });
    expect(reason(open, proposal({ values: new Map([["battery_voltage", "12"]]) }))).toBe(
      'signal_strength "-999" breaks signal_dropped: it must be a number from 0 to 100 %',
    );
    const mixed = proposal({ values: new Map([["battery_voltage", "12"]]), accepted: new Set(["signal_strength"]) });
    expect(decided(open, mixed).amendments).toEqual([
      { field: "battery_voltage", value: "12" },
      { field: "signal_strength", rule: "signal_dropped" },
    ]);
    for (const value of ["\0", "1".repeat(2_000)])
      expect(reason(open, proposal({ values: new Map([["battery_voltage", value]]) }))).toContain("no text");
  });

  test("accept waives what is found now, and only where something is", () => {
    const all = proposal({ verb: "accept", accepted: "all" });
    expect(decided(open, all).amendments.map(({ rule }) => rule)).toEqual(["battery_out_of_range", "signal_dropped"]);
    const sound: Place = { ...open, reported: reportOf("12", "50", "512") };
    expect(reason(sound, all)).toContain("no rule finds fault with it");
    expect(reason(sound, proposal({ verb: "accept", accepted: new Set(["battery_voltage"]) }))).toContain(
      "battery_voltage",
    );
  });

  test("the same once more is done already; anything else on a closed place is refused, until it is reopened", () => {
    const fixed = moved(open, BOTH);
    expect(reason(fixed, BOTH)).toBe("already");
    expect(reason(fixed, { ...BOTH, version: 1 })).toBe("already");
    expect(reason(fixed, proposal({ verb: "reject" }))).toContain(
      "anna, 2026-01-01T00:00:00, has decided it already (fix)",
    );
    expect(reason(fixed, proposal({ verb: "reject", version: 1 }))).toContain(
      "decided meanwhile (fix): it has version 2, not 1",
    );
    const reopened = moved(fixed, proposal({ verb: "reopen" }));
    expect(reopened).toMatchObject({ state: "open", version: 3, amendments: [] });
    expect(reason(reopened, proposal({ verb: "reopen" }))).toBe("already");
    expect(decided(reopened, proposal({ verb: "reject", action: "RETRY_UPDATE" }))).toEqual({
      ...{ state: "rejected", amendments: [], action: "RETRY_UPDATE" },
    });
    expect(reason(open, proposal({ verb: "reopen" }))).toContain("no decision to take back");
    expect(reason(undefined, BOTH)).toBe("it is not in the triage queue");
  });

  test("a rejection gives up what was said before, and reopening brings it back", () => {
    const said = [{ field: "storage_free_mb", value: "1" }];
    const rejected = moved({ ...open, amendments: said }, proposal({ verb: "reject" }));
    expect(rejected.amendments).toEqual([]);
    expect(decided(rejected, proposal({ verb: "reopen" })).amendments).toEqual(said);
  });
});

test("a corrected value is judged as if it had been reported, a waived one as if its rule were not there", () => {
  const values = hostileValues(600);
  for (const [no, value] of values.entries()) {
    const reported = reportOf(values[(no + 7) % 600] ?? null, "50", "512");
    const straight = judge.of({ ...reported, battery_voltage: value ?? "" });
    const about = (word: string) => new Map([["battery_voltage", word]]);
    const fixed = judgeAmended(judge, reported, { values: about(value ?? ""), waived: new Map() });
    expect(fixed).toEqual({ broken: straight.broken, place: straight.place, halts: straight.halts });
    const { broken, place } = judge.of(reported);
    const waived = judgeAmended(judge, reported, { values: new Map(), waived: about(broken[0]?.id ?? "none") });
    expect(waived).toMatchObject({ broken: [], place });
    const another = judgeAmended(judge, reported, { values: new Map(), waived: about("another") });
    expect(another).toMatchObject({ broken, place });
  }
});
