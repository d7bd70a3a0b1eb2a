import { regionName } from "./answers/region.js";
import { choice } from "./choice.js";
import { element } from "./element.js";
import type { RegionFailure } from "./rows.js";

/** Where the detail of one region begins. */
const PLACE = "one-region";

type Choice = HTMLElement & { value: string };

/** A list to choose one region from, the highest rate first. */
export function regionChoice(rows: readonly RegionFailure[]): Choice {
  const regions = [...rows].sort((a, b) => (b.rate ?? 0) - (a.rate ?? 0));
  return choice({
    label: "Region",
    param: "region",
    options: [["", "choose one"], ...regions.map(({ region }) => [region ?? "", regionName(region)] as const)],
  });
}

/** Chooses a region from elsewhere on the page, and goes where its detail is. */
export function chooseRegion(list: Choice, region: string): void {
  const select = list.querySelector("select");
  if (!select) return;
  select.value = region;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  document.getElementById(PLACE)?.scrollIntoView();
  select.focus({ preventScroll: true });
}

/** A region's name that leads to its detail: by itself through the address, without another page where scripts run. */
export const regionLink = (list: Choice, region: string | null): HTMLElement =>
  element(
    "a",
    {
      href: `?region=${encodeURIComponent(region ?? "")}#${PLACE}`,
      click: (event) => {
        event.preventDefault();
        chooseRegion(list, region ?? "");
      },
    },
    regionName(region),
  );

/** Lets a click on a chart choose the region that the pointer is nearest to. */
export function choosing<T extends Element>(list: Choice, chart: T): T {
  chart.classList.add("choosing");
  chart.addEventListener("click", () => {
    const nearest = (chart as unknown as { value?: { region?: string | null } | null }).value;
    if (nearest?.region) chooseRegion(list, nearest.region);
  });
  return chart;
}
