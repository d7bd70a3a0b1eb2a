import type { Answer } from "../answer.js";
import { count, percent, words } from "../format.js";
import { groupBy } from "../group.js";
import type { Campaign, TriageItem } from "../rows.js";

/** What must a person do? */
export function triageAnswer(items: readonly TriageItem[], campaign: Campaign | undefined): Answer {
  if (items.length === 0)
    return { headline: "Nothing waits for a person.", detail: "No device is quarantined in this snapshot." };
  const rules = [...groupBy(items, (item) => item.rule_id)].sort(([, a], [, b]) => b.length - a.length);
  const [rule, first] = rules[0] ?? ["", []];
  const share =
    campaign && campaign.failed > 0
      ? ` That is ${percent(items.length / campaign.failed)} of the devices that failed.`
      : "";
  return {
    headline: `${count(items.length, "device")} ${items.length === 1 ? "needs" : "need"} a decision.`,
    detail:
      `Their telemetry breaks a rule, so no action was taken on it.${share} ` +
      `Most often: ${words(rule)} (${count(first.length, "device")}, ${percent(first.length / items.length)}).`,
  };
}
