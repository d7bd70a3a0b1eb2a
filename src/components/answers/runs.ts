import type { Answer } from "../answer.js";
import { differencesOf, type Pair, settingsThatDiffer } from "../campaign-pair.js";
import type { CampaignDifference, CampaignRate, CampaignSetting } from "../campaign-rows.js";
import { count, list, percent, points, short, whole } from "../format.js";
import { visible } from "../visible.js";

/** What the marts say of all campaigns that stand side by side. */
export interface Campaigns {
  readonly rates: readonly CampaignRate[];
  readonly differences: readonly CampaignDifference[];
  readonly settings: readonly CampaignSetting[];
}

/** What a pair of campaigns comes down to. */
interface Compared {
  readonly a: string;
  readonly b: string;
  readonly rows: readonly CampaignDifference[];
  readonly fleet: CampaignDifference;
  /** Settings that differ and on which figures can hang. */
  readonly others: readonly string[];
}

/** What changed from one run to another? */
export function runsAnswer({ rates, differences, settings }: Campaigns, pair: Pair): Answer {
  if (rates.length === 0)
    return { headline: "There is no campaign to compare yet.", detail: "Generate a fleet, or import one." };
  const single = "No other campaign of the database was whole and at rest.";
  if (rates.length === 1)
    return { headline: "There is one campaign, and so nothing to compare it with.", detail: single };
  const rows = differencesOf(differences, pair);
  const fleet = rows.find((row) => row.scope === "fleet");
  if (!fleet)
    return { headline: "The same campaign is chosen twice.", detail: "Choose another one to compare it with." };
  const others = settingsThatDiffer(settings, pair).filter((row) => row.decides);
  const compared = {
    rows,
    fleet,
    a: campaignName(pair.a),
    b: campaignName(pair.b),
    others: others.map((row) => row.setting),
  };
  if (fleet.difference === null) return nothingToCompare(compared);
  if (fleet.relation === "same fleet") return sameFleet(compared);
  return fleet.relation === "nested fleets" ? nestedFleets(compared) : otherFleet(compared);
}

/** A campaign in a sentence. */
export const campaignName = (campaign: string): string => short(visible(campaign), 40);

const nothingToCompare = ({ a, b, fleet }: Compared): Answer => ({
  headline: `${fleet.devices_a === 0 ? a : b} has no devices to compare.`,
  detail: "A rate of nothing is no rate, and so there is no difference.",
});

/** Rates of failure side by side, each with its n. */
export function rates({ fleet }: Pick<Compared, "fleet">): string {
  const [of_a, of_b] = [fleet.events_a / fleet.devices_a, fleet.events_b / fleet.devices_b];
  if (fleet.verdict === "equal")
    return `In both ${percent(of_a)} of ${count(fleet.devices_a, "device")} failed at first`;
  return `${percent(of_a)} of ${count(fleet.devices_a, "device")} failed at first, against ${percent(of_b)} of ${whole(fleet.devices_b)}`;
}

/** The same devices twice: a difference is exact, and what it comes from can only be a setting. */
function sameFleet(compared: Compared): Answer {
  const { rows, others } = compared;
  const differing = rows.filter((row) => row.verdict !== "equal" && row.difference !== null);
  const exact = `Both ran over the same devices, so nothing is left to chance and nothing is tested. ${rates(compared)}.${decisions(rows)}`;
  const what = others.length === 0 ? "same settings" : `other ${list(others)}`;
  if (differing.length === 0) return { headline: `Same fleet, ${what}: nothing differs.`, detail: exact };
  const cause =
    others.length === 0
      ? "and yet something differs"
      : others.length === 1
        ? `every difference is the ${others[0]}'s`
        : "every difference comes from these";
  return { headline: `Same fleet, ${what}${others.length === 0 ? "," : ":"} ${cause}.`, detail: exact };
}

const ACTIONS: Readonly<Record<string, string>> = {
  RETRY_UPDATE: "retried",
  FORCE_ROLLBACK: "rolled back",
  MANUAL_TRIAGE: "held for a person",
};

/** What was decided otherwise; nothing where that is all the same, or within noise. */
export function decisions(rows: readonly CampaignDifference[]): string {
  const moved = rows.filter((row) => row.scope === "decision" && isClear(row));
  if (moved.length === 0) return "";
  const said = moved.map(
    (row) =>
      `${ACTIONS[row.name] ?? row.name} ${percent(row.events_a / row.devices_a)} against ${percent(row.events_b / row.devices_b)}`,
  );
  return ` Of the failures were ${list(said)}.`;
}

function nestedFleets(compared: Compared): Answer {
  const { a, b, fleet } = compared;
  const [large, small] = fleet.devices_a > fleet.devices_b ? [a, b] : [b, a];
  return {
    headline: `${small} is a part of ${large}: their difference is not tested.`,
    detail: `One seed makes the same reports first, and more of them in the larger fleet. ${rates(compared)}, a difference of ${points(fleet.difference)} points. A test takes two fleets that share nothing: generate one from another seed.`,
  };
}

function otherFleet(compared: Compared): Answer {
  const { a, b, rows, fleet, others } = compared;
  const regions = tested(rows, ["region"]);
  const gap = points(Math.abs(fleet.difference ?? 0))
    .replace("+", "")
    .replace(/^0\.0$/, "under 0.1");
  const often = fleet.verdict === "lower" ? "less" : "more";
  const parts = tested(rows, ["model", "stage", "error"]);
  const elsewhere = `By model, stage and error ${parts.clear} of ${parts.all} differ beyond noise, held at 5% by Holm's method.`;
  const cause =
    others.length > 0 ? `Settings that differ: ${list(others)}.` : "No setting differs that could explain it.";
  return {
    headline: isClear(fleet)
      ? `${a} failed ${gap} points ${often} often than ${b}, beyond noise${inRegions(regions)}.`
      : `No detectable difference between ${a} and ${b}${inNoRegion(regions)}.`,
    detail:
      `${rates(compared)}; 95% interval of the difference ${points(fleet.low)} to ${points(fleet.high)} points. ` +
      `${elsewhere}${decisions(rows)} ${cause}`,
  };
}

const isClear = ({ verdict }: CampaignDifference): boolean => verdict === "higher" || verdict === "lower";

interface Tested {
  readonly all: number;
  readonly clear: number;
}

function tested(rows: readonly CampaignDifference[], scopes: readonly string[]): Tested {
  const of = rows.filter((row) => scopes.includes(row.scope) && row.difference !== null);
  return { all: of.length, clear: of.filter(isClear).length };
}

const inRegions = ({ all, clear }: Tested): string =>
  all < 2
    ? ""
    : all === clear
      ? "; every region differs"
      : `; in ${all - clear} of ${all} regions no detectable difference`;

const inNoRegion = ({ all, clear }: Tested): string =>
  all < 2
    ? ""
    : clear === 0
      ? `, as a whole or in any of ${all} regions`
      : ` as a whole, but in ${clear} of ${all} regions`;
