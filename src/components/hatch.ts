/** A mark that draws nothing but gives a chart a hatching to fill with; names must differ between the charts of a page. */
export function hatch(name: string): (...rest: unknown[]) => SVGElement {
  return () => {
    const make = (tag: string, attributes: Record<string, string>): SVGElement => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", tag) as SVGElement;
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      return node;
    };
    const defs = make("defs", {});
    const size = { width: "6", height: "6", patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
    const pattern = make("pattern", { id: name, ...size });
    pattern.append(make("line", { x1: "0", y1: "0", x2: "0", y2: "6", stroke: "var(--hatch)", "stroke-width": "2" }));
    defs.append(pattern);
    return defs;
  };
}
