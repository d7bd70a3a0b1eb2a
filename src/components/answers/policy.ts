import { type Edits, knobsOf, type Move, type Policy } from "sentinel-ota/domain";
import type { Answer } from "../answer.js";
import { count, list, percent, whole } from "../format.js";
import { sumOf } from "../group.js";
import type { PolicySetting } from "../outlook-rows.js";
import { changes, OUTCOME_NAME, outcomeCounts } from "../policy-outcome.js";
import { thresholdText } from "../policy-words.js";
import type { Campaign } from "../rows.js";
import { visible } from "../visible.js";

/** What if the line were elsewhere? `policy` is the campaign's. */
export function policyAnswer(
  campaign: Campaign | undefined,
  setting: PolicySetting | undefined,
  policy: Policy | null,
  edits: Edits,
  moves: readonly Move[],
): Answer {
  if (!campaign || campaign.devices === 0)
    return { headline: "There is nothing to decide yet.", detail: "This campaign holds no devices." };
  if (campaign.failed === 0)
    return { headline: "There is nothing to decide.", detail: "Every device updated at the first attempt." };
  if (!setting || setting.reason !== null || !policy)
    return {
      headline: `The policy ${visible(setting?.policy ?? "")} can't be tried here.`,
      detail: `${setting?.reason ?? ""} npm run recover -- --policy ${visible(setting?.policy ?? "")} --dry-run counts what it would decide where nothing is decided yet.`,
    };
  const scope = `All ${count(campaign.failed, "device")} that failed are counted as they reported, by the engine's own rules; these are counts, no estimates.`;
  const moved = changes(moves);
  if (Object.keys(edits).length === 0) return asItIs(setting, moves, scope);
  const where = whatChanged(policy, edits);
  if (moved.length === 0)
    return { headline: `${where}, nothing would be decided differently: no device would move.`, detail: scope };
  const [first, ...rest] = moved.map(moveText);
  const total = sumOf(moved, (move) => move.devices);
  return {
    headline: `${where}, ${first}.`,
    detail:
      `${rest.length > 0 ? `Besides, ${list(rest)}. ` : ""}` +
      `In all, ${count(total, "device")} (${percent(total / campaign.failed)} of ${whole(campaign.failed)}) would be decided differently. ${scope}`,
  };
}

function asItIs({ policy, has_decided }: PolicySetting, moves: readonly Move[], scope: string): Answer {
  const total = sumOf(moves, (move) => move.devices);
  const parts = outcomeCounts(moves).map(
    ({ outcome, from }) => `${whole(from)} ${from === 1 ? "is" : "are"} ${OUTCOME_NAME[outcome].toLowerCase()}`,
  );
  const unused = has_decided ? "" : " Recovery has not run yet.";
  return {
    headline: `By policy ${visible(policy)}, of ${count(total, "device")} that failed ${list(parts)}.`,
    detail: `Move a line below, and this says what would change.${unused} ${scope}`,
  };
}

const moveText = ({ from, to, devices }: Omit<Move, "region">): string =>
  `${count(devices, "device is", "devices are")} ${OUTCOME_NAME[to].toLowerCase()} instead of ${OUTCOME_NAME[from].toLowerCase()}`;

/** One line that was moved is named; more are counted. */
function whatChanged(policy: Policy, edits: Edits): string {
  const keys = Object.keys(edits);
  const [knob] = knobsOf(policy).filter(({ key }) => key === keys[0]);
  if (keys.length > 1 || !knob) return `With ${count(keys.length, "change")}`;
  if (knob.kind === "threshold") return `With the line at ${thresholdText(knob.field, Number(edits[knob.key]))}`;
  if (knob.kind === "line") return `Without the line ${knob.rule}`;
  if (knob.kind === "code") return `With ${knob.code} left out of ${knob.rule}`;
  return `With ${knob.rule} another action`;
}
