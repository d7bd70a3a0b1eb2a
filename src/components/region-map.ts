import * as Plot from "@observablehq/plot";
import { type ChartSize, draw, NARROW, textWidth } from "./chart.js";
import { limitOf } from "./difference-heatmap.js";
import type { RegionPlace } from "./error-rows.js";
import { percent, place, points, range, short, whole } from "./format.js";
import { hatch } from "./hatch.js";
import { freeSpots } from "./label-spots.js";
import { diverging } from "./palette.js";
import type { RegionFailure } from "./rows.js";

/** Outlines as the door gives them. */
export interface World {
  readonly places: readonly RegionPlace[];
  readonly rest: Outline;
  readonly regions: Readonly<Record<string, Outline>>;
}
interface Outline {
  readonly type: "MultiPolygon";
  readonly coordinates: readonly unknown[];
}

/** A region of the campaign that has a place on the map. */
export interface Placed extends RegionFailure, Omit<RegionPlace, "region"> {
  readonly speaks: boolean;
}

/** The regions that are on the map, and how many there are besides. */
export function placed(rows: readonly RegionFailure[], places: readonly RegionPlace[]): Placed[] {
  const known = new Map(places.map((spot) => [spot.region, spot]));
  return rows.flatMap((row) => {
    const spot = known.get(row.region ?? "");
    if (!spot) return [];
    const speaks = row.verdict !== "no detectable difference" && row.devices >= 30;
    return [{ ...row, latitude: spot.latitude, longitude: spot.longitude, speaks }];
  });
}

/** Pixels: size of a label, and from one line of it to the next. */
const FONT = 12;
const LINE = 14;

/** Regions where they lie: blue or orange where they differ beyond noise, hatched where not; each with its rate and its n. */
export function regionMap(
  rows: readonly Placed[],
  world: World,
  { width, chosen }: ChartSize & { readonly chosen: string },
): SVGElement | HTMLElement {
  const height = Math.round(width * 0.46);
  const limit = limitOf(rows);
  const fill = (row: Placed): string => (row.speaks ? diverging(row.difference, limit) : "url(#unclear-map)");
  const outlined = rows.filter(({ region }) => Object.hasOwn(world.regions, region ?? ""));
  return draw("Failure rate of each region on a map", {
    width,
    height,
    margin: 0,
    projection: { type: "equal-earth", rotate: [-11, 0], domain: EARTH },
    marks: [
      hatch("unclear-map"),
      outlines([[world.rest, "var(--paper-2)", "var(--line)"]]),
      outlines(outlined.map((row) => [world.regions[row.region ?? ""] as Outline, "var(--neutral)", "none"])),
      outlines(
        outlined.map((row) => [
          world.regions[row.region ?? ""] as Outline,
          fill(row),
          row.region === chosen ? "var(--ink)" : "var(--line-strong)",
        ]),
      ),
      Plot.dot(rows, { x: "longitude", y: "latitude", r: 3, fill: "var(--ink)", stroke: "var(--paper)" }),
      labels(rows, width, height),
      Plot.tip(
        rows,
        Plot.pointer({ ariaHidden: "true", x: "longitude", y: "latitude", title: explain, maxRadius: 60 }),
      ),
    ],
  });
}

/** What the map shows of the earth: all but the ice of the south. */
const EARTH = {
  type: "MultiPoint",
  coordinates: [
    [-168, 0],
    [190, 0],
    [11, 83],
    [11, -56],
  ],
};

/** Outlines in whole pixels: decimals would double the size of a page that has them baked in. */
const outlines = (shapes: readonly (readonly [outline: Outline, fill: string, stroke: string])[]): Plot.Markish =>
  byHand((context) =>
    shapes.map(([outline, fill, stroke]) =>
      svg("path", {
        d: context.path().digits(0)(outline) ?? "",
        ...{ fill, stroke, "stroke-linejoin": "round" },
      }),
    ),
  );

/** Name, rate and n of each region beside its dot, where they hide least; on a narrow page its name alone. */
const labels = (rows: readonly Placed[], width: number, height: number): Plot.Markish =>
  byHand((context) => {
    const texts = rows.map((row) =>
      width < NARROW
        ? [short(place(row.region), 14)]
        : [short(place(row.region), 22), `${percent(row.rate)} · n ${whole(row.devices)}`],
    );
    const boxes = rows.map(({ longitude, latitude }, at) => {
      const [x, y] = context.path().centroid({ type: "Point", coordinates: [longitude, latitude] });
      return {
        x,
        y,
        width: Math.max(...(texts[at] ?? []).map((line) => textWidth(line, FONT))),
        height: (texts[at]?.length ?? 0) * LINE,
      };
    });
    return freeSpots(boxes, width, height).flatMap(({ x, y }, at) =>
      (texts[at] ?? []).map((line, no) => {
        const text = svg("text", {
          ...{ x: String(x), y: String(y + (no + 0.8) * LINE), fill: "var(--ink)", stroke: "var(--paper)" },
          ...{ "stroke-width": "3", "stroke-linejoin": "round", "paint-order": "stroke", "text-anchor": "start" },
          ...{ "font-weight": no === 0 ? "650" : "400", "font-size": String(FONT) },
        });
        text.textContent = line;
        return text;
      }),
    );
  });

/** What Plot gives a mark to draw by. */
interface GeoContext {
  path(): {
    digits(digits: number): (outline: Outline) => string | null;
    centroid(point: { type: "Point"; coordinates: [number, number] }): [number, number];
  };
}

/** A mark of elements made by ourselves. */
function byHand(make: (context: GeoContext) => readonly SVGElement[]): Plot.Markish {
  return ((_index: unknown, _scales: unknown, _channels: unknown, _dimensions: unknown, context: GeoContext) => {
    const group = svg("g", {});
    group.append(...make(context));
    return group;
  }) as unknown as Plot.Markish;
}

function svg(tag: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag) as SVGElement;
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}

function explain(row: Placed): string {
  return [
    short(place(row.region)),
    `${percent(row.rate)} of ${whole(row.devices)} devices failed; fleet ${percent(row.fleet_rate)}`,
    `${points(row.gap)} points from all others, 95% interval ${range(row.gap_low, row.gap_high)}`,
    row.verdict,
  ].join("\n");
}
