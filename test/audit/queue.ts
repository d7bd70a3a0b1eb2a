import type { Browser } from "playwright-core";
import { previewSite } from "../../pipelines/site/preview.ts";
import { lengthenQueue } from "../support/long-queue.ts";
import { type Look, visit } from "../support/visit.ts";
import type { Costs } from "./targets.ts";

/** What somebody types, letter by letter. */
const TYPED = ["err_sensor", "sn-200 integrity", "no such thing", ""];

/** Each act is done so often, and the middle one counts, since a machine has other work too. */
const TIMES = 3;

/**
 * Chooses everything in every list, types, and orders by every column both ways. Returns each act with the milliseconds until its answer was
 * painted. Text, since a function would be compiled with a helper that the page does not have.
 */
const ACT = `async (typed) => {
  const painted = () => new Promise((resolve) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = resolve;
    port2.postMessage(null);
  }));
  const acts = [];
  const act = async (what, work) => {
    await painted();
    const from = performance.now();
    work();
    await painted();
    acts.push([what, performance.now() - from]);
  };
  const give = (node, value) => act(node.id + " " + JSON.stringify(value), () => {
    node.value = value;
    node.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const list of document.querySelectorAll(".filters select"))
    for (const { value } of [...list.options].reverse()) await give(list, value);
  for (const words of typed)
    for (let end = Math.min(1, words.length); end <= words.length; end++)
      await give(document.querySelector("#triage-search"), words.slice(0, end));
  for (const button of document.querySelectorAll(".virtual th button"))
    for (let way = 0; way < 2; way++) await act("order by " + button.textContent, () => button.click());
  return acts;
}`;

type Act = readonly [what: string, ms: number];

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** What the filters and orders of a queue of 100,000 take in the site, which holds that queue from then on. The machine is not slowed down. */
export async function measureQueue(browser: Browser, dir: string, look: Look): Promise<Partial<Costs>> {
  await lengthenQueue(dir);
  const server = await previewSite({ dir, port: 0 });
  try {
    const { page, complaints, close } = await visit(browser, `${server.url}triage.html`, look);
    const rounds: Act[][] = [];
    while (rounds.length < TIMES) rounds.push((await page.evaluate(`(${ACT})(${JSON.stringify(TYPED)})`)) as Act[]);
    const rows = await page.locator("tr").count();
    await close();
    const [first = []] = rounds;
    const acts = first.map(([what], at): Act => [what, middle(rounds.map((round) => round[at]?.[1] ?? Number.NaN))]);
    for (const [what, ms] of acts) process.stderr.write(`100,000 devices: ${what}: ${ms.toFixed(0)} ms\n`);
    return { answerMs: Math.max(...acts.map(([, ms]) => ms)), rows, complaints };
  } finally {
    await server.close();
  }
}
