/** What may stand in an element. Text becomes a text node, never markup. */
export type Content = Node | string | number | null | undefined | false | readonly Content[];

type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void) | null | undefined>>;

/**
 * Makes an HTML element. There is no way to pass markup as text, so what a device reported cannot become a tag. A function
 * is a listener for the event that its key names.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: Content[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") node.addEventListener(name, value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) node.setAttribute(name, String(value));
  }
  append(node, content);
  return node;
}

function append(node: HTMLElement, content: readonly Content[]): void {
  for (const item of content) {
    if (item === null || item === undefined || item === false) continue;
    if (Array.isArray(item)) append(node, item);
    else node.append(typeof item === "number" ? String(item) : (item as Node | string));
  }
}
