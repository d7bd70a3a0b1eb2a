import { element } from "./element.js";
import { type Column, table } from "./table.js";

/** A file beside the page, as Framework's FileAttachment gives it. */
export interface AttachedFile {
  readonly href: string;
  text(): Promise<string>;
}

export interface EvidenceOptions<T> {
  /** Name of the mart; the CSV is saved under it. */
  readonly mart: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly caption: string;
  readonly csv: AttachedFile;
  readonly sql: AttachedFile;
}

/** What stands under every chart: the numbers as a table, the SQL that made them, and the file to take away. */
export function evidence<T>({ mart, rows, columns, caption, csv, sql }: EvidenceOptions<T>): HTMLElement {
  const code = element("code", {}, element("a", { href: sql.href }, `${mart}.sql`));
  const query = disclosure("SQL", element("pre", { class: "sql", tabindex: 0, "aria-label": `SQL of ${mart}` }, code));
  query.addEventListener("toggle", () => void fill(code, sql), { once: true });
  return element(
    "div",
    { class: "evidence" },
    disclosure("Table", table(rows, columns, caption)),
    query,
    element(
      "a",
      { class: "download", href: csv.href, download: `${mart}.csv` },
      "CSV",
      element("span", { class: "visually-hidden" }, ` of ${mart}`),
    ),
  );
}

function disclosure(label: string, content: HTMLElement): HTMLDetailsElement {
  return element("details", {}, element("summary", {}, label), content);
}

async function fill(code: HTMLElement, sql: AttachedFile): Promise<void> {
  code.textContent = await sql
    .text()
    .catch(() => "The SQL could not be loaded. Serve the site over http and open the page again.");
}
