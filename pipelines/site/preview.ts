import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, relative, sep } from "node:path";
import { createGzip } from "node:zlib";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { securityHeaders, siteHeaders } from "./headers.ts";
import { freePort } from "./port.ts";
import { cacheControl, contentType } from "./serving.ts";

export interface PreviewOptions {
  readonly dir: string;
  /** Port on the loopback address; without one, the first free from 3000. */
  readonly port?: number | undefined;
  /** Path that the site is served below, for example `/reports/june/`. */
  readonly base?: string | undefined;
}

export interface PreviewServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a built site on this machine alone, as a plain static host would. */
export async function previewSite(options: PreviewOptions): Promise<PreviewServer> {
  const root = await siteRoot(options.dir);
  const base = options.base ?? "/";
  const server = createServer((request, response) => {
    answer(root, base, request, response).catch(() => fail(response, 500, "Something went wrong."));
  });
  const port = options.port ?? (await freePort());
  await listen(server, port);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function siteRoot(dir: string): Promise<string> {
  try {
    await stat(join(dir, "index.html"));
    return await realpath(dir);
  } catch (error) {
    throw new SentinelError(
      {
        exitCode: EXIT.site,
        cause: "There is no built site to serve.",
        remedy: "Build it first.",
        command: "npm run build",
      },
      { cause: error },
    );
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EADDRINUSE") return reject(error);
      const cause = `Port ${port} is in use.`;
      reject(
        new SentinelError({
          exitCode: EXIT.site,
          cause,
          remedy: "Stop what uses it, or name no port to get a free one.",
        }),
      );
    });
    server.listen(port, "127.0.0.1", resolve);
  });
}

async function answer(root: string, base: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== "GET" && request.method !== "HEAD")
    return fail(response, 405, "Only GET and HEAD are served.");
  if (`${request.url}/` === base) return void response.writeHead(308, { location: base }).end();
  const file = await findFile(root, base, request.url ?? "/");
  if (file === undefined) return fail(response, 404, "There is no such page.");
  const packs = isPacked(file.path, request);
  response.writeHead(200, {
    // Read anew for each page: a build may have replaced the site since.
    ...(file.path.endsWith(".html") ? await siteHeaders(root) : securityHeaders([])),
    "content-type": contentType(file.path),
    ...(packs ? { "content-encoding": "gzip", vary: "accept-encoding" } : { "content-length": file.size }),
    "cache-control": cacheControl(relative(root, file.path).split(sep).join("/")),
  });
  if (request.method === "HEAD") return void response.end();
  const content = createReadStream(file.path).on("error", () => response.destroy());
  (packs ? content.pipe(createGzip()) : content).pipe(response);
}

/** Whether a file goes over the line compressed, as every host sends what is text. */
const isPacked = (path: string, { headers }: IncomingMessage): boolean =>
  /^text\/|json|javascript|svg/.test(contentType(path)) && /\bgzip\b/.test(String(headers["accept-encoding"] ?? ""));

async function findFile(root: string, base: string, url: string): Promise<{ path: string; size: number } | undefined> {
  try {
    const pathname = decodeURIComponent(new URL(url, "http://127.0.0.1").pathname);
    if (!pathname.startsWith(base) || pathname.includes("\0")) return undefined;
    const asked = join(root, pathname.slice(base.length), pathname.endsWith("/") ? "index.html" : "");
    const path = await realpath(asked);
    if (!path.startsWith(root + sep)) return undefined;
    const { size, ...info } = await stat(path).then((found) => ({ size: found.size, isFile: found.isFile() }));
    return info.isFile ? { path, size } : undefined;
  } catch {
    return undefined;
  }
}

function fail(response: ServerResponse, status: number, text: string): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, { ...securityHeaders([]), "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
