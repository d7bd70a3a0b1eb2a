import { allWithin } from "./find.ts";

/** Rows that a table keeps where it has to be shortened. */
const FEW_ROWS = 15;

/**
 * Takes the heaviest things out of a page, one after the other, until it is light enough: rows of tables first, for a drawing tells more in as many
 * bytes, then drawings.
 */
export function lighten(roots: readonly Element[], where: string, isLight: () => boolean): void {
  if (isLight()) return;
  const all = roots.flatMap(allWithin);
  for (const body of heaviest(all.filter(isLong))) {
    shorten(body, FEW_ROWS, where);
    if (isLight()) return;
  }
  for (const drawing of heaviest(all.filter(isDrawing))) {
    // It went with another drawing of the same place.
    if (!roots.some((root) => root.contains(drawing))) continue;
    drawing.parentElement?.replaceChildren(tooLarge(where));
    if (isLight()) return;
  }
}

const heaviest = (nodes: readonly Element[]): Element[] =>
  nodes
    .map((node) => ({ node, bytes: node.innerHTML.length }))
    .sort((a, b) => b.bytes - a.bytes)
    .map(({ node }) => node);

const isLong = (node: Element): boolean => node.localName === "tbody" && node.children.length > FEW_ROWS;

const isDrawing = (node: Element): boolean => /^drawn-(wide|paper)$/.test(node.className);

/** Leaves the first rows of a table, and a note of how many more there are. */
export function shorten(body: Element, most: number, where: string): void {
  const left = [...body.children].slice(most);
  if (left.length === 0) return;
  for (const row of left) row.remove();
  const before = body.parentElement?.querySelector("tfoot");
  const hidden = left.length + Number(before?.dataset.rows ?? 0);
  before?.remove();
  const foot = document.createElement("tfoot");
  foot.dataset.rows = String(hidden);
  const cell = foot.appendChild(document.createElement("tr")).appendChild(document.createElement("td"));
  cell.colSpan = body.children[0]?.children.length ?? 1;
  cell.textContent = `${hidden} more rows are ${where}.`;
  body.after(foot);
}

function tooLarge(where: string): HTMLElement {
  const note = document.createElement("p");
  note.className = "hint";
  note.textContent = `This drawing is too large for this file. It is ${where}.`;
  return note;
}
