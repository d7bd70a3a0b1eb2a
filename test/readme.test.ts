import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshCheckout, shell } from "./support/checkout.ts";
import type { TemporaryProject } from "./support/project.ts";

const PROJECT = resolve(import.meta.dirname, "..");
const README = readFileSync(resolve(PROJECT, "README.md"), "utf8");
const LINES = [...README.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));

/** Servers run until Ctrl-C; this is what they must answer before it. */
const SERVERS = new Set(["npm run dev", "npm run preview"]);
/** What runs this very test: `.ci/run` runs it from a fresh clone. */
const TESTS = "npm ci && npm test";

describe("the README", () => {
  let checkout: TemporaryProject;
  beforeAll(() => {
    checkout = freshCheckout();
  });
  afterAll(() => checkout.remove());

  it("has its test command run by CI, and nothing else", () => {
    expect(LINES).toContain(TESTS);
    const script = readFileSync(resolve(PROJECT, ".ci/run"), "utf8");
    expect(script.match(/\bnpm [\w ]+/g)?.map((words) => words.trim())).toEqual(["npm ci", "npm test"]);
    expect(script).toContain(TESTS);
  });

  for (const line of LINES.filter((command) => command !== TESTS)) {
    it(`says what is true: ${line}`, { timeout: 120_000 }, async () => {
      // The packages are installed already: by the very `npm ci` that stands before this test run.
      const command = line.replace("npm ci && ", "");
      const until = SERVERS.has(command) ? { match: /http:\/\/127\.0\.0\.1:\d+\//, seen: answers } : undefined;
      const { code, output } = await shell(command, checkout.root, until);
      if (!until) expect(code, output).toBe(0);
      else expect(output).toMatch(until.match);
      expect(output).not.toContain("This is a bug");
    });
  }

  it("names files that are there", () => {
    const links = [...README.matchAll(/\]\(([^)#]+)\)/g)].map(([, target = ""]) => target);
    expect(links.length).toBeGreaterThan(5);
    for (const target of links) expect(readFileSync(resolve(PROJECT, target)).length).toBeGreaterThan(100);
  });
});

/** Waits until the server shows the report. */
async function answers(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const text = await fetch(url).then(
      async (response) => (response.ok ? response.text() : ""),
      () => "",
    );
    if (text.includes("recovered")) return;
    if (Date.now() > deadline) throw new Error(`${url} never showed the report: ${text.slice(0, 200)}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
