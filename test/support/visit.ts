import type { Browser, Page } from "playwright-core";

export interface Look {
  readonly width: number;
  readonly scheme: "light" | "dark";
}

export interface Visit {
  readonly page: Page;
  /** Console errors (the policy's among them), page errors, dialogs, failed requests and requests to elsewhere. */
  readonly complaints: string[];
  /** Requests that the page made until it was still. */
  readonly requests: number;
  /** Bytes of the bodies as they came, before compression. */
  readonly bytes: number;
  close(): Promise<void>;
}

/** Opens a page as somebody would, wakes it, and keeps everything that went wrong. A request to elsewhere is refused. */
export async function visit(browser: Browser, url: string, look: Look): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, colorScheme: look.scheme });
  const page = await context.newPage();
  const complaints: string[] = [];
  let requests = 0;
  const bodies: Promise<number>[] = [];
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
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("response", (response) => {
    requests += 1;
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
    bodies.push(
      response.body().then(
        (body) => body.length,
        () => 0,
      ),
    );
  });
  await page.goto(url, { waitUntil: "load" });
  await settled(page);
  const bytes = (await Promise.all(bodies)).reduce((sum, size) => sum + size, 0);
  return { page, complaints, requests, bytes, close: () => context.close() };
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
