/** Every element below another, in the order of the page. A selector or a collection takes jsdom ten times as long. */
export function allWithin(node: Element): Element[] {
  const all: Element[] = [];
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_ELEMENT);
  while (walker.nextNode()) all.push(walker.currentNode as Element);
  return all;
}

/** The elements by their classes: each is asked for them once. */
export function byClass(elements: readonly Element[]): (name: string) => readonly HTMLElement[] {
  const found = new Map<string, HTMLElement[]>();
  for (const element of elements) {
    for (const name of classesOf(element)) {
      const others = found.get(name);
      if (others) others.push(element as HTMLElement);
      else found.set(name, [element as HTMLElement]);
    }
  }
  return (name) => found.get(name) ?? [];
}

/** Those of the elements that are of a kind. */
export const ofKind = (elements: readonly Element[], name: string): HTMLElement[] =>
  elements.filter(({ localName }) => localName === name) as HTMLElement[];

const NONE: readonly string[] = [];

export function classesOf(element: Element): readonly string[] {
  const names = element.getAttribute("class");
  return names === null ? NONE : names.split(/\s+/);
}

export function make(
  tag: string,
  attributes: Readonly<Record<string, string>>,
  ...content: (Node | string)[]
): HTMLElement {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...content);
  return node;
}

/** An element that holds what a markup says. */
export function parsed(markup: string): HTMLElement {
  const holder = document.createElement("div");
  holder.innerHTML = markup;
  return holder;
}
