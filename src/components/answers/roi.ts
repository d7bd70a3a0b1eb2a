import { returnOf, type Values, valuesOf } from "sentinel-ota/domain";
import type { Answer } from "../answer.js";
import { count, percent, whole } from "../format.js";
import { money } from "../money.js";
import type { AssumptionRow, RoiBaseRow } from "../outlook-rows.js";
import type { Campaign } from "../rows.js";

/** What did recovery save? `values` are the middle ones, or those that a reader chose instead. */
export function roiAnswer(
  campaign: Campaign | undefined,
  base: RoiBaseRow | undefined,
  assumptions: readonly AssumptionRow[],
  values: Values,
): Answer {
  if (!campaign || !base || campaign.devices === 0)
    return { headline: "There is nothing to reckon yet.", detail: "This campaign holds no devices." };
  if (base.failed === 0)
    return { headline: "There was nothing to save.", detail: "Every device updated at the first attempt." };
  const decided = base.retried + base.rolled_back;
  if (decided === 0)
    return {
      headline: "Recovery has saved nothing yet: it has decided for no device.",
      detail: `${whole(base.undecided)} of ${count(base.failed, "device")} that failed wait for it, and ${whole(base.held)} for a person.`,
    };
  const currency = assumptions[0]?.currency ?? "";
  const [low, mid, high] = endsOf(base, assumptions, values).map((amount) => money(amount, currency)) as [
    string,
    string,
    string,
  ];
  const unsourced = assumptions.filter(({ source }) => source === null).length;
  const isLoss = returnOf(base, valuesOf({ assumptions }, "least")) < 0;
  return {
    headline: `Between ${low} and ${high}, ${mid} in the middle: ${unsourced} of ${count(assumptions.length, "assumption")} ${unsourced === 1 ? "has" : "have"} no source.`,
    detail:
      `${isLoss ? "At the low end recovery cost more than it saved. " : ""}It rests on ${count(decided, "device")} of ${whole(base.failed)} that failed (${percent(decided / base.failed)}), ` +
      `for which ${whole(base.retried)} retries and ${whole(base.rolled_back)} rollbacks were decided. The campaign's data end with the decision: not one of them is confirmed to have worked, and how many did is an assumption.`,
  };
}

/** The return with every assumption at the end that gives the least, as chosen, and at the end that gives the most. */
export function endsOf(base: RoiBaseRow, assumptions: readonly AssumptionRow[], values: Values): number[] {
  return [valuesOf({ assumptions }, "least"), values, valuesOf({ assumptions }, "most")].map((all) =>
    returnOf(base, all),
  );
}
