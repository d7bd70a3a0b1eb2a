import { NARROW_PAGE, WIDE_PAGE, widthOf } from "./widths.ts";

type Callback = (entries: { readonly target: Element; readonly contentRect: object }[]) => unknown;

interface Watched {
  readonly target: Element;
  readonly callback: Callback;
}

/** Share of the wide page's width at which a drawing is tried, to learn whether its height hangs on its width. */
const OTHER_WIDTH = 0.8;

/** Stands for ResizeObserver: nothing changes its size here, but whatever follows a width is drawn once for each kind of screen. */
export class ResizeWatch {
  readonly Observer: new (
    callback: Callback,
  ) => object;
  #waiting: Watched[] = [];

  constructor(main: () => Element | null) {
    const waiting = (watched: Watched): unknown => this.#waiting.push(watched);
    this.Observer = class {
      readonly #callback: Callback;
      constructor(callback: Callback) {
        this.#callback = callback;
      }
      observe(target: Element): void {
        // The page's own width is known at once; a place in it has one when it stands in the page.
        if (target === main()) tell({ target, callback: this.#callback }, WIDE_PAGE);
        else waiting({ target, callback: this.#callback });
      }
      unobserve(): void {}
      disconnect(): void {}
    };
  }

  /** Forgets what the page before left. */
  clear(): void {
    this.#waiting = [];
  }

  /** Draws what follows the width of a place in the page. Returns whether there was any; what it draws may hold more. */
  async draw(failed: (target: Element, error: unknown) => void): Promise<boolean> {
    const ready = this.#waiting.filter(({ target }) => target.isConnected);
    this.#waiting = this.#waiting.filter((watched) => !ready.includes(watched));
    for (const watched of ready) await drawTwice(watched).catch((error) => failed(watched.target, error));
    return ready.length > 0;
  }
}

const tell = ({ target, callback }: Watched, width: number): unknown =>
  callback([{ target, contentRect: { width, height: 0 } }]);

/** Leaves a drawing for narrow screens and one for wide ones in the place. */
async function drawTwice(watched: Watched): Promise<void> {
  const { target } = watched;
  const at = async (width: number): Promise<Element[]> => {
    await tell(watched, width);
    return [...target.children];
  };
  const wide = widthOf(target, WIDE_PAGE);
  const narrow = await at(widthOf(target, NARROW_PAGE));
  const other = await at(OTHER_WIDTH * wide);
  const drawn = await at(wide);
  if (heightOf(other) === heightOf(drawn)) for (const drawing of [narrow, drawn]) keepHeight(drawing);
  target.replaceChildren(framed("drawn-narrow", narrow), framed("drawn-wide", drawn));
}

function framed(name: string, drawing: readonly Element[]): HTMLElement {
  const frame = document.createElement("div");
  frame.className = name;
  frame.append(...drawing);
  return frame;
}

const pictures = (drawing: readonly Element[]): Element[] =>
  drawing.flatMap((node) => [node, ...node.querySelectorAll("svg")]).filter(({ tagName }) => tagName === "svg");

const heightOf = (drawing: readonly Element[]): string =>
  pictures(drawing)
    .map((picture) => picture.getAttribute("height"))
    .join();

/** Where the height is the same at any width, the drawing that takes its place needs no other room. */
function keepHeight(drawing: readonly Element[]): void {
  for (const picture of pictures(drawing)) {
    const height = picture.getAttribute("height");
    if (!height) continue;
    (picture as SVGElement).style.height = `${height}px`;
    picture.setAttribute("preserveAspectRatio", "xMinYMin");
  }
}
