import type { WhatIfNumber } from "sentinel-ota/domain";
import { count } from "./format.js";

/** A threshold of a policy with its unit. */
export function thresholdText(field: WhatIfNumber, value: number): string {
  switch (field) {
    case "battery_voltage":
      return `${value} V`;
    case "signal_strength":
      return `${value}%`;
    case "storage_free_mb":
      return `${value.toLocaleString("en-US")} MB`;
    case "attempts":
      return count(value, "attempt");
  }
}
