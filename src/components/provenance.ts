import { element } from "./element.js";
import { moment } from "./format.js";
import type { Campaign } from "./rows.js";
import { visible } from "./visible.js";

/** Where the numbers of a page come from, so that anyone can make them again. */
export function provenance(campaign: Campaign | undefined): HTMLElement {
  if (!campaign) return element("div", { class: "provenance" }, "There is no campaign in this snapshot.");
  const facts: readonly (readonly [string, string])[] = [
    ["Campaign", campaign.title === campaign.campaign ? campaign.title : `${campaign.title} (${campaign.campaign})`],
    ...(campaign.source_file ? ([["File", campaign.source_file]] as const) : []),
    ["Seed", String(campaign.seed)],
    ["Rules", `${campaign.rules}, version ${campaign.rules_version}`],
    ["Snapshot taken", moment(campaign.taken_at)],
    ["Snapshot", campaign.snapshot_id],
    ["Sentinel OTA", campaign.version ?? "not known"],
  ];
  return element(
    "dl",
    { class: "provenance" },
    facts.map(([term, fact]) => element("div", {}, element("dt", {}, term), element("dd", {}, visible(fact)))),
  );
}
