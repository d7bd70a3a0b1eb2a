import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { TARGET_NAMES } from "../../pipelines/cli/targets.ts";
import { readSite } from "../../pipelines/deploy/site.ts";
import { TARGETS } from "../../pipelines/deploy/targets.ts";
import { readRecord, takeInventory, writeRecord } from "../../pipelines/site/inventory.ts";
import { copiedSite } from "../support/built-site.ts";
import { deployed } from "../support/deployed.ts";
import { headersFor, parseHeaders } from "../support/hosts/pages.ts";
import type { SiteProject } from "../support/site-project.ts";
import { populated } from "../support/site-scenarios.ts";
import { writeWarehouse } from "../support/warehouse-fixture.ts";
import { siteDigest } from "./digest.ts";

let project: SiteProject;
let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const dist = (...parts: string[]): string => join(project.root, "dist", ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sentinel deploy "));
  project = await copiedSite(populated());
  expect(await project.build()).toMatchObject({ made: "nothing" });
});

afterAll(async () => {
  await project?.remove();
  await rm(folder, { recursive: true, force: true });
});

/** Changes the site, tries to deploy it, and puts back what was there. The folder of a former deploy is as it was. */
async function refused(change: () => Promise<() => Promise<void>>, env: NodeJS.ProcessEnv = {}): Promise<string> {
  if (!existsSync(at("kept"))) await deployed(project, { target: "folder", to: at("kept") });
  const before = await siteDigest(at("kept"));
  const undo = await change();
  try {
    await deployed(project, { target: "folder", to: at("kept") }, { env });
    return "nothing";
  } catch (error) {
    expect(error).toMatchObject({ exitCode: 6, remedy: expect.stringMatching(/\w/) });
    expect(await siteDigest(at("kept"))).toBe(before);
    return (error as Error).message;
  } finally {
    await undo();
  }
}

/** Writes a text into a file of the site as if a build had put it there. */
async function planted(path: string, content: string | Buffer): Promise<() => Promise<void>> {
  const record = await readRecord(project.root, dist());
  if (!record) throw new Error("the site was altered before");
  const former = await readFile(dist(path)).catch(() => undefined);
  await writeFile(dist(path), content);
  await writeRecord(project.root, { ...record, files: await takeInventory(dist()) });
  return async () => {
    if (former) await writeFile(dist(path), former);
    else await rm(dist(path));
    await writeRecord(project.root, record);
  };
}

const nothing = async (): Promise<void> => {};
const page = async (more: string): Promise<() => Promise<void>> =>
  planted("regions.html", (await readFile(dist("regions.html"), "utf8")) + more);

