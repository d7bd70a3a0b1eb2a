import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import type { Home } from "./home.ts";

export const LOOPBACK = "127.0.0.1";

/** A free port: the one it had before, else one that the folder's name gives, else any. */
export async function choosePort(home: Home, refused: ReadonlySet<number>): Promise<number> {
  for (const port of [formerPort(home), ownPort(home)]) {
    if (port !== undefined && !refused.has(port) && (await tryPort(port)) !== undefined) return port;
  }
  const free = await tryPort(0);
  if (free === undefined) throw new Error("no free port on the loopback interface");
  return free;
}

export function formerPort(home: Home): number | undefined {
  if (!existsSync(home.port)) return undefined;
  const port = Number(readFileSync(home.port, "utf8"));
  return Number.isInteger(port) && port > 1023 && port < 65_536 ? port : undefined;
}

/** Between 20000 and 29999: below what Linux, macOS and Windows hand out to outgoing connections. */
function ownPort(home: Home): number {
  return 20_000 + (createHash("sha256").update(home.folder).digest().readUInt32BE() % 10_000);
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(undefined));
    server.listen(port, LOOPBACK, () => {
      const { port: bound } = server.address() as AddressInfo;
      server.close(() => settle(bound));
    });
  });
}
