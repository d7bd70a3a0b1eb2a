import type { CampaignDifference, CampaignRate, CampaignSetting } from "./campaign-rows.js";

/** Two campaigns by their names: how the first differs from the second. */
export interface Pair {
  readonly a: string;
  readonly b: string;
}

/** The campaign that is shown against the one before it; where there is none, against the one after it. */
export function usualPair(rates: readonly CampaignRate[]): Pair {
  const at = shownAt(rates);
  const other = rates[at + 1] ?? rates[at - 1];
  return { a: rates[at]?.campaign ?? "", b: other?.campaign ?? "" };
}

/** The campaign that is shown against the one before it, if there is one. */
export const lastPair = (rates: readonly CampaignRate[]): Pair | undefined =>
  rates[shownAt(rates) + 1] && usualPair(rates);

const shownAt = (rates: readonly CampaignRate[]): number =>
  Math.max(
    0,
    rates.findIndex((row) => row.is_shown),
  );

/** The differences of a pair, seen from its first campaign. */
export const differencesOf = (rows: readonly CampaignDifference[], { a, b }: Pair): CampaignDifference[] =>
  rows.flatMap((row) => (row.a === a && row.b === b ? [row] : row.a === b && row.b === a ? [turned(row)] : []));

const OPPOSITE: Readonly<Record<string, string>> = { higher: "lower", lower: "higher" };
const less = (value: number | null): number | null => (value === null ? null : 0 - value);

const turned = (row: CampaignDifference): CampaignDifference => ({
  ...row,
  ...{ a: row.b, b: row.a, events_a: row.events_b, devices_a: row.devices_b },
  ...{ events_b: row.events_a, devices_b: row.devices_a },
  ...{ difference: less(row.difference), low: less(row.high), high: less(row.low) },
  verdict: OPPOSITE[row.verdict] ?? row.verdict,
});

/** A setting that two campaigns do not share. */
export interface SettingDifference {
  readonly setting: string;
  readonly in_a: string | null;
  readonly in_b: string | null;
  readonly decides: boolean;
}

/** What differs between the settings of a pair, what figures can hang on first. */
export function settingsThatDiffer(rows: readonly CampaignSetting[], { a, b }: Pair): SettingDifference[] {
  const of = (campaign: string): CampaignSetting[] => rows.filter((row) => row.campaign === campaign);
  const others = new Map(of(b).map((row) => [row.setting, row.value]));
  return of(a)
    .map(({ setting, value, decides }) => ({
      ...{ setting, decides, in_a: value, in_b: others.get(setting) ?? null },
    }))
    .filter((row) => row.in_a !== row.in_b && !isUnknown(row))
    .sort((one, other) => Number(other.decides) - Number(one.decides));
}

/** A campaign that held no device back does not say which version of its rules judged it. */
const isUnknown = ({ setting, in_a, in_b }: SettingDifference): boolean =>
  setting === "rules version" && (in_a === null || in_b === null);
