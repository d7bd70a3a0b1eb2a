import type { Figure } from "./cards.js";
import { percent, whole } from "./format.js";
import type { Campaign } from "./rows.js";

/** The figures at the head of the overview. */
export function overviewFigures(campaign: Campaign | undefined): Figure[] {
  if (!campaign) return [];
  const {
    devices,
    failed,
    recovered,
    triage_open,
    partial,
    checks_passed,
    checks_total,
    injected_faults,
    found_faults,
  } = campaign;
  return [
    {
      label: "Devices",
      value: whole(devices),
      note: campaign.firmware_to ? `being updated to ${campaign.firmware_to}` : "in the rollout",
    },
    {
      label: "Failed at first",
      value: percent(campaign.failure_rate),
      note: `${whole(failed)} reported a partial update`,
    },
    {
      label: "Recovered",
      value: percent(campaign.recovery_rate),
      note: `${whole(recovered)} of ${whole(failed)} that failed`,
    },
    {
      label: "Wait for a person",
      value: whole(triage_open),
      note: partial > 0 ? `and ${whole(partial)} undecided` : "in the triage queue",
      attention: triage_open + partial > 0,
    },
    {
      label: "Faults found",
      value: injected_faults > 0 ? percent(found_faults / injected_faults) : "–",
      note: injected_faults > 0 ? `${whole(found_faults)} of ${whole(injected_faults)} injected` : "none were injected",
      attention: found_faults < injected_faults,
    },
    {
      label: "Promises kept",
      value: checks_total > 0 ? `${checks_passed} of ${checks_total}` : "–",
      note: checks_total > 0 ? "invariants hold" : "not validated yet",
      attention: checks_passed < checks_total,
    },
  ];
}
