/** Every element below another, in the order of the page. A selector or a collection takes jsdom ten times as long. */
export function allWithin(node: Element): Element[] {
  const all: Element[] = [];
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) all.push(walker.currentNode as Element);
  return all;
}

/** Those of the elements that have a class. */
export const withClass = (elements: readonly Element[], name: string): HTMLElement[] =>
  elements.filter((element) => element.getAttribute("class")?.split(/\s+/).includes(name)) as HTMLElement[];
