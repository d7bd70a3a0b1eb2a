/**
 * What a baked page runs at once: it waits until somebody does something, or until the address asks for something, and then lets the page's
 * own script run. What was opened, typed, chosen, focused or clicked before is handed on to the live content as it comes.
 */
{
  const HELD = "observablehq-loading.baked";
  const EVENTS = ["pointermove", "pointerdown", "touchstart", "keydown", "focusin", "input", "click"];
  let clicked: Element | undefined;
  let focused: Element | undefined;
  let rest: readonly [number, number] | undefined;

  const rouse = (): void => {
    const template = document.querySelector<HTMLTemplateElement>("template#asleep");
    if (!template) return;
    for (const name of EVENTS) removeEventListener(name, hear, true);
    addEventListener("click", keepClick, true);
    new MutationObserver((records) => records.forEach(handOn)).observe(document.body, {
      childList: true,
      subtree: true,
    });
    document.head.append(template.content);
    template.remove();
  };
  const held = (event: Event, selector: string): Element | undefined =>
    event.target instanceof Element && event.target.closest(HELD)
      ? (event.target.closest(selector) ?? undefined)
      : undefined;
  const keepClick = (event: Event): void => {
    clicked = held(event, "*") ?? clicked;
  };
  const hear = (event: Event): void => {
    if (event.type === "click") keepClick(event);
    if (event.type === "pointermove" && !hasMoved(event as PointerEvent)) return;
    const list = held(event, "select");
    // A list that is open would close when another takes its place.
    if (list && event.type !== "input" && event.type !== "pointermove")
      for (const name of ["change", "blur"]) list.addEventListener(name, rouse, { once: true });
    else rouse();
  };

  /** A browser says that a pointer which is at rest has moved when something comes to lie under it. */
  const hasMoved = ({ screenX, screenY }: PointerEvent): boolean => {
    const before = rest ?? [screenX, screenY];
    rest = [screenX, screenY];
    return before[0] !== screenX || before[1] !== screenY;
  };

  /** Hands on what somebody did to a cell's content before the live one came. */
  const handOn = ({ removedNodes, target }: MutationRecord): void => {
    for (const former of removedNodes) {
      if (!(former instanceof Element && former.matches(HELD) && target instanceof Element)) continue;
      for (const node of former.querySelectorAll("*")) {
        if (node !== focused && node !== clicked && !/^(DETAILS|SELECT|INPUT|TEXTAREA)$/.test(node.tagName)) continue;
        const live = follow(target, path(node, former));
        if (live?.tagName === node.tagName) pass(node, live as HTMLElement);
      }
      for (const drawing of former.querySelectorAll(".drawn-narrow"))
        keepDrawing(drawing.parentElement, former, target);
    }
  };
  const path = (node: Element, from: Element): number[] => {
    const steps: number[] = [];
    for (let at = node; at !== from && at.parentElement; at = at.parentElement)
      steps.unshift([...at.parentElement.children].indexOf(at));
    return steps;
  };
  const follow = (from: Element, steps: readonly number[]): Element | undefined =>
    steps.reduce<Element | undefined>((node, step) => node?.children[step], from);

  /** A place whose live drawing comes later keeps the baked one until then: it takes away what it finds. */
  const keepDrawing = (place: Element | null, former: Element, target: Element): void => {
    if (!place) return;
    const live = follow(target, path(place, former));
    if (live?.localName === "div" && live.childElementCount === 0) live.append(...place.children);
  };

  const pass = (former: Element, live: HTMLElement): void => {
    // What the address names is opened by the live cell itself.
    if (former instanceof HTMLDetailsElement) (live as HTMLDetailsElement).open ||= former.open;
    if (former instanceof HTMLInputElement && former.checked !== former.defaultChecked) live.click();
    else if (isChanged(former)) {
      (live as HTMLInputElement).value = (former as HTMLInputElement).value;
      for (const name of ["input", "change"]) live.dispatchEvent(new Event(name, { bubbles: true }));
    }
    if (former === focused) live.focus({ preventScroll: true });
    if (former === clicked && !former.closest("a, summary, select, input, textarea, label")) live.click();
  };
  const isChanged = (former: Element): boolean => {
    if (former instanceof HTMLSelectElement)
      return [...former.options].some((option) => option.selected !== option.defaultSelected);
    return (
      (former instanceof HTMLInputElement || former instanceof HTMLTextAreaElement) &&
      former.value !== former.defaultValue
    );
  };

  interface Cell {
    readonly id: string;
    readonly body: (...inputs: unknown[]) => unknown;
  }
  /** Takes away what stands for a cell once the cell itself has shown what it shows, which may be nothing. */
  const wokenCell = (cell: Cell): Cell => ({
    ...cell,
    body: (...inputs) => {
      if (document.activeElement?.closest(HELD)) focused = document.activeElement;
      const result = cell.body(...inputs);
      const done = (): void => document.querySelector(`${HELD}[data-cell="${cell.id}"]`)?.remove();
      Promise.resolve(result).then(done, done);
      return result;
    },
  });
  Object.assign(window, { wokenCell });

  for (const name of EVENTS) addEventListener(name, hear, { capture: true, passive: true });
  const isAsked = (): boolean =>
    location.search !== "" ||
    (location.hash !== "" && !document.getElementById(decodeURIComponent(location.hash.slice(1))));
  addEventListener("DOMContentLoaded", () => isAsked() && rouse(), { once: true });
}
