import { openBrowser } from "./test/support/browser.ts";
import { previewSite } from "./pipelines/site/preview.ts";
const server = await previewSite({ dir: "dist", port: 0 });
const browser = await openBrowser();
for (const [name, q] of [["policy", ""], ["policy", "?battery_above_12_5.0=12.3"], ["roi", ""]] as const)
 for (const [width, scheme] of [[1280,"light"],[390,"dark"]] as const) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  page.on("console", (m) => { if (m.type() === "error") console.log(name, m.text()); });
  page.on("pageerror", (e) => console.log(name, "ERR", e.message));
  await page.goto(`${server.url}${name}.html${q}`); await page.waitForTimeout(2500);
  console.log(name, await page.textContent(".headline").catch(()=>"none"), await page.$$eval(".observablehq--error", a=>a.map(e=>e.textContent)));
  await page.screenshot({ path: `/tmp/c-${name}${q ? "-q" : ""}-${width}.png`, fullPage: true });
  await page.close();
}
await browser.close(); await server.close(); process.exit(0);
