import type { TriageItem } from "./rows.js";
import { proposedFor } from "./triage-proposal.js";
import { shellWord } from "./visible.js";

/** A command that a person may paste, and what it does. */
export interface TriageCommand {
  readonly label: string;
  /** Undefined where the id of the device, or the name of the campaign, cannot be pasted. */
  readonly text: string | undefined;
}

const WHY = ' --why "..."';

/** Fixes every open device that broke the rule with the values that rules propose. */
export function fixAll(rule: string, campaign: string): string | undefined {
  const [ruleWord, campaignWord] = [shellWord(rule), shellWord(campaign)];
  if (ruleWord === undefined || campaignWord === undefined) return undefined;
  return `npm run triage -- fix --all --rule ${ruleWord} --proposed --yes --campaign ${campaignWord}${WHY}`;
}

/** The same for the rule that proposes how to fix this device; undefined where none does, or it is not enough. */
export function fixAllFor(item: TriageItem, campaign: string): string | undefined {
  const [first] = item.is_enough ? proposedFor(item) : [];
  return first && fixAll(first.rule, campaign);
}

/** What can be done with a device, the likeliest first. A decision names the version that the page shows: on a later one it is refused. */
export function commandsFor(item: TriageItem, campaign: string): readonly TriageCommand[] {
  const { field, version, is_enough } = item;
  const [device, name] = [shellWord(item.device_id), shellWord(campaign)];
  const command = (verb: string, options = "", why = ""): string | undefined =>
    device && name ? `npm run triage -- ${verb} ${device}${options} --campaign ${name}${why}` : undefined;
  const decide = (verb: string, options: string): string | undefined =>
    command(verb, `${options} --version ${version}`, WHY);
  const show = { label: "See all that the database holds of it", text: command("show") };
  const reject = {
    label: "Give its telemetry up and roll it back",
    text: decide("reject", " --action FORCE_ROLLBACK"),
  };
  const own = { label: "Fix it with a value that you know", text: decide("fix", ` ${field}=...`) };
  if (!is_enough) return field === "device_id" ? [show, reject] : [show, own, reject];
  const rules = [...new Set(proposedFor(item).map(({ rule }) => rule))];
  return [
    { label: "Fix it with what the rules propose", text: decide("fix", " --proposed") },
    ...rules.map((rule) => ({
      label: `The same for every device that breaks ${rule}`,
      text: fixAll(rule, campaign),
    })),
    show,
    reject,
  ];
}
