import { differencesOf, lastPair } from "../campaign-pair.js";
import type { CampaignDifference } from "../campaign-rows.js";
import { points } from "../format.js";
import { type Campaigns, campaignName, decisions, rates } from "./runs.js";

/** What changed since the campaign before the one that is shown, and since which; nothing where there is none to compare with. */
export interface Change {
  readonly since: string;
  readonly said: string;
}

export function changeSince(campaigns: Pick<Campaigns, "rates" | "differences">): Change | undefined {
  const pair = lastPair(campaigns.rates);
  const rows = pair ? differencesOf(campaigns.differences, pair) : [];
  const fleet = rows.find((row) => row.scope === "fleet");
  if (!pair || !fleet || fleet.difference === null) return undefined;
  return { since: campaignName(pair.b), said: SAID[fleet.relation]?.(fleet, rows) ?? "" };
}

type Say = (fleet: CampaignDifference, rows: readonly CampaignDifference[]) => string;

const SAID: Readonly<Record<string, Say>> = {
  "same fleet": (fleet, rows) =>
    `the same devices, so nothing is left to chance. ${rates({ fleet })}.${decisions(rows) || " Nothing was decided otherwise."}`,
  "nested fleets": (fleet) =>
    `one is a part of the other, so the difference is not tested. ${rates({ fleet })}, ${points(fleet.difference)} points.`,
  "other fleet": (fleet) =>
    `${tested(fleet)} ${rates({ fleet })}; 95% interval of the difference ${interval(fleet)} points.`,
};

const tested = ({ verdict, difference }: CampaignDifference): string =>
  verdict === "higher" || verdict === "lower"
    ? `first failures ${verdict === "higher" ? "up" : "down"} by ${points(Math.abs(difference ?? 0)).replace("+", "")} points, beyond noise.`
    : "no detectable difference.";

const interval = ({ low, high }: CampaignDifference): string => `${points(low)} to ${points(high)}`;
