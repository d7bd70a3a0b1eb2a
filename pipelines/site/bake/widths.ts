/** Width in pixels that a page has for its content: on a phone, and where it is as wide as it gets. The style sheet switches between them. */
export const NARROW_PAGE = 358;
export const WIDE_PAGE = 1040;
/** The same of the report, which is as wide as a sheet of A4 or Letter is without its margins. */
export const PAPER = 680;

/** Grids whose columns are as many as fit, by class: the least width of a column and the gap. Keep in step with the style sheet. */
const GRIDS: Readonly<Record<string, { readonly least: number; readonly gap: number }>> = {
  "small-multiples": { least: 300, gap: 40 },
};

/** The width that an element has on a page of that width. A page being baked has no layout: every element is as wide as it can be. */
export function widthOf(element: Element, page: number): number {
  const parent = element.parentElement;
  const around = parent ? widthOf(parent, page) : page;
  const grid = parent && GRIDS[[...parent.classList].find((name) => name in GRIDS) ?? ""];
  if (!grid) return around;
  const fit = Math.floor((around + grid.gap) / (grid.least + grid.gap));
  const columns = Math.max(1, Math.min(parent.children.length, fit));
  return (around - (columns - 1) * grid.gap) / columns;
}
