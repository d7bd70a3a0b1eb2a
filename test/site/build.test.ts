import { appendFile, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SentinelError } from "../../pipelines/cli/errors.ts";
import { filesUnder } from "../../pipelines/site/built-pages.ts";
import { copiedSite } from "../support/built-site.ts";
import { PAGES } from "../support/site-pages.ts";
import type { SiteProject } from "../support/site-project.ts";
import { alike, populated } from "../support/site-scenarios.ts";
import { writeWarehouse } from "../support/warehouse-fixture.ts";
import { siteDigest as digest } from "./digest.ts";

let project: SiteProject;
let first: string;

const dist = (): string => join(project.root, "dist");
const failure = (work: Promise<unknown>): Promise<SentinelError> =>
  work.then(
    () => expect.unreachable(),
    (error) => error,
  );

beforeAll(async () => {
  project = await copiedSite(alike());
  first = await digest(dist());
});

afterAll(() => project?.remove());

describe("building the site", () => {
  test("does nothing when nothing changed", async () => {
    expect(await project.build()).toMatchObject({ made: "nothing", pages: PAGES });
  });

  test("gives the same bytes for the same input, from a cold cache and at another time", async () => {
    await rm(join(project.root, "src", ".observablehq"), { recursive: true });
    await rm(dist(), { recursive: true });
    const later = new Date("2031-05-05");
    for (const file of await filesUnder(join(project.root, "src"))) await utimes(file, later, later);
    expect(await project.build()).toMatchObject({ made: "site" });
    expect(await digest(dist())).toBe(first);
  }, 120_000);

  test("leaves the former site whole when a door fails, and says what the door said", async () => {
    await rm(project.warehouse);
    const error = await failure(project.build({ snapshotId: "missing" }));
    expect(error).toBeInstanceOf(SentinelError);
    expect(error).toMatchObject({ exitCode: 6, command: "npm run dev" });
    expect(error.message).toMatch(/warehouse\.duckdb/);
    expect(error.message).not.toMatch(/\n\s+at /);
    expect(await digest(dist())).toBe(first);
    expect((await readdir(project.root)).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
    await writeWarehouse(project.warehouse, alike());
  }, 120_000);

  test("leaves the former site whole when a page is broken, and names the page", async () => {
    const page = join(project.root, "src", "triage.md");
    const text = await readFile(page, "utf8");
    await appendFile(page, "\n```js\nlet = = 1;\n```\n");
    expect(await failure(project.build())).toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(/triage\.html: .*SyntaxError/),
    });
    await writeFile(page, `${text}\n\`\`\`js\nimport {no} from "./components/nowhere.js";\n\`\`\`\n`);
    expect(await failure(project.build())).toMatchObject({
      exitCode: 6,
      message: expect.stringContaining("nowhere.js"),
    });
    expect(await digest(dist())).toBe(first);
    await writeFile(page, text);
  }, 120_000);

  test("leaves the former site whole when a page would publish what is not on the list", async () => {
    const page = join(project.root, "src", "triage.md");
    const text = await readFile(page, "utf8");
    const key = join(project.root, "src", "server.pem");
    await writeFile(key, "a key");
    await appendFile(page, '\n```js\nFileAttachment("server.pem")\n```\n');
    expect(await failure(project.build())).toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(/_file\/server\.[0-9a-f]{8}\.pem/),
    });
    await rm(key);
    expect(await digest(dist())).toBe(first);
    await writeFile(page, text);
  }, 120_000);

  test.each([
    ["the door", "two", 200],
    ["Framework", undefined, 1500],
  ])(
    "stops %s when it is aborted, and leaves the former site whole",
    async (_, snapshotId, after) => {
      const page = join(project.root, "src", "triage.md");
      const text = await readFile(page, "utf8");
      if (snapshotId === undefined) await appendFile(page, "\nOne more line.\n");
      const stop = new AbortController();
      const work = failure(project.build({ ...(snapshotId && { snapshotId }), signal: stop.signal }));
      setTimeout(() => stop.abort(), after);
      expect((await work).name).toBe("AbortError");
      expect(await digest(dist())).toBe(first);
      expect((await readdir(project.root)).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
      const records = await readdir(join(project.root, "src", ".observablehq", "cache", "_sentinel"));
      expect(records.filter((name) => name.endsWith(".part"))).toEqual([]);
      await writeFile(page, text);
    },
    120_000,
  );

  test("shows another snapshot's data", async () => {
    await rm(project.warehouse);
    await writeWarehouse(project.warehouse, populated());
    expect(await project.build({ snapshotId: "three" })).toMatchObject({ made: "data" });
    expect(await digest(dist())).not.toBe(first);
  }, 120_000);

  test("takes over from a build that was killed, and waits for one that runs", async () => {
    const lock = join(project.root, "src", ".observablehq", "build.lock");
    await writeFile(lock, "999999999");
    expect(await project.build({ snapshotId: "three" })).toMatchObject({ made: "nothing" });
    await writeFile(lock, String(process.pid));
    setTimeout(() => void rm(lock), 500);
    expect(await project.build({ snapshotId: "three" })).toMatchObject({ made: "nothing" });
    const stop = AbortSignal.timeout(300);
    await writeFile(lock, String(process.pid));
    expect((await failure(project.build({ signal: stop }))).name).toMatch(/AbortError|TimeoutError/);
    await rm(lock);
  });

  test("does not replace a folder that holds something else", async () => {
    await rm(dist(), { recursive: true });
    await mkdir(dist());
    await writeFile(join(dist(), "thesis.txt"), "years of work");
    expect(await failure(project.build())).toMatchObject({
      exitCode: 6,
      message: expect.stringContaining("not a site"),
    });
    expect(await readFile(join(dist(), "thesis.txt"), "utf8")).toBe("years of work");
  });
});
