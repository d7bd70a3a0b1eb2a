import { campaignMarts, type SideCampaign } from "./campaign-fixture.ts";
import { errorMarts } from "./error-fixture.ts";
import {
  type FleetOptions,
  faultRows,
  type Marts,
  modelRows,
  qualityRows,
  type Row,
  regionRows,
  scoreRows,
  stageCells,
  timelineRows,
  wilson,
} from "./fleet-fixture.ts";

import { notebookRows } from "./notebook-fixture.ts";
import { outlookMarts } from "./outlook-fixture.ts";
import { standingRows, triageRows, type Worked, workRows } from "./triage-fixture.ts";

const PROMISES = [
  ["devices_stored", "Devices generated equal devices stored."],
  ["one_outcome", "Every device has exactly one terminal outcome."],
  ["batches_whole", "A batch is stored whole or not at all."],
  ["only_partial_decided", "Recovery decides only Partial devices, each at most once."],
  ["not_both", "No device is both recovered and in triage."],
  ["raw_kept", "The raw value of a quarantined field is kept to the byte."],
  ["agrees_with_sql", "Every decision agrees with the rules run again as SQL."],
] as const;

const REGIONS = [
  ["India", 0.41],
  ["Middle East", 0.37],
  ["North America", 0.312],
  ["Europe", 0.305],
  ["APAC", 0.31],
] as const;

function chaosRow(devices: number, faults: readonly Row[]): Row {
  const injected = faults.reduce((sum, row) => sum + Number(row.injected), 0);
  const { rate, rate_low, rate_high } = wilson(0, devices - injected);
  return {
    ...{ fault_profile: "default", fault_rate: 0.015, struck_devices: injected, faults: injected },
    ...{ sound_devices: devices - injected, sound_with_finding: 0 },
    ...{ false_alarm_rate: rate, false_alarm_rate_low: rate_low, false_alarm_rate_high: rate_high },
  };
}

/** A campaign that ran from end to end, with others before it. */
export function populated(): Marts {
  const marts = fleet({ devicesPerRegion: 8000, regions: REGIONS, triage: 900, worked: WORKED });
  return { ...marts, ...campaignMarts([shown(marts), ...before(shown(marts))]) };
}
const WORKED: Worked = { waiting: 40, recovered: 120, rejected: 35, repaired: 25 };

/** The same, with a queue of which nothing is left but what the next recovery decides. */
export const released = (): Marts => fleet({ devicesPerRegion: 8000, regions: REGIONS, triage: 0, worked: WORKED });

/** The same, and recovery has been there. */
export const worked = (): Marts =>
  fleet({ devicesPerRegion: 8000, regions: REGIONS, triage: 0, worked: { ...WORKED, waiting: 0 } });

/** A file with the five required columns alone: no stage, no model, no error; nothing injected, nothing validated. */
export function fiveColumns(): Marts {
  const marts = fleet({ devicesPerRegion: 400, regions: REGIONS, triage: 0 });
  for (const name of ["bottleneck_ranking", "fault_detection", "detection_score", "invariants"]) marts[name] = [];
  Object.assign(marts, withoutErrors(marts));
  const nothing = { rate: null, rate_low: null, rate_high: null };
  const stages = marts.region_stage_failure ?? [];
  marts.region_stage_failure = stages.map((row) => ({
    ...row,
    ...nothing,
    at_risk: 0,
    failures: 0,
    significant: false,
  }));
  marts.model_failure = [{ ...modelRows()[0], model: "(none)", firmware_from: "(none)" } as Row];
  marts.data_quality = (marts.data_quality ?? []).map((row) => (row.field === "storage_free_mb" ? absent(row) : row));
  marts.import_rejects = [
    { row_no: 17, reason: "update_status is not Success or Partial", device_id: "DEV-17", total: 2 },
    { row_no: 40, reason: "device_id is missing", device_id: null, total: 2 },
  ];
  const summary = marts.campaign_summary?.[0] ?? {};
  Object.assign(summary, { source: "imported", source_file: "fleet.csv", firmware_to: null, owner: null, rejected: 2 });
  Object.assign(summary, NOT_TESTED);
  return marts;
}

/** The marts of errors where no device says why it failed, which model it is, or whence it came. */
function withoutErrors(marts: Marts): Marts {
  const nothing = { error_code: "(none)", meaning: null, source: null, look_at: null };
  const [code] = marts.error_pareto ?? [];
  const [first] = marts.group_failure ?? [];
  const alone = { name: "(none)", rest_rate: null, difference: null, p_value: null, p_holm: null };
  return {
    error_pareto: [{ ...code, ...nothing, share: 1, cumulative_share: 1, share_low: 0.99, share_high: 1 } as Row],
    error_stage: [{ ...nothing, stage: null, stage_ordinal: null, failures: code?.failures ?? 0, share: 1 }],
    group_failure: ["model", "firmware"].map((scope) => ({ ...first, ...alone, scope }) as Row),
    error_group_failure: [],
    region_group_failure: (marts.region_group_failure ?? []).map((row) => ({ ...row, name: "(none)" })),
  };
}

