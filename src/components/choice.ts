import { element } from "./element.js";
import { readParam, writeParam } from "./url-state.js";

/** Value and label of one thing to choose. */
export type Option = readonly [value: string, label: string];

export interface ChoiceOptions {
  readonly label: string;
  /** Its name in the address of the page. */
  readonly param: string;
  readonly options: readonly Option[];
  readonly start?: string;
}

/** A list to choose one thing from. Works with Framework's `view`: it has a value and sends `input` when it changes. */
export function choice({ label, param, options, start }: ChoiceOptions): HTMLElement & { value: string } {
  const values = options.map(([value]) => value);
  const asked = readParam(param);
  const first = values.includes(asked) ? asked : (start ?? values[0] ?? "");
  const select = element(
    "select",
    { id: `choice-${param}` },
    options.map(([value, text]) => element("option", { value, selected: value === first }, text)),
  );
  const form = element("div", { class: "choice" }, element("label", { for: `choice-${param}` }, label), select);
  select.addEventListener("input", () => writeParam(param, select.value === (start ?? values[0]) ? "" : select.value));
  return Object.defineProperty(form as typeof form & { value: string }, "value", { get: () => select.value });
}
