import { allWithin, byClass, classesOf, make, ofKind, parsed } from "./find.ts";

/** What the report takes of a page, as markup: it is read again when another page changes, too. */
export interface Chapter {
  readonly path: string;
  /** What the site is about, in words. */
  readonly dateline?: string | undefined;
  /** Where its numbers come from. */
  readonly provenance?: string | undefined;
  /** Nothing of a page that answers nothing. */
  readonly answered?: Answered | undefined;
}

interface Answered {
  readonly question: string;
  readonly headline: string;
  readonly section: string;
}

/** The sections that this process made itself: to read their markup again would take a twelfth of a bake. */
const made = new WeakMap<Answered, Element>();

/** The section of a chapter, for the report to take apart. */
export const sectionOf = (answered: Answered): Element =>
  made.get(answered) ?? (parsed(answered.section).firstElementChild as Element);

/** What nobody can use on paper, in a file without scripts, or away from the site; and what is drawn for wide screens. */
const LEFT_OUT = {
  kinds: new Set("button input select textarea form noscript".split(" ")),
  classes: new Set("choice filters keys in-site drawn-wide".split(" ")),
};

export const nameOf = (path: string): string => path.replace(/\.html$/, "").replaceAll("/", "-");

/**
 * The chapter of a page: its question, its answer, its figures and every panel that draws something, with the table. A panel with the attribute
 * `data-report` is there, too, and with `data-report="no"` it is not.
 * @param cells what the page's cells show, which is taken apart for it
 */
export function chapterOf(path: string, html: string, cells: readonly HTMLElement[]): Chapter {
  const inCells = byClass(cells.flatMap(allWithin));
  const [dateline] = inCells("dateline");
  if (dateline) leaveOut(allWithin(dateline));
  const about = {
    path,
    dateline: dateline?.textContent ?? undefined,
    provenance: inCells("provenance")[0]?.outerHTML,
  };
  const [answer] = inCells("answer");
  if (!answer) return about;
  const inAnswer = byClass(allWithin(answer));
  const headline = inAnswer("headline")[0]?.textContent ?? "";
  const question = parsed(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(html)?.[1] ?? nameOf(path)).textContent ?? "";
  const panels = inCells("panel").filter(isMain);
  const section = make("section", { class: "chapter", id: nameOf(path) }, make("h2", {}, question), answer);
  section.append(...inCells("cards"), ...panels);
  inAnswer("dateline")[0]?.remove();
  for (const panel of panels) printable(panel, nameOf(path));
  const all = allWithin(section);
  leaveOut(all);
  for (const link of ofKind(all, "a")) link.replaceWith(...link.childNodes);
  const answered = { question, headline, section: section.outerHTML };
  made.set(answered, section);
  return { ...about, answered };
}

function leaveOut(elements: readonly Element[]): void {
  for (const node of elements) {
    if (LEFT_OUT.kinds.has(node.localName) || classesOf(node).some((name) => LEFT_OUT.classes.has(name))) node.remove();
  }
}

function isMain(panel: Element): boolean {
  const wish = panel.getAttribute("data-report");
  if (wish !== null) return wish !== "no";
  return byClass(allWithin(panel))("drawing").some((drawing) => ofKind(allWithin(drawing), "svg").length > 0);
}

/** Puts the table in the place of the evidence, words in that of lists to choose from, and the panel's headings below the chapter's. */
function printable(panel: Element, chapter: string): void {
  const all = allWithin(panel);
  const inPanel = byClass(all);
  const [evidence] = inPanel("evidence");
  evidence?.replaceWith(...tableOf(evidence));
  for (const choice of inPanel("choice")) {
    const within = allWithin(choice);
    const chosen = ofKind(within, "option").find((option) => option.hasAttribute("selected"))?.textContent;
    if (chosen)
      choice.replaceWith(make("p", { class: "chosen" }, `${ofKind(within, "label")[0]?.textContent}: ${chosen}`));
  }
  for (const style of ofKind(all, "style")) if (style.closest("svg")) style.remove();
  for (const heading of all.filter(({ localName }) => localName === "h2" || localName === "h3")) {
    const lower = make(heading.localName === "h2" ? "h3" : "h4", {}, ...heading.childNodes);
    if (heading.id) lower.id = `${chapter}-${heading.id}`;
    heading.replaceWith(lower);
  }
  // Two pages may have panels of one name, which are no landmarks then.
  panel.removeAttribute("aria-labelledby");
}

function tableOf(evidence: Element): HTMLElement[] {
  const [table] = byClass(allWithin(evidence))("table-scroll");
  if (!table) return [];
  const summary = make("summary", {}, `Table: ${ofKind(allWithin(table), "caption")[0]?.textContent}`);
  return [make("details", {}, summary, table)];
}
