/** Takes the pictures of README and docs from the site in `dist`: `npm run pictures`, after `npm run pipeline`. */
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { previewSite } from "../pipelines/site/preview.ts";
import { openBrowser } from "./support/browser.ts";
import { visit } from "./support/visit.ts";

const PROJECT = resolve(import.meta.dirname, "..");
const FOLDER = join(PROJECT, "docs", "images");
const WIDTH = 1280;

/** Page, and the height of what is shown of it, in pixels. */
const PICTURES = [
  ["index", 900],
  ["triage", 900],
] as const;

const site = await previewSite({ dir: join(PROJECT, "dist") });
const browser = await openBrowser();
try {
  await mkdir(FOLDER, { recursive: true });
  for (const [name, height] of PICTURES)
    for (const scheme of ["light", "dark"] as const) {
      const { page, complaints, close } = await visit(browser, `${site.url}${name}.html`, { width: WIDTH, scheme });
      if (complaints.length > 0) throw new Error(`${name}: ${complaints.join("; ")}`);
      const file = `${name === "index" ? "overview" : name}${scheme === "dark" ? "-dark" : ""}.png`;
      await page.screenshot({ path: join(FOLDER, file), clip: { x: 0, y: 0, width: WIDTH, height } });
      process.stdout.write(`docs/images/${file}\n`);
      await close();
    }
} finally {
  await browser.close();
  await site.close();
}
