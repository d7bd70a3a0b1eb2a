import type { Answer } from "../answer.js";
import { list, percent, place, points, short, whole } from "../format.js";
import { sumOf } from "../group.js";
import type { RegionFailure } from "../rows.js";

/** Where is it worse than the rest of the fleet, beyond noise? */
export function regionsAnswer(rows: readonly RegionFailure[]): Answer {
  if (rows.length === 0)
    return { headline: "There is no region to compare yet.", detail: "This campaign holds no devices." };
  if (rows.length === 1) return { headline: "There is one region, and so nothing to compare it with.", detail: "" };
  const clear = rows.filter((row) => row.verdict !== "no detectable difference");
  const fleet = `Across the fleet ${percent(rows[0]?.fleet_rate)} of ${whole(sumOf(rows, (row) => row.devices))} devices failed.`;
  const method = `Each of ${rows.length} regions is tested against all the others, held at 5% by Holm's method.`;
  if (clear.length === 0) {
    return {
      headline: "No region can be told apart from the rest of the fleet.",
      detail: `No detectable difference. ${fleet} ${method}`,
    };
  }
  const worse = clear.filter((row) => row.verdict === "worse").sort(byGap(rows));
  const lead = worse[0] ?? ([...clear].sort(byGap(rows)).at(-1) as RegionFailure);
  const gap = gapToRest(lead, rows);
  const often = gap > 0 ? "more" : "less";
  const others = worse.slice(1).map((row) => `${name(row)} (${points(gapToRest(row, rows))})`);
  return {
    headline: `${name(lead)} fails ${points(Math.abs(gap)).replace("+", "")} points ${often} often than the rest of the fleet, beyond noise.`,
    detail:
      `${others.length > 0 ? `So do ${list(others)}. ` : ""}${unclear(rows.length - clear.length)}${fleet} ${method}`.replace(
        "So do",
        others.length === 1 ? "So does" : "So do",
      ),
  };
}

const name = (row: RegionFailure): string => short(place(row.region));

/** The rate of a region less that of all the others: what the verdict is about. */
export function gapToRest(row: RegionFailure, rows: readonly RegionFailure[]): number {
  const devices = sumOf(rows, (other) => other.devices) - row.devices;
  const failures = sumOf(rows, (other) => other.failures) - row.failures;
  return devices === 0 ? 0 : (row.rate ?? 0) - failures / devices;
}

const byGap =
  (rows: readonly RegionFailure[]) =>
  (a: RegionFailure, b: RegionFailure): number =>
    gapToRest(b, rows) - gapToRest(a, rows);

const unclear = (n: number): string =>
  n === 0
    ? ""
    : n === 1
      ? "For one region there is no detectable difference. "
      : `For ${n} regions there is no detectable difference. `;
