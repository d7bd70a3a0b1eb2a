import { escaped, notebooks } from "./notebooks.ts";

/** The pages in the order of the navigation. A notebook is found from its file; any other new page of the report is a line here and a Markdown file in `src`. */
export const NAVIGATION = [
  { name: "Overview", path: "/index" },
  { name: "Regions", path: "/regions" },
  { name: "Bottlenecks", path: "/bottlenecks" },
  { name: "Errors", path: "/errors" },
  { name: "Recovery", path: "/recovery" },
  { name: "Policy", path: "/policy" },
  { name: "Data quality", path: "/data-quality" },
  { name: "ROI", path: "/roi" },
  { name: "Triage", path: "/triage" },
  { name: "Validation", path: "/validation" },
  { name: "Runs", path: "/runs" },
  { name: "Notebooks", path: "/notebooks/index" },
  { name: "SQL", path: "/sql" },
  { name: "Data", path: "/downloads" },
] as const;

/** Pages to work with, which `report.html` leaves out: nobody asks, moves a line or downloads on paper. */
export const TOOLS: ReadonlySet<string> = new Set(["/policy", "/notebooks/index", "/sql", "/downloads"]);

/** The head of every page: a link past it for keyboards, the name, and the pages. Paths become relative when pages are written. */
export function navigation(current: string): string {
  const items = NAVIGATION.map(({ name, path }) => {
    const here = path === current ? ' aria-current="page"' : isWithin(current, path) ? ' aria-current="true"' : "";
    return `<li><a href="${path}"${here}>${name}</a></li>`;
  });
  return [
    '<a class="skip-link" href="#observablehq-main">Skip to content</a>',
    '<a class="brand" href="/index"><span class="brand-mark" aria-hidden="true"></span>Sentinel OTA</a>',
    `<nav aria-label="Pages"><ul>${items.join("")}</ul></nav>`,
  ].join("\n");
}

/** Whether a page stands under the first page of its folder, which the navigation has. */
const isWithin = (current: string, path: string): boolean =>
  path !== "/index" && path.endsWith("/index") && current.startsWith(path.slice(0, -"index".length));

/** The foot of every page: the pages before and after it; of a notebook, the notebooks. */
export function neighbours(current: string): string {
  const all = current.startsWith("/notebooks/") && current !== "/notebooks/index" ? notebookPages() : NAVIGATION;
  const here = all.findIndex(({ path }) => path === current);
  if (here < 0) return "";
  const link = (rel: string, page: { name: string; path: string } | undefined): string =>
    page ? `<a rel="${rel}" href="${page.path}"><span>${page.name}</span></a>` : "";
  return `<nav aria-label="Before and after">${link("prev", all[here - 1])}${link("next", all[here + 1])}</nav>`;
}

const notebookPages = () => notebooks().map(({ title, path }) => ({ name: escaped(title), path }));
