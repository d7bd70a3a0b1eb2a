import type { Answer } from "../answer.js";
import { count, percent, whole } from "../format.js";
import type { Campaign } from "../rows.js";
import { contradictedNote } from "./contradicted.js";

/** Are we recovered; what is left? */
export function overviewAnswer(campaign: Campaign | undefined): Answer {
  if (!campaign || campaign.devices === 0) {
    return { headline: "There is no fleet to report on yet.", detail: "This campaign holds no devices." };
  }
  const { devices, failed, success, recovered, partial, triage_open } = campaign;
  if (failed === 0)
    return {
      headline: `All ${whole(devices)} devices updated at the first attempt.`,
      detail: "There is nothing to recover.",
    };
  if (recovered + triage_open === 0) {
    const detail = `${percent(failed / devices)} of ${whole(devices)} devices failed at first, and nothing was decided for any of them.${contradictedNote(campaign)}`;
    return { headline: `Not yet: ${count(partial, "device")} still wait for recovery.`, detail };
  }
  const settled = `${percent((success + recovered) / devices)} of ${whole(devices)} devices updated or were recovered`;
  const left = [
    triage_open > 0 ? `${count(triage_open, "waits", "wait")} for a person` : "",
    partial > 0 ? `${count(partial, "is", "are")} still undecided` : "",
  ].filter((part) => part !== "");
  return {
    headline: left.length === 0 ? `Yes: ${settled}, none is left.` : `${settled}; ${left.join(", ")}.`,
    detail:
      `${count(failed, "device")} (${percent(failed / devices)}) failed at first. For ${percent(recovered / failed)} of them ` +
      `a retry or a rollback was decided. Recovered means decided: whether a device then confirmed it is not in this data.${contradictedNote(campaign)}`,
  };
}
