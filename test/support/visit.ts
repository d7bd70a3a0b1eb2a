import type { Browser, Page } from "playwright-core";

export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
  /** Whether the page may run scripts, which it may unless it says no. */
  readonly scripts?: boolean;
}

/** A page that was opened, and sleeps as long as nobody does anything. */
export interface Opened {
  readonly page: Page;
  /** Console errors (the policy's among them), page errors, dialogs, failed requests and requests to elsewhere. */
  readonly complaints: string[];
  /** What the page asked for by now. */
  readonly urls: readonly string[];
  /** What the page got by now, before compression. */
  readonly bodies: readonly Promise<Buffer>[];
  close(): Promise<void>;
}

export interface Visit extends Omit<Opened, "bodies"> {
  /** Requests that the page made until it was still. */
  readonly requests: number;
  /** Bytes of the bodies as they came, before compression. */
  readonly bytes: number;
}

/** Opens a page as somebody would, wakes it, and keeps everything that went wrong. A request to elsewhere is refused. */
export async function visit(browser: Browser, url: string, look: Look): Promise<Visit> {
  const { bodies, ...opened } = await open(browser, url, look);
  await settled(opened.page);
  const sizes = (await Promise.all(bodies)).map(({ length }) => length);
  return { ...opened, requests: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** Milliseconds that a page is waited for: on a busy machine several are opened at once. */
const PATIENCE_MS = 60_000;

/**
 * Opens a page and leaves it alone.
 * @param prepare what is done with the empty page beforehand.
 */
export async function open(
  browser: Browser,
  url: string,
  look: Look,
  prepare: (page: Page) => Promise<void> = async () => {},
): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: 900 },
    colorScheme: look.scheme,
    javaScriptEnabled: look.scripts ?? true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const urls: string[] = [];
  const bodies: Promise<Buffer>[] = [];
  const origin = new URL(url).origin;
  await context.route("**/*", (route) => {
    const target = route.request().url();
    if (target.startsWith("data:") || target.startsWith("blob:") || new URL(target).origin === origin)
      return route.continue();
    complaints.push(`asked for ${target}`);
    return route.abort();
  });
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("dialog", (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => urls.push(request.url()));
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
    bodies.push(response.body().catch(() => Buffer.alloc(0)));
  });
  await prepare(page);
  await page.goto(url, { waitUntil: "load" });
  return { page, complaints, urls, bodies, close: () => context.close() };
}

/** Wakes a page with the mouse, and resolves when every cell has run: the provenance is the last thing of a page. */
export async function settled(page: Page): Promise<void> {
  for (const at of [1, 2, 3]) await page.mouse.move(at, at);
  await page.waitForFunction(
    () =>
      document.querySelector(".provenance") &&
      !document.querySelector("template#asleep, observablehq-loading, .drawn-narrow"),
  );
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100))));
}

/** Pixels by which the page is wider than the window. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
