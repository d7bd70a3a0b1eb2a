import { expect, test } from "vitest";
import { Misfit } from "./condition.ts";
import { parseFaultProfile } from "./fault-profile.ts";

const even = { name: "even", rate: 0.015, weights: { null: 1, type_mismatch: 1 } };
const lost = { field: "attempts", mechanism: "MCAR", rate: 0.1 };
const when = { field: "region", test: { kind: "one_of", values: ["India"] } };
const missing = (change: object) => ({ ...even, missing: [{ ...lost, ...change }] });

test.each<[string, unknown]>([
  ["the least", even],
  ["a kind with fields of its own", { ...even, weights: { null: { weight: 1, fields: ["region"] } } }],
  ["MAR", missing({ mechanism: "MAR", when, times: 4 })],
  ["MNAR", missing({ mechanism: "MNAR", when: { field: "attempts", test: { kind: "above", value: 3 } }, times: 4 })],
  ["terms", { ...even, title: "t", hypothesis: { recall: 1 }, stop: { struck_share: 0.1 }, rollback: "keep" }],
  ["a radius", { ...even, blast_radius: { region: ["India"], model: ["TX-40"], share: 0.1 } }],
])("%s is taken", (_, profile) => {
  expect(parseFaultProfile(profile)).toBe(profile);
});

test.each<[unknown, string, string]>([
  [null, "", '"name"'],
  [7, "", '"name"'],
  [{ ...even, name: 7 }, "", '"name"'],
  [{ ...even, title: 7 }, "title", '"title" must be a text'],
  [{ ...even, wieghts: {} }, "wieghts", 'there is no "wieghts"; use name, title, rate'],
  [{ ...even, rate: -0.1 }, "rate", '"rate" must be a number from 0 to 1'],
  [{ ...even, rate: 1.1 }, "rate", '"rate" must be a number from 0 to 1'],
  [{ ...even, rate: "0.1" }, "rate", '"rate" must be a number from 0 to 1'],
  [{ ...even, rate: Number.NaN }, "rate", '"rate" must be a number from 0 to 1'],
  [{ ...even, weights: undefined }, "weights", "must name kinds"],
  [{ ...even, weights: { rust: 1 } }, "weights.rust", 'there is no "rust"; use null, type_mismatch'],
  [{ ...even, weights: { signal_drop: -1 } }, "weights.signal_drop", '"signal_drop"'],
  [{ ...even, weights: { null: Number.POSITIVE_INFINITY } }, "weights.null", "a number of at least 0"],
  [{ ...even, weights: { null: 0, spike: 0 } }, "weights", "all 0"],
  [{ ...even, weights: {} }, "weights", "all 0"],
  [{ ...even, weights: { null: { weight: 1 } } }, "weights.null.fields", "must be of battery_voltage, signal_strength"],
  [
    { ...even, weights: { spike: { weight: 1, fields: ["region"] } } },
    "weights.spike.fields",
    "must be of battery_voltage",
  ],
  [{ ...even, weights: { spike: { weight: 1, fields: [] } } }, "weights.spike.fields", "must be of battery_voltage"],
  [{ ...even, weights: { spike: { weight: 1, felds: [] } } }, "weights.spike.felds", 'there is no "felds"'],
  [{ ...even, missing: {} }, "missing", "a list"],
  [missing({ field: "error_code" }), "missing.0.field", '"field" must be one of'],
  [missing({ mechanism: "MAYBE" }), "missing.0.mechanism", "must be one of MCAR, MAR, MNAR"],
  [missing({ rate: 2 }), "missing.0.rate", "from 0 to 1"],
  [missing({ when }), "missing.0", "MCAR is by chance alone"],
  [missing({ mechanism: "MAR" }), "missing.0", 'MAR needs "when"'],
  [missing({ mechanism: "MNAR", when, times: 2 }), "missing.0.when", 'MNAR about "attempts" itself'],
  [
    missing({ mechanism: "MAR", when: { ...when, field: "attempts" }, times: 2 }),
    "missing.0.when",
    "MAR asks about another",
  ],
  [
    missing({ mechanism: "MAR", when: { ...when, test: { kind: "like" } }, times: 2 }),
    "missing.0.when.test",
    "unknown kind",
  ],
  [missing({ mechanism: "MAR", when, times: 11 }), "missing.0.times", "at 1 or below"],
  [{ ...even, blast_radius: [] }, "blast_radius", "must have region, model or share"],
  [{ ...even, blast_radius: { regions: ["India"] } }, "blast_radius.regions", 'there is no "regions"'],
  [{ ...even, blast_radius: { region: "India" } }, "blast_radius.region", "a list of texts"],
  [{ ...even, blast_radius: { share: 2 } }, "blast_radius.share", "from 0 to 1"],
  [{ ...even, hypothesis: {} }, "hypothesis", "must have recall or"],
  [{ ...even, hypothesis: { f1: 1 } }, "hypothesis.f1", 'there is no "f1"'],
  [{ ...even, stop: { struck_share: 0.1 } }, "", "need each other"],
  [{ ...even, rollback: "undo" }, "", "need each other"],
  [{ ...even, stop: { struck_share: 7 }, rollback: "undo" }, "stop.struck_share", "from 0 to 1"],
  [{ ...even, stop: { struck_share: 0.1 }, rollback: "pray" }, "rollback", "undo or keep"],
])("profile %j is refused at %j: %s", (profile, at, sentence) => {
  const refused = (): unknown => {
    try {
      return parseFaultProfile(profile);
    } catch (error) {
      if (error instanceof Misfit) return `${error.at.join(".")}: ${error.message}`;
      throw error;
    }
  };
  const words = refused();
  expect(words).toContain(sentence);
  expect(String(words).split(": ")[0]).toBe(at);
});
