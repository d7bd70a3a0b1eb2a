import { createRequire } from "node:module";
import { merge } from "topojson-client";
import type { MultiPolygon as Countries, Polygon, Topology } from "topojson-specification";
import { type Point, simplify } from "./simplify.ts";

/** Outlines as longitude and latitude, in the order of GeoJSON: polygons, their rings, their points. */
export interface Outline {
  readonly type: "MultiPolygon";
  readonly coordinates: readonly (readonly (readonly Point[])[])[];
}

/** Land that a map shows: the regions that have countries, and all the rest of it. */
export interface World {
  /** Where the regions' names stand, in degrees. */
  readonly places: readonly Place[];
  readonly rest: Outline;
  readonly regions: Readonly<Record<string, Outline>>;
}

interface Place {
  readonly region: string;
  readonly latitude: number;
  readonly longitude: number;
}

type Country = Polygon | Countries;

/** Degrees: on a map that is 1,100 pixels wide a pixel is a third of one. */
const TOLERANCE = 0.4;
/** Square degrees: an island below it is a dot. */
const LEAST_AREA = 8;
const ANTARCTICA = "010";

/**
 * The outlines of the world, each region's countries in one: Natural Earth's at 1:110 million, simplified to what a page shows.
 * @param regions rows of the mart region_place.
 */
export function world(regions: readonly Readonly<Record<string, unknown>>[]): World {
  const topology = atlas();
  const countries = topology.objects.countries.geometries.filter(({ id }) => id !== ANTARCTICA);
  const places = regions.map(({ region, countries: codes }) => [String(region), String(codes).split(" ")] as const);
  const taken = new Set(places.flatMap(([, codes]) => codes));
  const outline = (wanted: (code: string) => boolean): Outline =>
    rounded(
      merge(
        topology,
        countries.filter(({ id }) => wanted(String(id))),
      ).coordinates,
    );
  const outlines = places.map(([region, codes]) => [region, outline((code) => codes.includes(code))] as const);
  return {
    places: regions.map(({ region, latitude, longitude }) => ({
      region: String(region),
      latitude: Number(latitude),
      longitude: Number(longitude),
    })),
    rest: outline((code) => !taken.has(code)),
    regions: Object.fromEntries(outlines.filter(([, { coordinates }]) => coordinates.length > 0)),
  };
}

/** The countries with simple borders, equal on both of their sides. */
function atlas(): Topology<{ countries: { type: "GeometryCollection"; geometries: Country[] } }> {
  const read = createRequire(import.meta.url)("world-atlas/countries-110m.json") as ReturnType<typeof atlas>;
  const { transform, ...topology } = read;
  const [kx = 1, ky = 1] = transform?.scale ?? [];
  const [dx = 0, dy = 0] = transform?.translate ?? [];
  const arcs = topology.arcs.map((arc) => {
    let [x, y] = [0, 0];
    const line = arc.map(([stepX = 0, stepY = 0]): Point => {
      x += stepX;
      y += stepY;
      return [x * kx + dx, y * ky + dy];
    });
    return simplify(line, TOLERANCE).map(([longitude, latitude]) => [longitude, latitude]);
  });
  return { ...topology, arcs };
}

/** Tenths of a degree, without islands and lakes that nobody would see. */
function rounded(polygons: readonly (readonly (readonly number[][])[])[]): Outline {
  const tenths = (degrees = 0): number => Math.round(10 * degrees) / 10;
  const coordinates = polygons
    .filter(([outer = []]) => areaOf(outer) >= LEAST_AREA)
    .map((rings) => rings.filter((ring) => areaOf(ring) >= LEAST_AREA))
    .map((rings) => rings.map((ring) => ring.map(([x, y]): Point => [tenths(x), tenths(y)])));
  return { type: "MultiPolygon", coordinates };
}

/** Of a ring on a flat map, in square degrees. */
function areaOf(ring: readonly (readonly number[])[]): number {
  const twice = ring.reduce((sum, [x = 0, y = 0], at) => {
    const [nextX = 0, nextY = 0] = ring[(at + 1) % ring.length] ?? [];
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(twice) / 2;
}
