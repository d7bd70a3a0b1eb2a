import type { Answer } from "../answer.js";
import { count } from "../format.js";
import type { Campaign } from "../rows.js";

/** What the notebooks are about: a campaign with devices, or nothing yet. */
export function notebooksAnswer(campaign: Campaign | undefined): Answer {
  if (!campaign || campaign.devices === 0)
    return {
      headline: "There is nothing to ask yet: the campaign holds no devices.",
      detail: "npm run pipeline makes a fleet, or imports one.",
    };
  return {
    headline: `Whatever ${count(campaign.devices, "report")} can answer; these questions were asked of them.`,
    detail: "Each notebook answers again whenever the data changes.",
  };
}
