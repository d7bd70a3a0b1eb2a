import { count, percent, place, points, short, whole } from "../format.js";
import type { RegionFailure } from "../rows.js";

export const regionName = (region: string | null): string => short(place(region));

/** How one region compares with all the others: a sentence, also where it can't be told apart or is alone. */
export function regionSays({
  region,
  rate,
  devices,
  rest_rate,
  rest_devices,
  gap,
  gap_low,
  gap_high,
  verdict,
}: RegionFailure): string {
  const own = `In ${regionName(region)} ${percent(rate)} of ${count(devices, "device")} failed`;
  if (gap === null) return `${own}. There is no other region to compare it with.`;
  const rest = `${own}, against ${percent(rest_rate)} of ${whole(rest_devices)} in all others`;
  const interval = `95% interval ${points(gap_low)} to ${points(gap_high)}`;
  return verdict === "no detectable difference"
    ? `${rest}: no detectable difference (${points(gap)} points, ${interval}).`
    : `${rest}: ${points(Math.abs(gap)).replace("+", "")} points ${verdict === "worse" ? "more" : "less"}, beyond noise (${interval}).`;
}