describe("a site that is not fit to be published is refused", () => {
  test("where it is missing, altered or out of date", async () => {
    expect(
      await refused(async () => {
        await writeFile(dist("more.html"), "x");
        return () => rm(dist("more.html"));
      }),
    ).toContain("not, to the byte, what was built");
    const source = join(project.root, "src", "regions.md");
    const text = await readFile(source, "utf8");
    expect(
      await refused(async () => {
        await writeFile(source, `${text}\nMore.\n`);
        return () => writeFile(source, text);
      }),
    ).toContain("older than its pages");
    await expect(
      deployed(project, { target: "folder", to: at("kept") }, { snapshotId: "another" }),
    ).rejects.toMatchObject({ exitCode: 6, message: expect.stringContaining("other data"), command: "npm run build" });
    await expect(
      deployed({ root: folder, snapshotId: "one" }, { target: "folder", to: at("x") }),
    ).rejects.toMatchObject({
      exitCode: 6,
      message: "There is no built site.",
      command: "npm run build",
    });
  });

  test("where it holds a file that is not on the list", async () => {
    expect(await refused(() => planted("regions.html.orig", "x"))).toContain("regions.html.orig");
  });

  test.each([
    ["a private key", "-----BEGIN OPENSSH PRIVATE KEY-----"],
    ["a database's address with its password", "postgresql://sentinel:hunter2@db.internal/fleet"],
    ["an address with a password", "https://somebody:hunter2@git.internal/x"],
    ["a libpq connection string", "host=db.internal user=x password=hunter2"],
    ["an AWS access key", `AKIA${"Q".repeat(16)}`],
    ["a GitHub token", `ghp_${"a1".repeat(18)}`],
    ["a Slack token", "xoxb-1234567890-abc"],
    ["a JSON web token", `eyJ${"a".repeat(12)}.eyJ${"b".repeat(12)}.${"c".repeat(12)}`],
  ])("where it holds %s", async (what, text) => {
    const message = await refused(() => page(`<!-- ${text} -->`));
    expect(message).toContain(`regions.html holds ${what}`);
    expect(message).not.toContain(text);
  });

  const PASSWORD = "p4ss/w%rd+x";
  test.each([
    ["as it is", (text: string) => text],
    ["in JSON", (text: string) => JSON.stringify({ text: `"${text}"` })],
    ["in an address", (text: string) => encodeURIComponent(text)],
    ["in hexadecimal", (text: string) => Buffer.from(text).toString("hex")],
    ["in base64 from its first byte", (text: string) => Buffer.from(text).toString("base64")],
    ["in base64 from its second", (text: string) => Buffer.from(`x${text}`).toString("base64")],
    ["in base64 from its third", (text: string) => Buffer.from(`xy${text}yx`).toString("base64")],
  ])("where it holds a password of this machine %s", async (_, write) => {
    const env = { DATABASE_URL: `postgres://u:${encodeURIComponent(PASSWORD)}@h/d` };
    const message = await refused(() => page(write(PASSWORD)), env);
    expect(message).toBe(
      "The site would publish a secret: regions.html holds the value of DATABASE_URL of the environment. Nothing was made ready.",
    );
  });

  test("where it holds what an .env file or PostgreSQL's password file keeps", async () => {
    await writeFile(join(project.root, ".env"), "# ours\nexport MAIL_TOKEN='letters-and-5'\nCOLOUR=letters-and-6\n");
    await writeFile(join(project.root, ".pgpass"), "# h\nh:5432:*:u:fi\\:ve letters5\n");
    expect(await refused(() => page("letters-and-5"))).toContain("MAIL_TOKEN of .env");
    expect(await refused(() => page("fi:ve letters5"))).toContain("PostgreSQL's password file");
    expect(await refused(() => page("letters-and-6"))).toBe("nothing");
    await rm(join(project.root, ".env"));
    await rm(join(project.root, ".pgpass"));
  });

  test("where a mart holds one, as a device sent it", async () => {
    const marts = populated();
    const [first, ...others] = marts.triage_open ?? [];
    const told = await copiedSite(marts);
    onTestFinished(() => told.remove());
    await rm(told.warehouse);
    await writeWarehouse(told.warehouse, { ...marts, triage_open: [{ ...first, raw: "t0k3n-of-mine" }, ...others] });
    await told.build({ snapshotId: "told" });
    await expect(
      deployed(told, { target: "folder", to: at("x") }, { snapshotId: "told", env: { CLOUD_TOKEN: "t0k3n-of-mine" } }),
    ).rejects.toThrow(/triage_open\.[0-9a-f]{8}\.csv holds the value of CLOUD_TOKEN.*triage_open\.[0-9a-f]{8}\.json/);
  }, 120_000);

  test("where a word of the pages is somebody's password, it is not", async () => {
    expect(await refused(async () => nothing, { DB_PASS: "postgres", PGPASSWORD: "fleet" })).toBe("nothing");
  });

  test("where a file is larger than the host takes", async () => {
    const target = { ...TARGETS.cloudflare, mostBytes: 20_000 };
    await expect(readSite(project.root, "/", target, async () => project.snapshotId)).rejects.toMatchObject({
      exitCode: 6,
      message: expect.stringMatching(/ has [\d.]+ MiB; Cloudflare Pages takes files of 0\.0 MiB at most/),
    });
    expect(TARGETS.cloudflare.mostBytes).toBe(25 * 1024 * 1024);
  });

  test("into a folder that holds something else, or the site", async () => {
    await writeFile(at("thesis.txt"), "years of work");
    await deployed(project, { target: "folder", to: at("mine") });
    await writeFile(at("mine", "site", "CNAME"), "reports.example.org");
    for (const to of [folder, at("mine"), dist("sub"), project.root, at("thesis.txt")])
      await expect(deployed(project, { target: "folder", to }), to).rejects.toMatchObject({ exitCode: 6 });
    expect(await readFile(at("mine", "site", "CNAME"), "utf8")).toBe("reports.example.org");
    expect(await readdir(dist())).not.toContain("sub");
  });

  test("for a host that is not named", async () => {
    await expect(deployed(project, { to: at("x") })).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe("what is made", () => {
  test.each(TARGET_NAMES)("for %s is the site to the byte, made once, and no more by a dry run", async (target) => {
    const to = at(`made-${target}`);
    const options = { target, to, base: "/reports/june/" };
    expect(await deployed(project, { ...options, dryRun: true })).toMatchObject({
      event: "deploy",
      target,
      made: false,
    });
    await expect(readdir(to)).rejects.toThrow("ENOENT");
    const event = await deployed(project, options);
    expect(event).toMatchObject({
      made: true,
      base: "/reports/june/",
      folder: to,
      command: expect.stringContaining(to),
    });
    const first = await siteDigest(to);
    expect(await deployed(project, options)).toMatchObject({ made: false });
    await writeFile(join(to, "site", "more.txt"), "x");
    await expect(deployed(project, options)).rejects.toThrow("more.txt");
    await rm(join(to, "site", "more.txt"));
    expect(await siteDigest(to)).toBe(first);
    const below = ["netlify", "cloudflare", "nginx"].includes(target) ? "site/reports/june" : "site";
    const made = await takeInventory(join(to, below));
    for (const [path, file] of Object.entries(await takeInventory(dist()))) expect(made[path], path).toEqual(file);
    expect((await readdir(folder)).filter((name) => name.includes(".next-") || name.includes(".former-"))).toEqual([]);
  });

  test("is put in place of a former one whole, for another base or a site that changed", async () => {
    const to = at("again");
    await deployed(project, { target: "cloudflare", to, base: "/a/" });
    await deployed(project, { target: "cloudflare", to, base: "/b/" });
    expect((await readdir(join(to, "site"))).sort()).toEqual(["404.html", "_headers", "_redirects", "b"]);
    await deployed(project, { target: "github", to });
    expect((await readdir(to)).sort()).toEqual(["deploy.json", "publish.sh", "site"]);
  });
});

describe("the rules of a _headers file", () => {
  test("give each page its own policy, once, and each file its cache rule", async () => {
    const to = at("rules");
    await deployed(project, { target: "cloudflare", to });
    const text = await readFile(join(to, "site", "_headers"), "utf8");
    expect(text.split("\n").every((line) => line.length <= 2000)).toBe(true);
    const rules = parseHeaders(text);
    expect(rules.length).toBeLessThanOrEqual(100);
    const seal = /http-equiv="content-security-policy" content="([^"]*)"/;
    for (const path of Object.keys(await takeInventory(dist())).filter((one) => one.endsWith(".html"))) {
      const own = seal.exec(await readFile(dist(path), "utf8"))?.[1];
      for (const name of [path, path.replace(/index\.html$|\.html$/, "")])
        expect(headersFor(rules, `/${name}`)["content-security-policy"], name).toBe(`${own}; frame-ancestors 'none'`);
    }
  });
});
