import {
  type Edits,
  edgesOf,
  FATES,
  type Fate,
  type Ground,
  type Knob,
  knobsOf,
  OFF,
  type Policy,
} from "sentinel-ota/domain";
import { element } from "./element.js";
import { fieldName } from "./format.js";
import { groupBy } from "./group.js";
import { OUTCOME_NAME } from "./policy-outcome.js";
import { thresholdText } from "./policy-words.js";
import { readParam, writeParam } from "./url-state.js";
import { visible } from "./visible.js";

/** A control for one knob. */
interface Control {
  readonly node: HTMLElement;
  /** What was changed; "" where nothing was. */
  read(): string;
  reset(): void;
}

type KnobOf<K extends Knob["kind"]> = Extract<Knob, { kind: K }>;

/** The policy, line by line, with what can be moved. Its value is what was changed; the address keeps it. */
export function policyForm(policy: Policy, ground: Ground): HTMLElement & { value: Edits } {
  const knobs = knobsOf(policy);
  const controls = new Map(knobs.map((knob) => [knob.key, controlFor(knob, ground)]));
  const lines = [...groupBy(knobs, ({ rule }) => rule)].map(([rule, own], no) =>
    element(
      "fieldset",
      { class: "policy-line" },
      element("legend", {}, `${no + 1}. ${visible(rule)}`),
      own.map(({ key }) => controls.get(key)?.node),
    ),
  );
  const reset = element("button", { type: "button", class: "reset" }, "Back to the campaign's policy");
  const form = element("div", { class: "policy-form" }, lines, reset) as HTMLDivElement & { value: Edits };
  reset.addEventListener("click", () => {
    for (const control of controls.values()) control.reset();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  const read = (): Edits =>
    Object.fromEntries([...controls].map(([key, control]) => [key, control.read()]).filter(([, set]) => set !== ""));
  form.addEventListener("input", () => {
    for (const [key, control] of controls) writeParam(key, control.read());
  });
  return Object.defineProperty(form, "value", { get: read });
}

function controlFor(knob: Knob, ground: Ground): Control {
  switch (knob.kind) {
    case "threshold":
      return slider(knob, edgesOf(ground, knob.field));
    case "fate":
      return fateChoice(knob);
    case "line":
      return checkbox(knob.key, "This line applies");
    case "code":
      return checkbox(knob.key, visible(knob.code));
  }
}

/** Stops at the edges alone, where no device is on both sides. */
function slider({ key, field, test, value }: KnobOf<"threshold">, edges: readonly number[]): Control {
  const asked = edges.indexOf(Number(readParam(key)));
  const own = edges.indexOf(value);
  const output = element("output", { class: "knob-value" });
  const input = element("input", {
    ...{ type: "range", id: `knob-${key}`, min: 0, max: edges.length - 1, step: 1 },
    value: readParam(key) !== "" && asked >= 0 ? asked : own,
  });
  const at = (): number => edges[Number(input.value)] as number;
  const tell = (): void => {
    const text = thresholdText(field, at());
    output.textContent = at() === value ? text : `${text}, was ${thresholdText(field, value)}`;
    input.setAttribute("aria-valuetext", text);
  };
  input.addEventListener("input", tell);
  tell();
  const label = element("label", { for: `knob-${key}` }, `${fieldName(field)} ${test}`);
  return {
    node: element("div", { class: "knob" }, label, output, input),
    read: () => (at() === value ? "" : String(at())),
    reset: () => {
      input.value = String(own);
      tell();
    },
  };
}

function fateChoice({ key, value }: KnobOf<"fate">): Control {
  const asked = FATES.find((fate) => fate === readParam(key)) ?? value;
  const option = (fate: Fate): HTMLElement =>
    element("option", { value: fate, selected: fate === asked }, OUTCOME_NAME[fate]);
  const select = element("select", { id: `knob-${key}` }, FATES.map(option));
  return {
    node: element("div", { class: "knob" }, element("label", { for: `knob-${key}` }, "Then"), select),
    read: () => (select.value === value ? "" : select.value),
    reset: () => {
      select.value = value;
    },
  };
}

function checkbox(key: string, label: string): Control {
  const input = element("input", { type: "checkbox", checked: readParam(key) !== OFF });
  return {
    node: element("label", { class: "knob-check" }, input, label),
    read: () => (input.checked ? "" : OFF),
    reset: () => {
      input.checked = true;
    },
  };
}
