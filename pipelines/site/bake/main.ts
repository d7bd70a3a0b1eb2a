import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { isMainThread } from "node:worker_threads";
import { filesUnder } from "../built-pages.ts";
import { REPORT } from "../inventory.ts";
import { sealPage } from "../policy.ts";
import { help, startHelper } from "./helper.ts";
import { bakePages } from "./pages.ts";
import { composeReport } from "./report.ts";

/** The process that bakes the pages of a site, in place. It is told the folder once that is there; told none, it has nothing to do. */
async function main(): Promise<void> {
  const helper = startHelper();
  const dir = await text(process.stdin);
  if (dir === "") return;
  const files = (await filesUnder(dir)).filter((file) => file.endsWith(".html"));
  const share = { dir, files, taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) };
  const pages = (await Promise.all([bakePages(share), helper.bake(share)])).flat();
  await writeFile(join(dir, REPORT), sealPage(await composeReport(dir, pages)));
}

if (isMainThread) {
  main().then(
    () => process.exit(),
    (error: Error) => {
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    },
  );
} else help();
