import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A notebook: a Markdown file in `src/notebooks`. */
export interface Notebook {
  /** Path of its page. */
  readonly path: string;
  /** The question that it asks: its first heading. */
  readonly title: string;
}

/** Framework runs in the project's folder. */
const FOLDER = join("src", "notebooks");
const HEADING = /^# (.+)$/m;
const characterOf = (_: string, code: string): string => String.fromCodePoint(Number(code));

/** Every notebook, found from its file, in the order of their names. */
export function notebooks(folder = FOLDER): Notebook[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md") && file !== "index.md")
    .sort()
    .map((file) => {
      const name = file.slice(0, -".md".length);
      const heading = HEADING.exec(readFileSync(join(folder, file), "utf8"))?.[1] ?? name;
      return { path: `/notebooks/${name}`, title: heading.replaceAll(/&#(\d+);/g, characterOf) };
    });
}

/** What stands for the list in the Markdown of the notebooks' first page. */
const PLACE = "<!-- notebooks -->";

/** What reads Markdown, as far as it is used here. */
export interface MarkdownReader {
  parse(text: string, env: unknown): unknown;
}

/** Has the list of all notebooks, as they are when a page is made, put where a page has a place for it. */
export function listsNotebooks<T extends MarkdownReader>(reader: T): T {
  const parse = reader.parse.bind(reader);
  reader.parse = (text, env) => parse(text.replace(PLACE, notebookList), env);
  return reader;
}

function notebookList(): string {
  const items = notebooks().map(({ path, title }) => `<li><a href="${path}">${escaped(title)}</a></li>`);
  return `<ul class="notebooks">${items.join("")}</ul>`;
}

/** A text as it stands in HTML that Framework reads: with what it would take for code, too. */
export const escaped = (text: string): string =>
  text.replaceAll(/[&<>"'`$\\]/g, (character) => `&#${character.charCodeAt(0)};`);
