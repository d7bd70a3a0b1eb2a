import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { fateOf, type Policy, parsePolicy } from "./policy.ts";
import { edited, FATES, knobsOf } from "./policy-edit.ts";
import { edgesOf, type Ground, groundOf } from "./what-if.ts";

const shipped = (name: string): Policy =>
  parsePolicy(JSON.parse(readFileSync(new URL(`../../data/policy/${name}.json`, import.meta.url), "utf8")));
const FIELD = shipped("field");
const DEFAULT = shipped("default");

describe("a policy with changes", () => {
  test("is the same without any, and with those that mean nothing to it", () => {
    expect(edited(FIELD, {})).toEqual(FIELD);
    const strange = {
      "gone.0": "12",
      "otherwise.line": "off",
      "battery_low.0": "much",
      "battery_low.fate": "lost",
      "no_room.1": "",
    };
    expect(edited(FIELD, strange)).toEqual(FIELD);
  });

  test("has its line where it was put, and without an error code or a line that was left out", () => {
    const policy = edited(FIELD, {
      "no_room.1": "512",
      "wrong_hardware.0.unsupported_package": "off",
      "turned_away.0.server_busy": "off",
      "battery_low.line": "off",
    });
    const rule = (id: string) => policy.rules.find((one) => one.id === id);
    expect(rule("no_room")?.and).toEqual([{ field: "storage_free_mb", test: { kind: "below", value: 512 } }]);
    expect(rule("wrong_hardware")?.test).toEqual({ kind: "one_of", values: ["incompatible_hardware"] });
    expect(rule("turned_away")).toBeUndefined();
    expect(rule("battery_low")).toBeUndefined();
    expect(policy.rules).toHaveLength(FIELD.rules.length - 2);
  });

  test("is valid for the engine with any fate on any line", () => {
    for (const { id } of FIELD.rules)
      for (const fate of FATES) {
        const policy = edited(FIELD, { [`${id}.fate`]: fate });
        expect(fateOf(policy.rules.find((one) => one.id === id) as (typeof policy.rules)[number])).toBe(fate);
        expect(parsePolicy(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
      }
  });

  test("can be changed on every line of it that a slider could stand for", () => {
    const sliders = (policy: Policy) =>
      knobsOf(policy).flatMap((knob) => (knob.kind === "threshold" ? [knob.key] : []));
    expect(sliders(DEFAULT)).toEqual(["battery_above_12_5.0"]);
    expect(sliders(FIELD)).toEqual([
      "tried_ten_times.0",
      "no_room.1",
      "battery_was_low.1",
      "battery_low.0",
      "signal_weak.0",
      "flash_worn.1",
    ]);
  });
});

describe("the ground that a policy is tried on", () => {
  test("has the policy's own lines among the places for lines", () => {
    for (const policy of [DEFAULT, FIELD])
      for (const knob of knobsOf(policy))
        if (knob.kind === "threshold") expect(edgesOf(groundOf(policy) as Ground, knob.field)).toContain(knob.value);
  });

  test("asks of an error code only what a line that may apply to it asks", () => {
    const { asked } = groundOf(FIELD) as Ground;
    const of = (code: string) => asked.find(({ error_code }) => error_code === code)?.fields;
    expect(of("out_of_storage")).toEqual(["battery_voltage", "storage_free_mb", "attempts"]);
    expect(of("connection_lost")).toEqual(["battery_voltage", "signal_strength", "attempts"]);
    expect(of("(other)")).toEqual(["battery_voltage", "attempts"]);
    expect((groundOf(DEFAULT) as Ground).asked).toEqual([
      { error_code: "(other)", fields: ["battery_voltage"] },
      { error_code: "(none)", fields: ["battery_voltage"] },
    ]);
  });

  test.each([
    [{ field: "region", test: { kind: "one_of", values: ["India"] } }, "region whether it is one_of"],
    [{ field: "battery_voltage", test: { kind: "longer", value: 4 } }, "battery_voltage whether it is longer"],
    [
      { field: "reported_at", test: { kind: "before", time: "2026-03-02T00:00:00.000Z" } },
      "reported_at whether it is before",
    ],
  ] as const)("is not there for %o", (condition, reason) => {
    const [last] = DEFAULT.rules.slice(-1) as [Policy["rules"][number]];
    const policy = { ...DEFAULT, rules: [{ id: "own", ...condition, action: "RETRY_UPDATE" }, last] } as Policy;
    expect(groundOf(policy)).toContain(reason);
  });
});
