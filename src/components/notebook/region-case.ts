import type { Answer } from "../answer.js";
import { gapToRest } from "../answers/regions.js";
import { percent, place, points, short, whole } from "../format.js";
import { groupBy } from "../group.js";
import type { RegionFailure } from "../rows.js";
import type { GapRow } from "./columns.js";
import { type Gap, gapOf, gapWithin, isClear, sideOf } from "./gap.js";
import { gapText } from "./gap-chart.js";
import type { RegionMakeup } from "./rows.js";

/** One region against all others: as they are, and among devices of one model and one version alone. */
export interface RegionCase {
  readonly region: string;
  /** Whether it is the region that was asked about before anybody looked. */
  readonly asked: boolean;
  readonly plain: Gap;
  readonly alike: Gap | undefined;
}

/** The region that the notebook asks about; where the campaign has none of that name, the one furthest above the others. */
export function regionCase(
  asked: string,
  regions: readonly RegionFailure[],
  makeup: readonly RegionMakeup[],
): RegionCase | undefined {
  const worst = [...regions].sort((a, b) => gapToRest(b, regions) - gapToRest(a, regions))[0]?.region;
  const region = regions.some((one) => one.region === asked) ? asked : worst;
  if (region === undefined || region === null) return undefined;
  const split = <T extends { region: string | null; devices: number; failures: number }>(rows: readonly T[]) =>
    [sideOf(rows.filter((row) => row.region === region)), sideOf(rows.filter((row) => row.region !== region))] as const;
  const row = regions.find((one) => one.region === region);
  const plain = gapOf(row, (row?.devices ?? 0) + (row?.rest_devices ?? 0));
  if (!plain) return undefined;
  const strata = [...groupBy(makeup, (row) => `${row.model}\n${row.firmware_from}`).values()].map(split);
  return { region, asked: region === asked, plain, alike: gapWithin(strata) };
}

export const caseRows = ({ plain, alike }: RegionCase): GapRow[] => [
  { label: "All devices", ...plain },
  ...(alike ? [{ label: "Same model, same version", ...alike }] : []),
];

/** Why is it slow? That it is slow, no report says; that it fails more often, they may. */
export function regionCaseAnswer(found: RegionCase | undefined, regions: readonly RegionFailure[]): Answer {
  if (!found)
    return {
      headline: "There is no region to compare with others.",
      detail: "It takes devices of at least two regions; npm run pipeline makes some.",
    };
  const { plain, alike, asked } = found;
  const name = short(place(found.region));
  const row = regions.find(({ region }) => region === found.region);
  const numbers = `${percent(row?.rate)} of its ${whole(row?.devices)} devices failed at first, ${gapText(plain)} points against all others.`;
  const picked = asked ? "" : ` It was picked because it is the worst, which its interval does not know.`;
  if (!isClear(plain) || plain.gap < 0)
    return {
      headline: `${name} does not fail more often than the others, as far as this campaign can tell.`,
      detail: `${isClear(plain) ? "It fails less often." : "No detectable difference."} ${numbers}${picked}`,
    };
  return {
    headline: `${name} is not known to be slow: it fails more often, by ${points(plain.gap).replace("+", "")} points.`,
    detail: `${numbers} ${explained(plain, alike)}${picked}`,
  };
}

/** How much of a gap is left between devices that are alike. */
function explained(plain: Gap, alike: Gap | undefined): string {
  if (!alike) return "No other region has devices of the same model and version, so nothing alike can be compared.";
  if (!isClear(alike))
    return `Between devices of one model and version no difference is left (${gapText(alike)}): its mix explains it.`;
  return alike.low <= plain.gap && plain.gap <= alike.high
    ? `Its mix of models and versions does not explain it: between devices that are alike ${gapText(alike)} are left.`
    : `Its mix of models and versions explains a part: between devices that are alike ${gapText(alike)} are left.`;
}
