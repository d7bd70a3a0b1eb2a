/** Milliseconds in which a page is drawn, however slow. */
const LONG_ENOUGH = 4000;

/**
 * Keeps in sight what the address of the page names: cells draw after the browser has looked for it, and what they draw above moves it.
 * Whoever touches the page has arrived.
 */
export function arrive<T extends Element>(id: string, node: T): T {
  if (location.hash !== `#${id}`) return node;
  const follow = new ResizeObserver(() => node.scrollIntoView());
  const end = (): void => follow.disconnect();
  follow.observe(document.body);
  for (const touch of ["wheel", "pointerdown", "keydown", "touchstart"]) addEventListener(touch, end, { once: true });
  setTimeout(end, LONG_ENOUGH);
  return node;
}
