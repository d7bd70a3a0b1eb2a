/** The pages in the order of the navigation. A new page of the report is a line here and a Markdown file in `src`. */
export const NAVIGATION = [
  { name: "Overview", path: "/index" },
  { name: "Regions", path: "/regions" },
  { name: "Bottlenecks", path: "/bottlenecks" },
  { name: "Recovery", path: "/recovery" },
  { name: "Data quality", path: "/data-quality" },
  { name: "Triage", path: "/triage" },
  { name: "Validation", path: "/validation" },
  { name: "Runs", path: "/runs" },
] as const;

/** The head of every page: a link past it for keyboards, the name, and the pages. Paths become relative when pages are written. */
export function navigation(current: string): string {
  const items = NAVIGATION.map(({ name, path }) => {
    const here = path === current ? ' aria-current="page"' : "";
    return `<li><a href="${path}"${here}>${name}</a></li>`;
  });
  return [
    '<a class="skip-link" href="#observablehq-main">Skip to content</a>',
    '<a class="brand" href="/index"><span class="brand-mark" aria-hidden="true"></span>Sentinel OTA</a>',
    `<nav aria-label="Pages"><ul>${items.join("")}</ul></nav>`,
  ].join("\n");
}

/** The foot of every page: the pages before and after it. */
export function neighbours(current: string): string {
  const here = NAVIGATION.findIndex(({ path }) => path === current);
  if (here < 0) return "";
  const link = (rel: string, page: (typeof NAVIGATION)[number] | undefined): string =>
    page ? `<a rel="${rel}" href="${page.path}"><span>${page.name}</span></a>` : "";
  return `<nav aria-label="Before and after">${link("prev", NAVIGATION[here - 1])}${link("next", NAVIGATION[here + 1])}</nav>`;
}
