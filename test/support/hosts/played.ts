import { execFile } from "node:child_process";
import { chmod, copyFile, cp, mkdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import type { TargetName } from "../../../pipelines/cli/targets.ts";
import { nginxHost } from "./nginx.ts";
import { notFound, pagesHost } from "./pages.ts";
import { type Answer, type Host, serve } from "./serve.ts";

const run = promisify(execFile);
const STAND_IN = new URL("./stand-in.mjs", import.meta.url);

/** Uploads what `deploy` made to where a test plays the host, by the very script or command that it says, and serves it by the host's rules. */
export async function played(target: TargetName, made: string, base: string, scratch: string): Promise<Host> {
  await mkdir(scratch, { recursive: true });
  switch (target) {
    case "netlify":
    case "cloudflare":
      return pagesHost(join(made, "site"), target);
    case "nginx":
      return nginxHost(await readFile(join(made, "nginx.conf"), "utf8"), join(made, "site"));
    case "github":
      return plain(await pushed(made, scratch), base);
    case "folder": {
      await cp(join(made, "site"), join(scratch, "webroot"), { recursive: true });
      return plain(join(scratch, "webroot"), base);
    }
    default:
      return bucket(made, base, scratch, target === "s3" ? "aws" : "gcloud");
  }
}

/** A real push into a repository of this machine, and a checkout of what came there. */
async function pushed(made: string, scratch: string): Promise<string> {
  const [remote, checkout] = [join(scratch, "remote.git"), join(scratch, "checkout")];
  await run("git", ["init", "-q", "--bare", remote]);
  for (let turn = 0; turn < 2; turn += 1)
    await run("sh", [join(made, "publish.sh")], { env: { ...process.env, REMOTE: remote } });
  await run("git", ["clone", "-q", "--branch", "gh-pages", remote, checkout]);
  return checkout;
}

/** A server of files that knows no short addresses, shows a folder's index.html, and sends no header but the type. */
function plain(root: string, base: string): Promise<Host> {
  return serve(async (path) => {
    const file = join(root, path.slice(base.length), path.endsWith("/") ? "index.html" : "");
    const body = path.startsWith(base) ? await readFile(file).catch(() => undefined) : undefined;
    if (body) return { status: 200, headers: { "content-type": type(file) }, body };
    return notFound(root).catch((): Answer => ({ status: 404, headers: {} }));
  });
}

const type = (file: string): string =>
  ({ ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" })[extname(file)] ??
  "application/octet-stream";

/** Runs the script with a stand-in for the store's command line, twice, and serves what it uploaded with what it said of each file. */
async function bucket(made: string, base: string, scratch: string, tool: string): Promise<Host> {
  const bin = join(scratch, "bin");
  await mkdir(bin, { recursive: true });
  await copyFile(STAND_IN, join(bin, tool));
  await chmod(join(bin, tool), 0o755);
  const buckets = join(scratch, "buckets");
  await mkdir(buckets, { recursive: true });
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, BUCKETS: buckets, BUCKET: "reports" };
  await run("sh", [join(made, "publish.sh")], { env });
  const root = join(buckets, "reports");
  const meta = JSON.parse(await readFile(join(buckets, "meta.json"), "utf8")) as Record<
    string,
    { type: string; cache: string; uploads: number }
  >;
  const twice = Object.entries(meta).filter(([, { uploads }]) => uploads !== 1);
  if (twice.length > 0) throw new Error(`uploaded more than once: ${twice.map(([file]) => file).join(", ")}`);
  return serve(async (path) => {
    const file = join(root, path, path.endsWith("/") ? "index.html" : "");
    const body = await readFile(file).catch(() => undefined);
    const about = meta[file];
    if (!body || !about) return notFound(join(root, base));
    return { status: 200, headers: { "content-type": about.type, "cache-control": about.cache }, body };
  });
}
