import { allWithin } from "./find.ts";
import { NARROW_PAGE, PAPER, WIDE_PAGE, widthOf } from "./widths.ts";

type Callback = (entries: { readonly target: Element; readonly contentRect: object }[]) => unknown;

interface Watched {
  readonly target: Element;
  readonly callback: Callback;
}

/** Stands for ResizeObserver: nothing changes its size here, but whatever follows a width is drawn once for each of three. */
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
    for (const watched of ready) await drawAll(watched).catch((error) => failed(watched.target, error));
    return ready.length > 0;
  }
}

const tell = ({ target, callback }: Watched, width: number): unknown =>
  callback([{ target, contentRect: { width, height: 0 } }]);

/** Leaves a drawing for narrow screens, one for paper and one for wide screens in the place. */
async function drawAll(watched: Watched): Promise<void> {
  const { target } = watched;
  const widths = [NARROW_PAGE, PAPER, WIDE_PAGE].map((page) => widthOf(target, page));
  const drawings: Element[][] = [];
  for (const [at, width] of widths.entries()) {
    await tell(watched, width);
    // The same drawing stays for another page on which the place is as wide: then a copy is taken.
    const stays = widths[at + 1] === width;
    drawings.push([...target.children].map((drawing) => (stays ? (drawing.cloneNode(true) as Element) : drawing)));
  }
  const [narrow = [], paper = [], wide = []] = drawings;
  if (heightOf(paper) === heightOf(wide)) for (const drawing of [narrow, wide]) keepHeight(drawing);
  target.replaceChildren(framed("drawn-narrow", narrow), framed("drawn-paper", paper), framed("drawn-wide", wide));
}

function framed(name: string, drawing: readonly Element[]): HTMLElement {
  const frame = document.createElement("div");
  frame.className = name;
  frame.append(...drawing);
  return frame;
}

const pictures = (drawing: readonly Element[]): Element[] =>
  drawing.flatMap((node) => [node, ...allWithin(node)]).filter(({ tagName }) => tagName === "svg");

const heightOf = (drawing: readonly Element[]): string =>
  pictures(drawing)
    .map((picture) => picture.getAttribute("height"))
    .join();

/** Where the height is the same at any width, the drawing that takes its place needs no other room. */
function keepHeight(drawing: readonly Element[]): void {
  for (const picture of pictures(drawing)) {
    const height = picture.getAttribute("height");
    if (!height) continue;
    (picture as SVGElement).style.setProperty("--height", `${height}px`);
    picture.setAttribute("preserveAspectRatio", "xMinYMin");
  }
}
