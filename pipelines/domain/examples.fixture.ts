import type { Policy } from "./policy.ts";
import { parsePolicy } from "./policy.ts";
import { parseRuleSet, type RuleSet } from "./rules.ts";

/** Rules of every kind, on fields from everywhere, with conditions on others: for tests of what runs them. */
export const contextual: RuleSet = parseRuleSet({
  name: "contextual",
  version: 3,
  rules: [
    { id: "battery_missing", field: "battery_voltage", test: { kind: "missing" }, detects: "null" },
    {
      ...{ id: "battery_swapped", field: "battery_voltage", test: { kind: "inside", min: 20, max: 100 } },
      and: [{ field: "signal_strength", test: { kind: "inside", min: 9, max: 15 } }],
      detects: "out_of_range",
    },
    {
      ...{ id: "battery_by_model", field: "battery_voltage", test: { kind: "outside", min: 9, max: 15 } },
      ...{ by_model: { "TX-40": { min: 3, max: 13 }, "SG-110": { max: 12 } }, detects: "out_of_range" },
    },
    {
      ...{ id: "signal_low_on_first_try", field: "signal_strength", test: { kind: "below", value: 5 } },
      and: [{ test: { kind: "equals", value: 1 }, field: "attempts" }],
      ...{ detects: "signal_drop", severity: "warning" },
    },
    { id: "signal_word", field: "signal_strength", test: { kind: "not_number" }, detects: "type_mismatch" },
    {
      id: "signal_noted",
      field: "signal_strength",
      test: { kind: "above", value: 90 },
      detects: "null",
      effect: "warn",
    },
    {
      ...{ id: "storage_when_late", field: "storage_free_mb", test: { kind: "any" }, detects: "null" },
      and: [{ field: "reported_at", test: { kind: "after", time: "2026-03-04T12:30:00.000Z" } }],
    },
    { id: "attempts_long", field: "attempts", test: { kind: "longer", value: 3 }, detects: "type_mismatch" },
    { id: "time_form", field: "reported_at", test: { kind: "not_time" }, detects: "type_mismatch" },
    {
      ...{ id: "time_early", field: "reported_at", test: { kind: "before", time: "2026-03-02T00:00:00.000Z" } },
      detects: "out_of_range",
    },
    { id: "id_garbled", field: "device_id", test: { kind: "garbled" }, detects: "type_mismatch" },
    { id: "region_garbled", field: "region", test: { kind: "garbled" }, detects: "type_mismatch" },
    { id: "model_unknown", field: "model", test: { kind: "not_one_of", values: ["TX-40", "SG-110"] }, detects: "null" },
    {
      ...{ id: "code_at_success", field: "error_code", test: { kind: "one_of", values: ["server_busy", "it's"] } },
      and: [{ field: "last_stage", test: { kind: "one_of", values: ["SUCCEEDED"] } }],
      detects: "null",
    },
  ],
});

/** A policy that asks about many fields, in mixed order, so that the place of a match matters. */
export const mixedPolicy: Policy = parsePolicy({
  name: "mixed",
  version: 1,
  rules: [
    { id: "empty", field: "storage_free_mb", test: { kind: "missing" }, action: "FORCE_ROLLBACK" },
    {
      ...{ id: "often", field: "attempts", test: { kind: "above", value: 9 } },
      ...{ action: "FORCE_ROLLBACK", final: true },
    },
    {
      ...{ id: "busy", field: "error_code", test: { kind: "one_of", values: ["server_busy"] }, action: "RETRY_UPDATE" },
      and: [{ field: "signal_strength", test: { kind: "above", value: 20 } }],
      ...{ backoff: { base_minutes: 5, cap_minutes: 60 }, free: true },
    },
    { id: "strong", field: "signal_strength", test: { kind: "above", value: 50 }, action: "RETRY_UPDATE" },
    { id: "high", field: "battery_voltage", test: { kind: "above", value: 12.5 }, action: "RETRY_UPDATE" },
    { id: "wild", field: "signal_strength", test: { kind: "outside", min: 0, max: 100 }, action: "FORCE_ROLLBACK" },
    { id: "word", field: "battery_voltage", test: { kind: "not_number" }, action: "FORCE_ROLLBACK" },
    { id: "exact", field: "storage_free_mb", test: { kind: "equals", value: 0 }, action: "RETRY_UPDATE" },
    { id: "last", field: "storage_free_mb", test: { kind: "any" }, action: "FORCE_ROLLBACK" },
  ],
});
