import { expect, test } from "vitest";
import { Judge, type Report } from "../pipelines/domain/judge.ts";
import { proposedFor } from "../pipelines/domain/propose.ts";
import { parseRuleSet } from "../pipelines/domain/rules.ts";
import { amendmentOf, type Said } from "../pipelines/domain/triage.ts";
import type { ReportColumn } from "../pipelines/domain/vocabulary.ts";
import { hostileValues } from "../test/support/hostile.ts";
import { readMart } from "./mart.ts";
import { campaign, quarantine, report } from "./testing/campaign.ts";
import { emptyTrial } from "./testing/warehouse.ts";

const battery = { field: "battery_voltage", detects: "out_of_range" } as const;
const MILLIVOLTS = { kind: "scale", factor: 0.001, digits: 2 };
/** Repairs of all kinds, such as do not do, and such as break another rule: of signal where there is little battery, and back again. */
const RULES = parseRuleSet({
  name: "metered",
  version: 1,
  rules: [
    { ...battery, id: "battery_in_millivolts", test: { kind: "inside", min: 1000, max: 100_000 }, repair: MILLIVOLTS },
    { ...battery, id: "battery_off", test: { kind: "outside", min: 6, max: 16 } },
    { ...battery, id: "battery_written", test: { kind: "not_number" }, repair: { kind: "number" } },
    {
      ...{
        id: "signal_words",
        field: "signal_strength",
        detects: "sentinel",
        test: { kind: "one_of", values: ["N/A", "NaN"] },
      },
      repair: { kind: "map", values: { "N/A": "0", NaN: "-5" } },
    },
    {
      ...{ id: "signal_padded", field: "signal_strength", detects: "type_mismatch", test: { kind: "not_number" } },
      repair: { kind: "trim" },
    },
    {
      ...{ id: "signal_weak", field: "signal_strength", detects: "out_of_range", test: { kind: "below", value: 1 } },
      and: [{ field: "battery_voltage", test: { kind: "inside", min: 12, max: 13 } }],
    },
    {
      ...{
        id: "storage_doubted",
        field: "storage_free_mb",
        detects: "out_of_range",
        test: { kind: "above", value: 500 },
      },
      and: [{ field: "signal_strength", test: { kind: "equals", value: 50 } }],
      repair: { kind: "scale", factor: 0.5, digits: 0 },
    },
    { id: "model_missing", field: "model", detects: "null", test: { kind: "missing" } },
  ],
});

const REPORTED: ReportColumn[] = ["region", "battery_voltage", "signal_strength", "storage_free_mb"];
const isText = (raw: string | null): boolean => !raw?.includes("\0");
const BATTERIES = ["12650", "12.6", "12,6 V", "99000", "7000", "5", "UNKNOWN", null];
const SIGNALS = ["N/A", "NaN", " 50 ", "50", "0", "-3", "garbage", null, "\u00a00.5\t"];
const STORAGES = ["900", "1600", "20", null];
const reports: Report[] = [
  ...BATTERIES.flatMap((battery_voltage) =>
    SIGNALS.flatMap((signal_strength) =>
      STORAGES.map((storage_free_mb) => ({ battery_voltage, signal_strength, storage_free_mb })),
    ),
  ),
  ...hostileValues(400)
    .filter(isText)
    .map((raw, no) => (no % 2 === 0 ? { battery_voltage: raw, signal_strength: "50" } : { signal_strength: raw })),
];
/** What a person said of some of them before they were opened again. */
const saidOf = (no: number): Said[] => [
  ...(no % 5 === 0 ? [{ field: "battery_voltage", value: no % 2 === 0 ? "12800" : "12.5" }] : []),
  ...(no % 7 === 0 ? [{ field: "signal_strength", rule: "signal_words" }] : []),
];
const AMEND = `
  INSERT INTO telemetry_amendment (bucket, campaign_id, device_id, field, value, waived_rule)
  SELECT bucket, 1, $1, $2, $3, $4 FROM triage_queue WHERE device_id = $1`;

test("what the mart says that rules propose is what the commands of triage say, whatever devices sent and people said", async () => {
  const trial = await emptyTrial();
  await campaign(trial, "metered", REPORTED);
  for (const [no, { battery_voltage, signal_strength, storage_free_mb }] of reports.entries()) {
    const told = { battery: battery_voltage, signal: signal_strength, storage: storage_free_mb };
    await report(trial, `D-${no}`, { region: "North", ...told, status: "Partial" } as Parameters<typeof report>[2]);
    await quarantine(trial, `D-${no}`, Buffer.from(battery_voltage ?? ""));
    for (const { field, value, rule } of saidOf(no))
      await trial.client.query(AMEND, [`D-${no}`, field, value ?? null, rule ?? null]);
  }
  const { path } = await trial.refresh({ rules: () => RULES });
  const judge = new Judge(RULES, undefined, REPORTED);
  const rows = new Map((await readMart(path, "triage_open")).map((row) => [row.device_id, row]));
  const kinds = new Set<string>();
  for (const [no, told] of reports.entries()) {
    const said = amendmentOf(saidOf(no));
    const proposed = proposedFor(judge, { region: "North", ...told }, said);
    const row = rows.get(`D-${no}`);
    expect(JSON.parse(String(row?.proposed ?? "[]")), JSON.stringify([told, saidOf(no)])).toEqual(proposed);
    const taken = {
      ...told,
      ...Object.fromEntries(said.values),
      ...Object.fromEntries(proposed.map(({ field, to }) => [field, to])),
    };
    const left = judge.of(taken).broken.filter(({ id, field }) => said.waived.get(field) !== id);
    expect(row?.is_enough).toBe(proposed.length > 0 ? left.length === 0 : null);
    kinds.add(`${proposed.length} ${row?.is_enough}`);
  }
  expect([...kinds].sort()).toEqual(["0 null", "1 false", "1 true", "2 true"]);
});
