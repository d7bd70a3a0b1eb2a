import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freshCheckout, shell } from "./support/checkout.ts";
import type { TemporaryProject } from "./support/project.ts";

const GUIDE = readFileSync(resolve(import.meta.dirname, "../docs/extend.md"), "utf8");
const NAVIGATION = "pipelines/site/navigation.ts";

let checkout: TemporaryProject;
beforeAll(() => {
  checkout = freshCheckout();
});
afterAll(() => checkout.remove());

it("the guide, followed to the letter, gives a mart and a page", { timeout: 120_000 }, async () => {
  const files = [...GUIDE.matchAll(/^`(\S+)`\n\n(`{3,4})\w+\n([\s\S]*?)^\2$/gm)];
  expect(files.map(([, file]) => file)).toEqual(["loaders/marts/signal_failure.sql", "src/signal.md"]);
  for (const [, file = "", , text = ""] of files) writeFileSync(join(checkout.root, file), text);
  const line = /^```ts\n(.*)\n```$/m.exec(GUIDE)?.[1] ?? "";
  const navigation = readFileSync(join(checkout.root, NAVIGATION), "utf8");
  writeFileSync(join(checkout.root, NAVIGATION), navigation.replace("\n] as const;", `\n${line}\n] as const;`));

  const made = await shell("npm run generate -- --devices 3000 && npm run report", checkout.root);
  expect(made.code, made.output).toBe(0);
  expect(existsSync(join(checkout.root, "dist/signal.html"))).toBe(true);
  expect(readFileSync(join(checkout.root, "dist/index.html"), "utf8")).toContain(">Signal</a>");
  const door = readFileSync(join(checkout.root, "dist/signal.html"), "utf8");
  const mart = /_file\/data\/marts\/signal_failure\.[0-9a-f]+\.json/.exec(door)?.[0] ?? "";
  const rows = JSON.parse(readFileSync(join(checkout.root, "dist", mart), "utf8")) as { devices: number }[];
  expect(rows.reduce((sum, { devices }) => sum + devices, 0)).toBe(3000);
});
