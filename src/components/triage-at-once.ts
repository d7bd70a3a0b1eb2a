import { commandRow } from "./command-row.js";
import { element } from "./element.js";
import { count, fieldName, words } from "./format.js";
import type { TriageItem } from "./rows.js";
import { fixAll } from "./triage-commands.js";
import { change, type Proposed, proposedFor } from "./triage-proposal.js";

/** What one command settles: the open devices that broke a rule, for which what rules propose is enough. */
export interface AtOnce {
  readonly rule: string;
  readonly devices: number;
  readonly example: Proposed;
}

/** By the rule that proposes, the one with the most devices first. */
export function atOnce(items: readonly TriageItem[]): AtOnce[] {
  const found = new Map<string, { devices: number; example: Proposed }>();
  for (const item of items) {
    if (!item.is_enough) continue;
    for (const example of proposedFor(item)) {
      const known = found.get(example.rule);
      if (known) known.devices += 1;
      else found.set(example.rule, { devices: 1, example });
    }
  }
  return [...found]
    .map(([rule, { devices, example }]) => ({ rule, devices, example }))
    .sort((a, b) => b.devices - a.devices || (a.rule < b.rule ? -1 : 1));
}

/** The command for all devices of each rule, with what it changes. */
export function triageAtOnce(groups: readonly AtOnce[], campaign: string): HTMLElement {
  return element(
    "ol",
    { class: "commands" },
    groups.map(({ rule, devices, example }) => {
      const text = fixAll(rule, campaign);
      return element(
        "li",
        {},
        element(
          "span",
          {},
          element("strong", {}, words(rule)),
          ` · ${count(devices, "device")} · ${fieldName(example.field)}, for example `,
          element("code", {}, change(example)),
        ),
        text === undefined ? null : commandRow(text),
      );
    }),
  );
}
