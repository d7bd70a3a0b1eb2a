import { allWithin, byClass } from "./find.ts";
import { ORIGIN } from "./window.ts";

/** Elements whose text a parser takes for something else than text, or that would run or load something. */
const REFUSED = new Set(
  "script iframe frame object embed noscript xmp plaintext noembed noframes base link meta".split(" "),
);

const SVG = "http://www.w3.org/2000/svg";
const LINKS = new Set(["href", "src", "xlink:href"]);

/** What a cell shows, made ready to be serialised: as that is how it gets into a page, text in it stays text. */
export function contentOf(nodes: readonly Node[], path: string, ids: () => string): HTMLElement {
  const holder = document.createElement("div");
  holder.append(...nodes);
  const all = allWithin(holder);
  const refused = all.find(({ localName }) => REFUSED.has(localName));
  if (refused) throw new Error(`it shows <${refused.localName}>, which is not for a page's source`);
  for (const node of all) {
    if (node.localName === "svg") renameIds(node, ids);
    const names = node.getAttributeNames();
    if (node.namespaceURI === SVG) roundLengths(node, names);
    relativeLinks(node, names, path);
    keepState(node);
    // Framework puts a button beside every <pre> that it finds; the ones of cells have none.
    if (node.localName === "pre") node.setAttribute("data-copy", "none");
  }
  return holder;
}

/** The markup of a cell's content for its page: what is drawn for paper is for the report alone. */
export function markupOf(content: HTMLElement): string {
  let markup = content.innerHTML;
  // To take a drawing out and put it back takes longer than to write it once more.
  for (const { outerHTML } of byClass(allWithin(content))("drawn-paper")) markup = markup.replace(outerHTML, () => "");
  return escaped(markup);
}

/** A serialiser leaves < and > in attributes as they are, which is sound; but no text of a device is to look like a tag to anyone. */
export const escaped = (markup: string): string =>
  markup.replaceAll(/<[a-zA-Z](?:[^">]|"[^"]*")*>/g, (tag) =>
    tag.replaceAll(/"[^"]*"/g, (value) => value.replaceAll("<", "&lt;").replaceAll(">", "&gt;")),
  );

/** A drawing refers to its own clips and patterns: as many drawings stand in one page, each gets names of its own. */
function renameIds(picture: Element, ids: () => string): void {
  const within = allWithin(picture);
  const named = within.filter(({ id }) => id !== "");
  if (named.length === 0) return;
  const names = new Map(named.map((node) => [node.id, ids()]));
  for (const node of named) node.id = names.get(node.id) ?? "";
  for (const node of within) {
    for (const name of node.getAttributeNames()) {
      const value = node.getAttribute(name) ?? "";
      const next = value.replace(/^(url\()?#([^)]+)(\)?)$/, (text, open = "", id: string, close: string) =>
        names.has(id) ? `${open}#${names.get(id)}${close}` : text,
      );
      if (next !== value) node.setAttribute(name, next);
    }
  }
}

const LENGTHS = new Set("x y x1 x2 y1 y2 cx cy r rx ry width height d points transform dx dy".split(" "));

/** A hundredth of a pixel cannot be seen, and many digits are a third of a drawing. */
function roundLengths(node: Element, names: readonly string[]): void {
  for (const name of names) {
    if (!LENGTHS.has(name)) continue;
    const value = node.getAttribute(name);
    if (value?.includes("."))
      node.setAttribute(
        name,
        value.replaceAll(/-?\d+\.\d{3,}(?![\de])/g, (text) => String(Number(Number(text).toFixed(2)))),
      );
  }
}

function relativeLinks(node: Element, names: readonly string[], path: string): void {
  for (const name of names) {
    if (!LINKS.has(name)) continue;
    const value = node.getAttribute(name);
    if (value?.startsWith(`${ORIGIN}/`))
      node.setAttribute(name, `${"../".repeat(path.split("/").length - 1) || "./"}${value.slice(ORIGIN.length + 1)}`);
  }
}

/** What a control holds is not in its markup until it is put there. */
function keepState(node: Element): void {
  if (node instanceof HTMLInputElement && (node.type === "checkbox" || node.type === "radio"))
    node.toggleAttribute("checked", node.checked);
  else if (node instanceof HTMLInputElement && node.value !== "") node.setAttribute("value", node.value);
  else if (node instanceof HTMLOptionElement) node.toggleAttribute("selected", node.selected);
  else if (node instanceof HTMLTextAreaElement) node.textContent = node.value;
}
