export type Point = readonly [longitude: number, latitude: number];

/**
 * A line with fewer points, none of those left out farther from it than the tolerance; its ends stay. Source: D. H. Douglas and
 * T. K. Peucker, Cartographica 10 (1973) 112-122.
 */
export function simplify(line: readonly Point[], tolerance: number): Point[] {
  const kept = new Set([0, line.length - 1]);
  const spans: [from: number, to: number][] = [[0, line.length - 1]];
  for (let span = spans.pop(); span; span = spans.pop()) {
    const [from, to] = span;
    const [at, distance] = farthest(line, from, to);
    if (distance <= tolerance) continue;
    kept.add(at);
    spans.push([from, at], [at, to]);
  }
  return [...kept].sort((a, b) => a - b).map((at) => line[at] as Point);
}

function farthest(line: readonly Point[], from: number, to: number): [at: number, distance: number] {
  let [at, most] = [from, -1];
  for (let no = from + 1; no < to; no += 1) {
    const distance = distanceTo(line[no] as Point, line[from] as Point, line[to] as Point);
    if (distance > most) [at, most] = [no, distance];
  }
  return [at, most];
}

/** From a point to the straight line between two others; a closed line begins and ends in one, and then it is the way to that. */
function distanceTo([x, y]: Point, [x1, y1]: Point, [x2, y2]: Point): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = Math.hypot(dx, dy);
  return length === 0 ? Math.hypot(x - x1, y - y1) : Math.abs(dx * (y - y1) - dy * (x - x1)) / length;
}
