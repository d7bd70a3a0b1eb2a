import type { Figure } from "./cards.js";
import { percent, whole } from "./format.js";
import type { Campaign } from "./rows.js";
import { visible } from "./visible.js";

/** The figures at the head of the overview. */
export const overviewFigures = (campaign: Campaign | undefined): Figure[] =>
  campaign ? [...fleetFigures(campaign), ...trustFigures(campaign)] : [];

function fleetFigures({
  devices,
  failed,
  failure_rate,
  contradicted,
  recovered,
  recovery_rate,
  ...rest
}: Campaign): Figure[] {
  const { firmware_to, triage_open, partial } = rest;
  return [
    {
      label: "Devices",
      value: whole(devices),
      note: firmware_to ? `being updated to ${visible(firmware_to)}` : "in the rollout",
    },
    {
      label: "Failed at first",
      value: percent(failure_rate),
      note:
        contradicted > 0
          ? `${whole(failed)} devices, of which ${whole(contradicted)} reported success`
          : `${whole(failed)} reported a partial update`,
    },
    { label: "Recovered", value: percent(recovery_rate), note: `${whole(recovered)} of ${whole(failed)} that failed` },
    {
      label: "Wait for a person",
      value: whole(triage_open),
      note: partial > 0 ? `and ${whole(partial)} undecided` : "in the triage queue",
      attention: triage_open + partial > 0,
    },
  ];
}

function trustFigures({ injected_faults, found_faults, checks_passed, checks_total }: Campaign): Figure[] {
  return [
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
