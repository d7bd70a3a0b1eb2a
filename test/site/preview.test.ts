import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type PreviewServer, previewSite } from "../../pipelines/site/preview.ts";

let folder: string;
let server: PreviewServer;

/** Asks for a path as it is: fetch would tidy it up first. */
function ask(path: string, method = "GET"): Promise<{ status: number; type: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    const { port } = new URL(server.url);
    request({ host: "127.0.0.1", port, path, method }, (response) => {
      let body = "";
      response.on("data", (chunk) => {
        body += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, type: response.headers["content-type"], body }),
      );
    })
      .on("error", reject)
      .end();
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sentinel preview "));
  const dir = join(folder, "dist");
  await mkdir(join(dir, "_file"), { recursive: true });
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(dir, "index.html"), "<p>home");
  await writeFile(join(dir, "_file", "a b.csv"), "x");
  await symlink(join(folder, "secret.txt"), join(dir, "leak.txt"));
  server = await previewSite({ dir, port: 0 });
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

test("serves files with their types", async () => {
  expect(await ask("/")).toEqual({ status: 200, type: "text/html; charset=utf-8", body: "<p>home" });
  expect(await ask("/_file/a%20b.csv?x=1")).toMatchObject({ status: 200, type: "text/csv; charset=utf-8" });
  expect(await ask("/index.html", "HEAD")).toMatchObject({ status: 200, body: "" });
});

test.each([
  "/../secret.txt",
  "/%2e%2e/secret.txt",
  "/..%2fsecret.txt",
  "/leak.txt",
  "/%00",
  "/%zz",
  "/_file",
  "/nothing",
])("does not serve %s", async (path) => {
  expect(await ask(path)).toMatchObject({ status: 404, body: "There is no such page.\n" });
});

test("refuses to write", async () => {
  expect((await ask("/", "POST")).status).toBe(405);
});

test("serves below a base, and nothing beside it", async () => {
  const other = await previewSite({ dir: join(folder, "dist"), port: 0, base: "/reports/june/" });
  const status = async (path: string): Promise<number> =>
    (await fetch(new URL(path, other.url), { redirect: "manual" })).status;
  expect(other.url).toMatch(/\/reports\/june\/$/);
  const paths = ["/reports/june/", "/reports/june/index.html", "/reports/june", "/", "/index.html", "/reports/junebug"];
  expect(await Promise.all(paths.map(status))).toEqual([200, 200, 308, 404, 404, 404]);
  await other.close();
});

test("says what to do when there is no site", async () => {
  await expect(previewSite({ dir: join(folder, "nowhere") })).rejects.toMatchObject({
    exitCode: 6,
    command: "npm run build",
  });
});

test("sends the policy of the site as it is now, and headers with every answer", async () => {
  const page = (script: string): string => `<script type="module">${script}</script>\n</head>`;
  const policy = async (path: string): Promise<string> =>
    (await fetch(`${server.url}${path}`)).headers.get("content-security-policy") ?? "";
  await writeFile(join(folder, "dist", "index.html"), page("a"));
  const former = await policy("index.html");
  expect(former).toContain(`script-src 'self' 'sha256-${createHash("sha256").update("a").digest("base64")}';`);
  await writeFile(join(folder, "dist", "other.html"), page("b"));
  expect(await policy("index.html")).toContain(createHash("sha256").update("b").digest("base64"));
  for (const path of ["nothing", "_file/a%20b.csv"]) expect(await policy(path)).toContain("script-src 'self';");
});
