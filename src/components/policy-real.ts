import type { Policy } from "sentinel-ota/domain";
import { commandRow } from "./command-row.js";
import { type Content, element } from "./element.js";
import type { Campaign } from "./rows.js";
import { saveFile } from "./save-file.js";
import { shellWord } from "./visible.js";

const FILE = "what-if";

/** The policy as a file, and the commands that try it and make it real. */
export function policyReal(policy: Policy, campaign: Campaign, hasDecided: boolean): Content {
  const text = `${JSON.stringify({ ...policy, name: FILE }, null, 2)}\n`;
  return element(
    "div",
    { class: "policy-real" },
    element(
      "ol",
      {},
      element(
        "li",
        {},
        "Save the file as ",
        element("code", {}, `data/policy/${FILE}.json`),
        ". ",
        saveFile("Save the policy", `${FILE}.json`, text),
      ),
      element("li", {}, hasDecided ? DECIDED : OPEN, commandsFor(campaign, hasDecided).map(commandRow)),
    ),
    element(
      "details",
      {},
      element("summary", {}, "The file"),
      element("pre", { class: "sql", tabindex: 0, "aria-label": "The policy as a file" }, text),
    ),
  );
}

const OPEN = "See what it would decide, and decide by it:";
const DECIDED =
  "This campaign is decided, each device at most once, and stays so. Take the same fleet through once more beside it, up to what the policy would decide:";

function commandsFor(campaign: Campaign, hasDecided: boolean): string[] {
  const name = shellWord(campaign.campaign);
  if (name === undefined) return [];
  if (!hasDecided)
    return ["--dry-run ", ""].map((dry) => `npm run recover -- --policy ${FILE} ${dry}--campaign ${name}`);
  const beside = shellWord(`${campaign.campaign}-${FILE}`);
  const profile = shellWord(campaign.fault_profile ?? "default");
  const source =
    campaign.source === "generated"
      ? `--devices ${campaign.devices} --seed ${campaign.seed}`
      : `--from ${shellWord(campaign.source_file ?? "") ?? "fleet.csv"}`;
  if (profile === undefined) return [];
  return [
    `npm run generate -- ${source} --campaign ${beside}`,
    ...(campaign.fault_profile === null
      ? []
      : [`npm run corrupt -- --profile ${profile} --fault-rate ${campaign.fault_rate} --campaign ${beside}`]),
    `npm run recover -- --policy ${FILE} --rules ${shellWord(campaign.rules)} --campaign ${beside} --dry-run`,
  ];
}
