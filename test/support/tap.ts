import { once } from "node:events";
import net from "node:net";
import { splice } from "./splice.ts";

/** A way to a server that changes nothing, counts who comes, and keeps what they send. */
export interface Tap {
  readonly url: string;
  /** Connections so far. */
  readonly connections: number;
  /** All that was sent to the server, as it went over the wire. */
  sent(): Buffer;
  close(): Promise<void>;
}

/** Puts a tap before the server of a URL. */
export async function tap(serverUrl: string): Promise<Tap> {
  const target = new URL(serverUrl);
  const open = new Set<net.Socket>();
  const bytes: Buffer[] = [];
  let connections = 0;
  const way = net.createServer((near) => {
    connections += 1;
    const far = net.connect(Number(target.port), target.hostname);
    near.on("data", (chunk) => bytes.push(chunk));
    splice(near, far, open);
  });
  way.listen(0, "127.0.0.1");
  await once(way, "listening");
  const url = Object.assign(new URL(serverUrl), { port: String((way.address() as net.AddressInfo).port) });
  return {
    url: url.href,
    get connections() {
      return connections;
    },
    sent: () => Buffer.concat(bytes),
    async close() {
      for (const socket of open) socket.destroy();
      way.close();
      await once(way, "close");
    },
  };
}