/** What the summary says where nothing was injected and nothing validated. */
const NOT_TESTED = {
  injected_faults: 0,
  found_faults: 0,
  fault_rate: null,
  fault_profile: null,
  checks_passed: 0,
  checks_total: 0,
};

/** The campaign of the marts, as one of several. */
export function shown(marts: Marts): SideCampaign {
  const [row = {}] = marts.campaign_summary ?? [];
  const [devices, failed, quarantined] = [row.devices, row.failed, row.quarantined].map(Number) as [
    number,
    number,
    number,
  ];
  const regions = (marts.region_failure ?? []).map(
    ({ region, devices: n, failures }) => [String(region), Number(n), Number(failures)] as const,
  );
  return {
    ...{
      campaign: String(row.campaign),
      title: String(row.title),
      is_shown: true,
      seed: 42,
      policy: "default, version 1",
    },
    ...{ retried: 0.55, devices, failed, quarantined, regions },
  };
}

/** The week before, in which one region failed more; and this very fleet under another policy. */
export function before(now: SideCampaign): SideCampaign[] {
  const worse = Math.round(0.06 * (now.regions[0]?.[1] ?? 0));
  const regions = now.regions.map(
    ([region, devices, failures], at) => [region, devices, at === 0 ? failures + worse : failures] as const,
  );
  return [
    {
      ...now,
      is_shown: false,
      campaign: "winter-rollout",
      title: "Winter rollout",
      seed: 43,
      failed: now.failed + worse,
      regions,
    },
    {
      ...now,
      is_shown: false,
      campaign: "spring-careful",
      title: "Spring, careful",
      policy: "field, version 1",
      retried: 0.8,
    },
  ];
}

const absent = (row: Row): Row => ({
  ...row,
  reported: false,
  findings: 0,
  finding_rate: null,
  finding_rate_low: null,
  finding_rate_high: null,
  mean_trusted: null,
});

/** A campaign without a device. */
export function empty(): Marts {
  const marts = fleet({ devicesPerRegion: 0, regions: [], triage: 0 });
  const summary = marts.campaign_summary?.[0];
  for (const name of Object.keys(marts)) marts[name] = [];
  const nothing = { devices: 0, success: 0, partial: 0, recovered: 0, quarantined: 0, failed: 0, failure_rate: null };
  const rest = {
    recovery_rate: null,
    triage_open: 0,
    injected_faults: 0,
    found_faults: 0,
    checks_passed: 0,
    checks_total: 0,
  };
  marts.campaign_summary = [{ ...summary, ...nothing, ...rest, fault_rate: null, fault_profile: null } as Row];
  return marts;
}

/** Regions that differ by chance alone, generated and nothing since: no fault, no decision, no validation. */
export function undecided(): Marts {
  const marts = alike();
  const none = [
    "recovery_action_summary",
    "fault_detection",
    "detection_score",
    "batch_timeline",
    "worker_throughput",
    "invariants",
    "triage_open",
    "triage_work",
    "rule_finding",
  ];
  for (const name of none) marts[name] = [];
  marts.triage_standing = standingRows([], {});
  Object.assign(marts.policy_setting?.[0] ?? {}, { has_decided: false });
  Object.assign(marts.roi_base?.[0] ?? {}, { retried: 0, rolled_back: 0, held: 0, worked_by_person: 0 });
  marts.battery_step = (marts.battery_step ?? []).map((row) => ({ ...row, retried: 0, rolled: 0 }));
  const summary = marts.campaign_summary?.[0] ?? {};
  Object.assign(marts.roi_base?.[0] ?? {}, { undecided: summary.failed });
  const later = {
    injected_faults: 0,
    found_faults: 0,
    fault_rate: null,
    fault_profile: null,
    checks_passed: 0,
    checks_total: 0,
  };
  Object.assign(summary, {
    partial: summary.failed,
    contradicted: 12,
    recovered: 0,
    quarantined: 0,
    triage_open: 0,
    recovery_rate: 0,
    ...later,
  });
  return marts;
}

/** Regions that differ by chance alone. */
export const alike = (): Marts =>
  fleet({ devicesPerRegion: 600, regions: REGIONS.map(([name]) => [name, 0.33]), triage: 12 });

