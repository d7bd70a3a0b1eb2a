import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { JSDOM, VirtualConsole } from "jsdom";
import { digestOf } from "./kept.ts";
import { ResizeWatch } from "./resize.ts";

/** Where a page believes to be while it is baked. Nothing is ever asked for there, but who reads the page without scripts may read it. */
export const ORIGIN = "https://your-site.example";

/** Names that Node has too, but that must be the document's own, since its methods accept nothing else. */
const OF_DOCUMENT = new Set(["AbortController", "AbortSignal", "CustomEvent", "Event", "EventTarget", "navigator"]);

/** A window without a screen: what pages expect around them, with the files of a built site for a server. */
export interface BakeWindow {
  readonly resize: ResizeWatch;
  /** The files that the page read, by their paths in the site, as digests. */
  readonly reads: ReadonlyMap<string, string>;
  /** Requests that have not been answered. */
  pending(): number;
  /** Puts a page's body in place of the former one. */
  open(path: string, body: string): void;
}

/** Makes the window and puts what it has on this process's global object, where modules look for it. */
export function openWindow(dir: string): BakeWindow {
  const { window, reconfigure } = jsdom();
  const resize = new ResizeWatch(() => window.document.querySelector("main"));
  const reads = new Map<string, string>();
  let asked = 0;
  const fetchFile = async (url: string | URL): Promise<Response> => {
    asked += 1;
    try {
      const file = fileOf(dir, new URL(url, window.location.href));
      const content = await readFile(file);
      reads.set(relative(dir, file), digestOf(content));
      return new Response(new Uint8Array(content));
    } finally {
      asked -= 1;
    }
  };
  for (const name of Object.getOwnPropertyNames(window)) {
    if (name in globalThis && !OF_DOCUMENT.has(name)) continue;
    share(name, (window as unknown as Record<string, unknown>)[name]);
  }
  share("requestAnimationFrame", (callback: () => void) => setImmediate(callback));
  share("cancelAnimationFrame", clearImmediate);
  share("matchMedia", () => ({ matches: false, addEventListener() {}, removeEventListener() {} }));
  share("ResizeObserver", resize.Observer);
  share("fetch", fetchFile);
  return {
    resize,
    reads,
    pending: () => asked,
    open: (path, body) => {
      reads.clear();
      reconfigure({ url: `${ORIGIN}/${path}` });
      window.document.body.innerHTML = body;
    },
  };
}

function jsdom(): { window: JSDOM["window"]; reconfigure: JSDOM["reconfigure"] } {
  const dom = new JSDOM("<!doctype html><html><head></head><body></body></html>", {
    url: `${ORIGIN}/`,
    virtualConsole: new VirtualConsole(),
  });
  return { window: dom.window, reconfigure: dom.reconfigure.bind(dom) };
}

function share(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

function fileOf(dir: string, url: URL): string {
  const file = join(dir, decodeURIComponent(url.pathname));
  if (url.origin !== ORIGIN || relative(dir, file).startsWith(`..${sep}`))
    throw new Error(`${url.href} is no file of the site`);
  return file;
}
