import type { CampaignDifference } from "./campaign-rows.js";
import { element } from "./element.js";
import { groupBy } from "./group.js";
import { slopeChart } from "./slope-chart.js";

/** Makes a chart that follows the width of its place, as Framework's `resize` does. */
type Resize = (draw: (width: number) => Element) => Element;

const TITLE: Readonly<Record<string, string>> = { stage: "By stage", region: "By region" };

/** What the colours of the slopes mean, by how the two fleets are related. */
export const SLOPE_HOW: Readonly<Record<string, string>> = {
  "same fleet": "Both are the same devices, so every change is exact.",
  "nested fleets": "One fleet is a part of the other, so no change is tested.",
  "other fleet":
    "A line has a colour only where the change is beyond noise, by Holm's method; the table has the intervals.",
};

/** Stages and regions that both campaigns have devices of, and where at least one of them failed. */
export const slopesOf = (rows: readonly CampaignDifference[]): CampaignDifference[] =>
  rows.filter((row) => row.scope in TITLE && row.difference !== null && row.events_a + row.events_b > 0);

/** One chart for stages, one for regions. */
export function slopeCharts(rows: readonly CampaignDifference[], resize: Resize): HTMLElement {
  const scopes = [...groupBy(rows, (row) => row.scope)].sort(([a], [b]) => b.localeCompare(a));
  return element(
    "div",
    { class: "small-multiples" },
    scopes.map(([scope, group]) =>
      element(
        "div",
        {},
        element("h3", {}, TITLE[scope]),
        resize((width) =>
          slopeChart(group, { width, name: `Failure rates before and now, ${TITLE[scope]?.toLowerCase()}` }),
        ),
      ),
    ),
  );
}
