import { element } from "./element.js";
import { count, fieldName, moment, place, stageName, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import { shellWord, visible } from "./visible.js";

/** Gives the command that lets recovery decide a device again once its telemetry was looked at. */
export function releaseCommand(item: TriageItem): string | undefined {
  const device = shellWord(item.device_id);
  return device === undefined ? undefined : `npm run triage -- release ${device}`;
}

/** All that is known of one quarantined device: the evidence, and the command that settles it. */
export function triageDetail(item: TriageItem | undefined): HTMLElement {
  if (!item)
    return element("p", { class: "hint" }, "Choose a device to see its evidence and the command that settles it.");
  const facts: readonly (readonly [string, string])[] = [
    ["Region", place(item.region)],
    ["Model", place(item.model)],
    ["Firmware before", place(item.firmware_from)],
    ["Last stage", item.last_stage ? stageName(item.last_stage) : "not reported"],
    ["Error", place(item.error_code)],
    ["Rules broken", `${count(item.findings, "rule")}, first ${words(item.rule_id)}`],
    ["Quarantined", `${moment(item.quarantined_at)}, pass ${item.attempt}`],
  ];
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
      facts.map(([term, fact]) => element("div", {}, element("dt", {}, term), element("dd", {}, visible(fact)))),
    ),
    item.raw_sha256
      ? element("p", { class: "hash" }, "SHA-256 of what was received ", element("code", {}, item.raw_sha256))
      : null,
    command(item),
  );
}

function command(item: TriageItem): HTMLElement {
  const text = releaseCommand(item);
  if (text === undefined) {
    return element(
      "p",
      { class: "hint" },
      "The device id holds hidden characters, so there is no command to paste: release it by its number in SQL.",
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
