import { type AssumptionId, type Values, valuesOf } from "sentinel-ota/domain";
import { element } from "./element.js";
import { rangeWithUnit, valueWithUnit } from "./money.js";
import type { AssumptionRow } from "./outlook-rows.js";
import { readParam, writeParam } from "./url-state.js";

/** Stops of a slider from low to high. */
const STOPS = 100;

interface Control {
  readonly node: HTMLElement;
  read(): number;
  /** What the address keeps; "" where it is the middle. */
  param(): string;
  reset(): void;
}

/** Every assumption with its range and source beside its slider. Its value is one value for each; the address keeps those that are not the middle. */
export function roiForm(assumptions: readonly AssumptionRow[]): HTMLElement & { value: Values } {
  const controls = new Map<AssumptionId, Control>(assumptions.map((one) => [one.id, controlFor(one)]));
  const reset = element("button", { type: "button", class: "reset" }, "Back to the middle of all");
  const form = element(
    "div",
    { class: "roi-form" },
    [...controls.values()].map(({ node }) => node),
    reset,
  ) as HTMLDivElement & { value: Values };
  reset.addEventListener("click", () => {
    for (const control of controls.values()) control.reset();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("input", () => {
    for (const [id, control] of controls) writeParam(id, control.param());
  });
  const read = (): Values => ({
    ...valuesOf({ assumptions }, "mid"),
    ...Object.fromEntries([...controls].map(([id, control]) => [id, control.read()])),
  });
  return Object.defineProperty(form, "value", { get: read });
}

/** Stops at even parts of the range, and at the middle itself. */
function controlFor({ id, label, unit, low, mid, high, source, note, currency }: AssumptionRow): Control {
  const stops = [...new Set([...Array.from({ length: STOPS + 1 }, (_, no) => stopAt(low, high, no)), mid])].sort(
    (a, b) => a - b,
  );
  const own = stops.indexOf(mid);
  const input = element("input", {
    ...{ type: "range", id: `roi-${id}`, min: 0, max: stops.length - 1, step: 1 },
    value: startOf(readParam(id), stops, own),
    "aria-describedby": `roi-${id}-note`,
  });
  const output = element("output", { class: "knob-value" });
  const at = (): number => stops[Number(input.value)] ?? mid;
  const words = (value: number): string => valueWithUnit(value, unit, currency);
  const tell = (): void => {
    output.textContent = words(at());
    input.setAttribute("aria-valuetext", words(at()));
  };
  input.addEventListener("input", tell);
  tell();
  return {
    node: element(
      "div",
      { class: "assumption" },
      element("div", { class: "assumption-head" }, element("label", { for: `roi-${id}` }, label), output),
      input,
      element("p", { class: "range" }, `${rangeWithUnit([low, high], unit, currency)}, middle ${words(mid)}`),
      element(
        "p",
        { class: "source", id: `roi-${id}-note` },
        element("strong", {}, source ?? "No source"),
        `. ${note}`,
      ),
    ),
    read: at,
    param: () => (at() === mid ? "" : String(at())),
    reset: () => {
      input.value = String(own);
      tell();
    },
  };
}

/** Rounded, so that addresses stay short. */
const stopAt = (low: number, high: number, no: number): number =>
  Number((low + ((high - low) * no) / STOPS).toPrecision(4));

/** The stop next to the value of an address. */
function startOf(asked: string, stops: readonly number[], own: number): number {
  const value = Number(asked);
  if (asked.trim() === "" || !Number.isFinite(value)) return own;
  const distances = stops.map((stop) => Math.abs(stop - value));
  return distances.indexOf(Math.min(...distances));
}
