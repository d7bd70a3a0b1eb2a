import { openBrowser } from "./test/support/browser.ts";
import { previewSite } from "./pipelines/site/preview.ts";
import { visit, overflow } from "./test/support/visit.ts";
import { violations } from "./test/support/accessibility.ts";
const browser = await openBrowser();
const server = await previewSite({ dir: "dist", port: 0 });
for (const [n, q, width, scheme] of [["one","",1280,"light"],["two","?b=fleet-10000-seed-42&a=field-policy",1280,"dark"],["three","?a=fleet-5000-seed-42",390,"light"],["four","?by=stage",390,"dark"],["five","?by=error&b=fleet-10000-seed-42",320,"light"]] as const) {
  const { page, complaints, requests, bytes, close } = await visit(browser, `${server.url}runs.html${q}`, { width, scheme });
  console.log(n, complaints, requests, bytes, await overflow(page), await violations(page), await page.textContent(".headline"));
  console.log(await page.textContent(".lede"));
  await page.screenshot({ path: `/tmp/f-${n}.png`, fullPage: true, clip: { x: 0, y: 350, width, height: width < 500 ? 1500 : 1300 } });
  await close();
}
await browser.close(); await server.close();
