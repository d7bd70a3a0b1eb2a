/** How `export` lays a campaign out, as `--layout` names it. */
export const LAYOUTS = ["tables", "lake"] as const;
export type Layout = (typeof LAYOUTS)[number];
