import { type Content, element } from "./element.js";
import { martFile, sqlPage } from "./mart-files.js";
import { type Column, table } from "./table.js";

/** A file beside the page, as Framework's FileAttachment gives it. */
export interface AttachedFile {
  readonly href: string;
  text(): Promise<string>;
}

export interface EvidenceOptions<T> {
  /** Name of the mart; its files are saved under it. */
  readonly mart: string;
  readonly rows: readonly T[];
  readonly columns: readonly Column<T>[];
  readonly caption: string;
  /** Rows of the table at most; the others are in the files. */
  readonly most?: number | undefined;
  /** The mart's Parquet lies beside it. */
  readonly csv: AttachedFile;
  readonly sql: AttachedFile;
}

/** The panel that evidence stands under: its place in the page, and what it is called. */
export interface Place {
  readonly id: string;
  readonly title: string;
}

/**
 * What stands under every chart: the numbers as a table, the SQL that made them, the files to take away, the page that asks more of them,
 * and a link to the panel itself.
 */
export function evidence<T>(
  { mart, rows, columns, caption, most, csv, sql }: EvidenceOptions<T>,
  { id, title }: Place,
): HTMLElement {
  const code = element("code", {}, element("a", { href: sql.href }, `${mart}.sql`));
  const query = disclosure("SQL", element("pre", { class: "sql", tabindex: 0, "aria-label": `SQL of ${mart}` }, code));
  query.addEventListener("toggle", () => void fill(code, sql), { once: true });
  const parquet = martFile(csv.href, `${mart}.parquet`);
  const ask = sqlPage(csv.href, `FROM ${mart};`);
  return element(
    "div",
    { class: "evidence" },
    disclosure("Table", table(rows, columns, caption, most)),
    query,
    download(mart, "csv", csv.href),
    parquet ? download(mart, "parquet", parquet) : null,
    ask ? link({ href: ask }, "Ask more", `: ${mart} in SQL`) : null,
    link({ href: `#${id}` }, "Link", ` to ${title}`),
  );
}

const LABEL = { csv: "CSV", parquet: "Parquet" } as const;

const download = (mart: string, ending: keyof typeof LABEL, href: string): HTMLElement =>
  link({ class: "download", href, download: `${mart}.${ending}` }, LABEL[ending], ` of ${mart}`);

/** @param rest what only those need who hear the link by itself. */
const link = (attributes: Readonly<Record<string, string>>, label: string, rest: Content): HTMLElement =>
  element("a", attributes, label, element("span", { class: "visually-hidden" }, rest));

function disclosure(label: string, content: HTMLElement): HTMLDetailsElement {
  return element("details", {}, element("summary", {}, label), content);
}

async function fill(code: HTMLElement, sql: AttachedFile): Promise<void> {
  code.textContent = await sql
    .text()
    .catch(() => "The SQL could not be loaded. Serve the site over http and open the page again.");
}
