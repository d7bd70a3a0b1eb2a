import { CLIENT, PAGE_SCRIPT } from "../page-parts.ts";
import { WAKE, WOKEN } from "./wake.ts";

const PRELOADS = /<link rel="modulepreload"[^>]*>\n/g;
const NOTE =
  '<noscript><p class="no-script">This page shows what it held when it was made. To choose, sort and search in it, allow it to run scripts.</p></noscript>';

/** Puts what the cells show into a page, in the place of each, and lays its script to sleep until somebody does something. */
export function composePage(html: string, cells: ReadonlyMap<string, string>): string {
  let page = html;
  for (const [id, markup] of cells) if (markup !== "") page = putIn(page, id, markup);
  const preloads = page.match(PRELOADS)?.join("") ?? "";
  return page
    .replace(PRELOADS, "")
    .replace(PAGE_SCRIPT, (_, script: string) => asleep(preloads, script))
    .replace(/(<main [^>]*>\n)/, (main) => `${main}${NOTE}\n`);
}

/** Framework's client takes the place away when the cell shows its first content, as it does with its own sign that a cell is at work. */
function putIn(page: string, id: string, markup: string): string {
  const mark = `<!--:${id}:-->`;
  const at = page.indexOf(mark);
  const place = /<observablehq-loading><\/observablehq-loading>$/.exec(page.slice(0, at));
  const before = page.slice(0, place?.index ?? at);
  const held = `<observablehq-loading class="baked" data-cell="${id}">${markup}</observablehq-loading>`;
  return outOfParagraph(before, page.slice(at), held, markup);
}

/** A parser ends a paragraph where a block begins, and would tear the place apart. */
function outOfParagraph(before: string, after: string, held: string, markup: string): string {
  const open = before.lastIndexOf("<p>");
  const isInside =
    open > before.lastIndexOf("</p>") && /<(div|section|p|ul|ol|dl|table|figure|form|pre|h\d)\b/.test(markup);
  if (!isInside) return before + held + after;
  return `${before.slice(0, open)}<div class="paragraph">${before.slice(open + 3)}${held}${after.replace("</p>", "</div>")}`;
}

const asleep = (preloads: string, script: string): string => {
  const woken = script.replace(CLIENT, `import {define as defineCell} from "$1";\n${WOKEN}`);
  return `<template id="asleep">\n${preloads}<script type="module">${woken}</script>\n</template>\n<script>${WAKE}</script>\n</head>`;
};
