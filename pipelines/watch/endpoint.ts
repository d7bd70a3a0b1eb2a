import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { METRICS_TYPE } from "./metrics.ts";
import type { Vitals } from "./vitals.ts";

const LOOPBACK = "127.0.0.1";
const PLAIN = "text/plain; charset=utf-8";

/** What serves the vitals. */
export interface Endpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves `/metrics` and `/health` on this machine alone.
 * @throws SentinelError exit 2 where the port is taken.
 */
export async function serveVitals(vitals: Vitals, port: number): Promise<Endpoint> {
  const server = createServer((request, response) => answer(vitals, port, request, response));
  await listen(server, port);
  return {
    url: `http://${LOOPBACK}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => reject(taken(port, error)));
    server.listen(port, LOOPBACK, resolve);
  });
}

function taken(port: number, error: NodeJS.ErrnoException): unknown {
  if (error.code !== "EADDRINUSE" && error.code !== "EACCES") return error;
  const isTaken = error.code === "EADDRINUSE";
  return new SentinelError(
    {
      exitCode: EXIT.usage,
      cause: isTaken ? `Port ${port} is in use.` : `Port ${port} is not for this user.`,
      remedy: "Stop what uses it, or give --metrics another port, above 1023.",
    },
    { cause: error },
  );
}

/** A page from elsewhere that has its name resolved to this machine still asks by that name. */
function isForUs({ headers: { host } }: IncomingMessage, port: number): boolean {
  return host === `${LOOPBACK}:${port}` || host === `localhost:${port}`;
}

function answer(vitals: Vitals, port: number, request: IncomingMessage, response: ServerResponse): void {
  const { status, text, type = PLAIN } = reply(vitals, port, request);
  response.writeHead(status, {
    "content-type": type,
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : text);
}

interface Reply {
  readonly status: number;
  readonly text: string;
  readonly type?: string;
}

function reply(vitals: Vitals, port: number, request: IncomingMessage): Reply {
  if (!isForUs(request, port)) return { status: 403, text: "Only this machine may ask.\n" };
  if (request.method !== "GET" && request.method !== "HEAD")
    return { status: 405, text: "Only GET and HEAD are answered.\n" };
  if (request.url === "/metrics") return { status: 200, text: vitals.metrics.text(), type: METRICS_TYPE };
  if (request.url !== "/health") return { status: 404, text: "There is /metrics and /health.\n" };
  const { ok, reason } = vitals.health();
  return { status: ok ? 200 : 503, text: `${reason}\n` };
}
