import type { Page } from "playwright-core";

/** What a browser tells of a page's loading and of what somebody does in it. */
export interface Felt {
  /** Milliseconds to the largest content in the first window. */
  readonly lcpMs: number;
  /** Milliseconds beyond 50 of all tasks since the first paint. */
  readonly tbtMs: number;
  /** Layout shifts that nobody asked for. */
  readonly cls: number;
  /** Milliseconds from the slowest of the things done to the next paint. */
  readonly inpMs: number;
}

/** A phone of the middle class on a slow link: a quarter of the processor, 1.6 Mbit/s and 150 ms a round trip. */
const SLOWDOWN = 4;
const LINK = { offline: false, latency: 150, downloadThroughput: 204_800, uploadThroughput: 96_000 };

/** Runs before anything of the page. Text, since a function would be compiled with a helper that the page does not have. */
const OBSERVE = `(() => {
  const felt = { lcp: 0, tasks: [], cls: 0, inp: 0 };
  window.felt = felt;
  const watch = (type, take, more = {}) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch("largest-contentful-paint", (entry) => { felt.lcp = entry.startTime; });
  watch("longtask", (entry) => felt.tasks.push([entry.startTime, entry.duration]));
  watch("layout-shift", (entry) => { if (!entry.hadRecentInput) felt.cls += entry.value; });
  watch("event", (entry) => { if (entry.interactionId) felt.inp = Math.max(felt.inp, entry.duration); }, { durationThreshold: 16 });
})()`;

/** Makes the page one of a slow phone whose browser keeps a record. */
export async function observe(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: SLOWDOWN });
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", LINK);
  await page.addInitScript(OBSERVE);
}

/** What the record says by now. */
export async function felt(page: Page): Promise<Felt> {
  const { lcp, tasks, cls, inp, painted } = (await page.evaluate(
    "({ ...window.felt, painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0 })",
  )) as { lcp: number; tasks: [from: number, took: number][]; cls: number; inp: number; painted: number };
  const blocked = tasks.filter(([from]) => from >= painted).reduce((sum, [, took]) => sum + Math.max(0, took - 50), 0);
  return { lcpMs: lcp, tbtMs: blocked, cls, inpMs: inp };
}
