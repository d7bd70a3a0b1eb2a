/** A label that wants to stand beside a point, in pixels. */
export interface LabelBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Pixels between a point and its label. */
const GAP = 7;

/**
 * The left upper corner of each label: right of its point, below, left or above it, wherever it covers least of the points, of the labels
 * before it, and of what lies outside of the drawing.
 */
export function freeSpots(labels: readonly LabelBox[], width: number, height: number): { x: number; y: number }[] {
  const taken: Box[] = labels.map(({ x, y }) => ({ left: x - 4, top: y - 4, right: x + 4, bottom: y + 4 }));
  return labels.map((label) => {
    const cost = (box: Box): number =>
      taken.reduce((sum, other) => sum + overlap(box, other), 0) + outside(box, width, height);
    const [first, ...others] = around(label);
    const best = others.reduce((least, box) => (cost(box) < cost(least) ? box : least), first as Box);
    taken.push(best);
    return { x: best.left, y: best.top };
  });
}

function around({ x, y, width, height }: LabelBox): Box[] {
  const corners = [
    [x + GAP, y - height / 2],
    [x - width / 2, y + GAP],
    [x - GAP - width, y - height / 2],
    [x - width / 2, y - GAP - height],
    [x + GAP, y + GAP],
    [x - GAP - width, y + GAP],
    [x + GAP, y - GAP - height],
    [x - GAP - width, y - GAP - height],
  ] as const;
  return corners.map(([left, top]) => ({ left, top, right: left + width, bottom: top + height }));
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

function outside(box: Box, width: number, height: number): number {
  const whole = (box.right - box.left) * (box.bottom - box.top);
  return 4 * (whole - overlap(box, { left: 0, top: 0, right: width, bottom: height }));
}
