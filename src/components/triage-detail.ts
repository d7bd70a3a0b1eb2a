import { element } from "./element.js";
import { count, fieldName, moment, place, stageName, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import { shellWord, visible } from "./visible.js";

/** The command that shows all that the database holds of a device; undefined where its id cannot be pasted. */
export function showCommand(item: TriageItem, campaign: string): string | undefined {
  const words = [item.device_id, campaign].map(shellWord);
  return words.includes(undefined) ? undefined : `npm run triage -- show ${words[0]} --campaign ${words[1]}`;
}

/** All that is known of one quarantined device: the evidence, and the command that shows the rest. */
export function triageDetail(item: TriageItem | undefined, campaign: string): HTMLElement {
  if (!item)
    return element(
      "p",
      { class: "hint" },
      "Choose a device to see its evidence, and the command that shows all the database holds of it.",
    );
  return element(
    "div",
    { class: "detail" },
    element("h3", {}, visible(item.device_id)),
    element(
      "div",
      { class: "evidence-pair" },
      element(
        "div",
        {},
        element("span", {}, `${fieldName(item.field)} as received`),
        element("code", {}, visible(item.raw)),
      ),
      element(
        "div",
        {},
        element("span", {}, "Expected"),
        element("code", {}, item.expected ?? "the rule is no longer in the rule set"),
      ),
    ),
    element(
      "dl",
      { class: "facts" },
      factsOf(item).map(([term, fact]) =>
        element("div", {}, element("dt", {}, term), element("dd", {}, visible(fact))),
      ),
    ),
    item.raw_sha256
      ? element("p", { class: "hash" }, "SHA-256 of what was received ", element("code", {}, item.raw_sha256))
      : null,
    command(showCommand(item, campaign)),
  );
}

function factsOf(item: TriageItem): readonly (readonly [term: string, fact: string])[] {
  return [
    ["Region", place(item.region)],
    ["Model", place(item.model)],
    ["Firmware before", place(item.firmware_from)],
    ["Last stage", item.last_stage ? stageName(item.last_stage) : "not reported"],
    ["Error", place(item.error_code)],
    ["Rules broken", `${count(item.findings, "rule")}, first ${words(item.rule_id)}`],
    ["Quarantined", `${moment(item.quarantined_at)}, pass ${item.attempt}`],
  ];
}

function command(text: string | undefined): HTMLElement {
  if (text === undefined) {
    return element(
      "p",
      { class: "hint" },
      "The device id holds hidden characters, so there is no command to paste: look it up with npm run triage -- list --json.",
    );
  }
  const button = element("button", { type: "button", class: "copy", click: () => void copy(button, text) }, "Copy");
  return element(
    "div",
    { class: "command-row" },
    element("pre", { class: "command", tabindex: 0 }, element("code", {}, text)),
    button,
  );
}

export async function copy(button: HTMLButtonElement | undefined, text: string): Promise<void> {
  const done = await navigator.clipboard.writeText(text).then(
    () => true,
    () => false,
  );
  if (button) button.textContent = done ? "Copied" : "Select it and copy";
}
