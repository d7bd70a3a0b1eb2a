import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface AxeResult {
  violations: { id: string; nodes: { html: string; failureSummary?: string }[] }[];
}

/** What axe has to say against a page, one line a finding. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated, not added as a script: the page's policy refuses those.
  await page.evaluate(AXE);
  const { violations: found } = (await page.evaluate("axe.run(document)")) as AxeResult;
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ""}`),
  );
}
