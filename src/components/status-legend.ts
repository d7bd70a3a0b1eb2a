import { element } from "./element.js";
import { percent, whole } from "./format.js";
import { STATUS_COLOR } from "./palette.js";
import type { FleetStatus } from "./rows.js";

const MEANING: Readonly<Record<string, string>> = {
  Success: "updated at the first attempt",
  Recovered: "a retry or a rollback was decided",
  Partial: "half updated, nothing decided yet",
  Quarantined: "telemetry not to be trusted; a person decides",
};

/** The statuses in words and numbers, beside the colour that they have in the waffle. */
export function statusLegend(rows: readonly FleetStatus[]): HTMLElement {
  return element(
    "ul",
    { class: "status-legend" },
    rows.map(({ update_status, devices, share }) =>
      element(
        "li",
        {},
        element("span", {
          class: "swatch",
          style: `background:${STATUS_COLOR[update_status] ?? "var(--neutral)"}`,
          "aria-hidden": "true",
        }),
        element("strong", {}, update_status),
        element("span", { class: "status-count" }, `${whole(devices)} · ${percent(share)}`),
        element("span", { class: "status-meaning" }, MEANING[update_status] ?? ""),
      ),
    ),
  );
}
