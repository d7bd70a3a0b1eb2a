import { createServer } from "node:net";
import { EXIT, SentinelError } from "../cli/errors.ts";

const FIRST_PORT = 3000;
const LAST_PORT = 3100;

/** The first port from 3000 that nobody listens on. */
export async function freePort(): Promise<number> {
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: `No port from ${FIRST_PORT} to ${LAST_PORT} is free.`,
    remedy: "Stop a server that you no longer need.",
  });
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
