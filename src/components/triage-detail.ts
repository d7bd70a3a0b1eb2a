import { commandRow } from "./command-row.js";
import { element } from "./element.js";
import { count, fieldName, moment, place, stageName, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import { commandsFor } from "./triage-commands.js";
import { type Proposed, proposedFor } from "./triage-proposal.js";
import { visible } from "./visible.js";

/** All that is known of one quarantined device: the evidence, what the rules propose, and the commands that decide it. */
export function triageDetail(item: TriageItem | undefined, campaign: string): HTMLElement {
  if (!item)
    return element("p", { class: "hint" }, "Choose a device to see its evidence, and the commands that decide it.");
  return element(
    "div",
    { class: "detail" },
    element("h3", {}, visible(item.device_id)),
    element(
      "div",
      { class: "evidence-pair" },
      evidenceOf(`${fieldName(item.field)} as received`, visible(item.raw)),
      evidenceOf("Expected", item.expected ?? "the rule is no longer in the rule set"),
      proposedFor(item).map(proposal),
    ),
    item.is_enough === false
      ? element("p", { class: "hint" }, "What is proposed is not enough: it breaks another rule besides.")
      : null,
    element(
      "dl",
      { class: "facts" },
      factsOf(item).map(([term, fact]) =>
        element("div", {}, element("dt", {}, term), element("dd", {}, visible(fact))),
      ),
    ),
    commands(item, campaign),
    item.raw_sha256
      ? element("p", { class: "hash" }, "SHA-256 of what was received ", element("code", {}, item.raw_sha256))
      : null,
  );
}

const evidenceOf = (label: string, value: string): HTMLElement =>
  element("div", {}, element("span", {}, label), element("code", {}, value));

const proposal = ({ field, rule, from, to }: Proposed): HTMLElement =>
  element(
    "div",
    { class: "proposal" },
    element("span", {}, `${fieldName(field)}, proposed by ${words(rule)}`),
    element("del", {}, element("code", {}, visible(from))),
    " → ",
    element("ins", {}, element("code", {}, visible(to))),
  );

function factsOf(item: TriageItem): readonly (readonly [term: string, fact: string])[] {
  return [
    ["Severity", item.severity],
    ["Region", place(item.region)],
    ["Model", place(item.model)],
    ["Firmware before", place(item.firmware_from)],
    ["Last stage", item.last_stage ? stageName(item.last_stage) : "not reported"],
    ["Error", place(item.error_code)],
    ["Rules broken", `${count(item.findings, "rule")}, first ${words(item.rule_id)}`],
    ["Quarantined", `${moment(item.quarantined_at)}, pass ${item.attempt}`],
  ];
}

function commands(item: TriageItem, campaign: string): HTMLElement {
  const known = commandsFor(item, campaign).flatMap(({ label, text }) => (text === undefined ? [] : [{ label, text }]));
  if (known.length === 0)
    return element(
      "p",
      { class: "hint" },
      "The device id holds hidden characters, so there is no command to paste: look it up with npm run triage -- list --json.",
    );
  return element(
    "ol",
    { class: "commands" },
    known.map(({ label, text }) => element("li", {}, element("span", {}, label), commandRow(text))),
  );
}
