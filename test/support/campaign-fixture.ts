import { type Row, wilson } from "./fleet-fixture.ts";

/** A campaign beside others, for tests of the site that need no database. */
export interface SideCampaign {
  readonly campaign: string;
  readonly title: string;
  readonly is_shown?: boolean;
  /** Two of the same seed are one fleet. */
  readonly seed: number;
  readonly policy: string;
  /** Share of the failed devices for which a retry was decided. */
  readonly retried: number;
  readonly devices: number;
  readonly failed: number;
  readonly quarantined: number;
  readonly regions: readonly (readonly [name: string, devices: number, failures: number])[];
}

/** The marts that compare campaigns, the newest first. */
export function campaignMarts(all: readonly SideCampaign[]): Record<string, Row[]> {
  return {
    campaign_rate: all.map((one, at) => rateRow(one, at + 1, all.length)),
    campaign_setting: all.flatMap(settingRows),
    campaign_difference: all.flatMap((a, at) => all.slice(at + 1).flatMap((b) => differenceRows(a, b))),
  };
}

function rateRow(one: SideCampaign, ordinal: number, campaigns: number): Row {
  const { campaign, title, is_shown = false, seed, devices, failed, quarantined } = one;
  const recovered = failed - quarantined;
  const recovery = wilson(recovered, failed);
  const quarantine = wilson(quarantined, failed);
  return {
    ...{ campaign, title, ordinal, is_shown, source: "generated", fleet: String(seed), campaigns },
    ...{ created_at: `2026-03-02T0${9 - ordinal}:00:00.000Z`, devices, failed, ...wilson(failed, devices) },
    ...{ recovered, recovery_rate: recovery.rate, recovery_low: recovery.rate_low, recovery_high: recovery.rate_high },
    ...{ quarantined, quarantine_rate: quarantine.rate, quarantine_low: quarantine.rate_low },
    ...{ quarantine_high: quarantine.rate_high, undecided: 0 },
  };
}

const settingRows = ({ campaign, seed, devices, policy }: SideCampaign): Row[] =>
  (
    [
      ["seed", String(seed), true],
      ["devices", String(devices), true],
      ["file", null, true],
      ["policy", policy, true],
      ["created", `2026-03-0${1 + (seed % 7)}T10:00:00.000Z`, false],
    ] as const
  ).map(([setting, value, decides], at) => ({ campaign, setting, ordinal: at + 1, value, decides }));

type Count = readonly [scope: string, name: string, events: number, devices: number];

function countsOf({ devices, failed, quarantined, retried, regions }: SideCampaign): Count[] {
  const retries = Math.round((failed - quarantined) * retried);
  return [
    ["fleet", "failed", failed, devices],
    ["decision", "RETRY_UPDATE", retries, failed],
    ["decision", "FORCE_ROLLBACK", failed - quarantined - retries, failed],
    ["decision", "MANUAL_TRIAGE", quarantined, failed],
    ...regions.map(([name, n, failures]): Count => ["region", name, failures, n]),
    ["stage", "DOWNLOADING", Math.round(failed / 2), devices],
    ["error", "connection_lost", Math.round(failed / 3), devices],
  ];
}

/** The interval stands in for the test: a difference is clear where it leaves zero out. */
function differenceRows(a: SideCampaign, b: SideCampaign): Row[] {
  const others = new Map(countsOf(b).map((count) => [`${count[0]} ${count[1]}`, count]));
  const isSame = a.seed === b.seed;
  return countsOf(a).map(([scope, name, events, devices]) => {
    const [, , otherEvents, otherDevices] = others.get(`${scope} ${name}`) ?? [scope, name, 0, 0];
    const one = wilson(events, devices);
    const two = wilson(otherEvents, otherDevices);
    const difference = one.rate === null || two.rate === null ? null : one.rate - two.rate;
    const bounds =
      difference === null || isSame ? null : newcombe(difference, [one, two] as unknown as readonly [Bounds, Bounds]);
    return {
      ...{ a: a.campaign, b: b.campaign, relation: isSame ? "same fleet" : "other fleet", scope, name },
      ...{ events_a: events, devices_a: devices, events_b: otherEvents, devices_b: otherDevices, difference },
      ...{ low: bounds?.low ?? null, high: bounds?.high ?? null },
      ...{ p_value: bounds ? 0.01 : null, p_holm: bounds ? 0.02 : null, verdict: verdictOf(difference, bounds) },
    };
  });
}

type Bounds = Record<"rate" | "rate_low" | "rate_high", number>;

const newcombe = (difference: number, [one, two]: readonly [Bounds, Bounds]): { low: number; high: number } => ({
  low: difference - Math.hypot(one.rate - one.rate_low, two.rate_high - two.rate),
  high: difference + Math.hypot(one.rate_high - one.rate, two.rate - two.rate_low),
});

function verdictOf(difference: number | null, bounds: { low: number; high: number } | null): string {
  if (difference === null) return "not tested";
  if (bounds && bounds.low <= 0 && bounds.high >= 0) return "no detectable difference";
  return difference === 0 ? "equal" : difference > 0 ? "higher" : "lower";
}