export function fleet(options: FleetOptions): Marts {
  const cells = stageCells(options);
  const { failure, stage, ranking } = regionRows(cells, options);
  const devices = options.devicesPerRegion * options.regions.length;
  const failed = failure.reduce((sum, row) => sum + Number(row.failures), 0);
  const quarantined = options.triage;
  const counts = { Success: devices - failed, Recovered: failed - quarantined, Quarantined: quarantined, Partial: 0 };
  const faults = faultRows(options.devicesPerRegion > 0 ? 40 : 0);
  const open = triageRows(options);
  const worked = options.worked ?? {};
  const actions = failure.flatMap((row) => actionRows(row));
  const marts: Marts = {
    campaign_summary: [summary(devices, failed, counts, faults)],
    fleet_status: Object.entries(counts).map(([update_status, n], index) => {
      const { rate, rate_low, rate_high } = wilson(n, devices);
      return { update_status, ordinal: index + 1, devices: n, share: rate, share_low: rate_low, share_high: rate_high };
    }),
    region_status: failure.flatMap((row) => statusRows(row)),
    region_failure: failure,
    region_stage_failure: stage,
    bottleneck_ranking: ranking,
    model_failure: modelRows(),
    ...errorMarts(failure, options),
    recovery_action_summary: actions,
    ...outlookMarts(failure, actions, options.triage + (worked.recovered ?? 0) + (worked.rejected ?? 0)),
    fault_detection: faults,
    detection_score: scoreRows(faults),
    chaos_summary: [chaosRow(devices, faults)],
    ...notebookRows(failure, faults),
    data_quality: qualityRows(options),
    triage_open: open,
    triage_standing: standingRows(open, worked),
    triage_work: workRows(worked),
    batch_timeline: timelineRows(failed, 4),
    worker_throughput: [0, 1, 2, 3].map((worker) => ({
      stage: "recover",
      worker,
      batches: 4,
      rows: 3200 + 90 * worker,
      busy_ms: 640 + 9 * worker,
      rows_per_second: 5000 - 60 * worker,
    })),
    invariants: invariantRows(),
    import_rejects: [],
    runs: runRows(devices),
  };
  return { ...marts, ...campaignMarts([shown(marts)]) };
}

function invariantRows(): Row[] {
  return PROMISES.map(([check_name, promise], index) => ({
    ordinal: index + 1,
    check_name,
    promise,
    expected: "0",
    actual: "0",
    passed: true,
    query: `SELECT count(*)\nFROM device_report\nWHERE campaign_id = $1 AND device_id < 'x'`,
    checked_at: "2026-03-02T10:16:02Z",
  }));
}

function runRows(devices: number): Row[] {
  return ["generate", "corrupt", "recover", "validate"].map((name, index) => ({
    started_at: `2026-03-02T10:15:0${index}Z`,
    stage: name,
    result: "succeeded",
    duration_ms: 900 + 420 * index,
    version: "0.1.0",
    options: JSON.stringify({ devices, seed: 42, workers: 4 }),
  }));
}

function summary(devices: number, failed: number, counts: Record<string, number>, faults: readonly Row[]): Row {
  const sum = (key: string): number => faults.reduce((total, row) => total + Number(row[key]), 0);
  return {
    campaign: "spring-rollout",
    title: "Spring rollout of 2.0.0",
    owner: "Ada Moreno",
    source: "generated",
    source_file: null,
    seed: "42",
    firmware_to: "2.0.0",
    devices,
    rejected: 0,
    fault_rate: 0.015,
    fault_profile: "default",
    rules: "default",
    rules_version: 1,
    success: counts.Success ?? 0,
    partial: counts.Partial ?? 0,
    recovered: counts.Recovered ?? 0,
    quarantined: counts.Quarantined ?? 0,
    failed,
    contradicted: 0,
    failure_rate: devices === 0 ? null : failed / devices,
    recovery_rate: failed === 0 ? null : (counts.Recovered ?? 0) / failed,
    triage_open: counts.Quarantined ?? 0,
    injected_faults: sum("injected"),
    found_faults: sum("found"),
    checks_passed: PROMISES.length,
    checks_total: PROMISES.length,
    snapshot_id: "5f3a9c0e2b71",
    taken_at: "2026-03-02T10:16:05Z",
    version: "0.1.0",
  };
}

function statusRows(row: Row): Row[] {
  const n = Number(row.devices);
  const counts = {
    Success: n - Number(row.failures),
    Recovered: Number(row.recovered),
    Quarantined: Number(row.quarantined),
  };
  return Object.entries(counts).map(([update_status, devices]) => ({
    region: row.region ?? null,
    update_status,
    devices,
    region_devices: n,
    ...wilson(devices, n),
  }));
}

function actionRows(row: Row): Row[] {
  const total = Number(row.failures);
  const triage = Number(row.quarantined);
  const retry = Math.round((total - triage) * 0.55);
  const actions = [
    ["RETRY_UPDATE", "battery_above_12_5", retry],
    ["FORCE_ROLLBACK", "otherwise", total - triage - retry],
    ["MANUAL_TRIAGE", null, triage],
  ] as const;
  return actions.map(([action, policy_rule, devices]) => ({
    action,
    policy_rule,
    region: row.region ?? null,
    devices,
    share_of_region: devices / total,
  }));
}
