import { ORIGIN } from "./window.ts";

/** Elements whose text a parser takes for something else than text, or that would run or load something. */
const REFUSED = "script, iframe, frame, object, embed, noscript, xmp, plaintext, noembed, noframes, base, link, meta";

const LINKS = ["href", "src", "xlink:href"];

/** Markup of what a cell shows. It is made by serialising the nodes, so that text in them stays text. */
export function markupOf(nodes: readonly Node[], path: string, ids: () => string): string {
  const holder = document.createElement("div");
  holder.append(...nodes);
  const refused = holder.querySelector(REFUSED);
  if (refused) throw new Error(`it shows <${refused.localName}>, which is not for a page's source`);
  for (const picture of holder.querySelectorAll("svg")) renameIds(picture, ids);
  for (const node of holder.querySelectorAll("*")) {
    relativeLinks(node, path);
    keepState(node);
    // Framework puts a button beside every <pre> that it finds; the ones of cells have none.
    if (node.localName === "pre") node.setAttribute("data-copy", "none");
  }
  return holder.innerHTML;
}

/** A drawing refers to its own clips and patterns: as many drawings stand in one page, each gets names of its own. */
function renameIds(picture: SVGElement, ids: () => string): void {
  const named = [...picture.querySelectorAll("[id]")];
  if (named.length === 0) return;
  const names = new Map(named.map((node) => [node.id, ids()]));
  for (const node of named) node.id = names.get(node.id) ?? "";
  for (const node of picture.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      const next = value.replace(/^(url\()?#([^)]+)(\)?)$/, (text, open = "", id: string, close: string) =>
        names.has(id) ? `${open}#${names.get(id)}${close}` : text,
      );
      if (next !== value) node.setAttribute(name, next);
    }
  }
}

function relativeLinks(node: Element, path: string): void {
  for (const name of LINKS) {
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
