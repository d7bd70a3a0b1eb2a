import { once } from "node:events";
import net from "node:net";
import type { Target } from "../pipelines/db/connect.ts";

/** A link to a server that takes its time. */
export interface SlowLink {
  readonly target: Target;
  close(): Promise<void>;
}

/** A way to the target that holds every byte back for half of a round trip, in both directions, and has any bandwidth. */
export async function slowLink(target: Target, roundTripMs: number): Promise<SlowLink> {
  const { host = "127.0.0.1", port = 5432 } = target.config;
  const open = new Set<net.Socket>();
  const proxy = net.createServer((near) => {
    const far = net.connect(host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port });
    for (const socket of [near, far]) {
      socket.setNoDelay(true);
      open.add(socket);
      // The other end may be gone already: both are then.
      socket.on("error", () => {});
      socket.on("close", () => open.delete(socket));
    }
    delay(near, far, roundTripMs / 2);
    delay(far, near, roundTripMs / 2);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const address = proxy.address() as net.AddressInfo;
  return {
    target: { ...target, config: { ...target.config, host: "127.0.0.1", port: address.port } },
    async close() {
      for (const socket of open) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };
}

/** Hands on what comes, in its order, each piece when its time has come; `undefined` is the end. */
function delay(from: net.Socket, to: net.Socket, ms: number): void {
  const waiting: { due: number; chunk: Buffer | undefined }[] = [];
  let isDue = false;
  const hand = (): void => {
    isDue = false;
    for (let first = waiting[0]; first && first.due <= performance.now(); first = waiting[0]) {
      waiting.shift();
      if (first.chunk) to.write(first.chunk);
      else to.end();
    }
    if (waiting[0]) wake(waiting[0].due - performance.now());
  };
  const wake = (inMs: number): void => {
    if (!isDue) setTimeout(hand, Math.max(0, inMs));
    isDue = true;
  };
  const take = (chunk: Buffer | undefined): void => {
    waiting.push({ due: performance.now() + ms, chunk });
    wake(ms);
  };
  from.on("data", take);
  from.on("end", () => take(undefined));
  from.on("close", () => take(undefined));
}
