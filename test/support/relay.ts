import { once } from "node:events";
import { connect, createServer } from "node:net";

/** A way to a server over which its sessions name another process than their own, as through a pooler. */
export interface Relay {
  readonly url: string;
  stop(): void;
}

const KEY_DATA = "K".charCodeAt(0);
const LENGTH_AT = 1;
const PROCESS_AT = 5;

export async function renamingRelay(serverUrl: string): Promise<Relay> {
  const url = new URL(serverUrl);
  const { port, hostname } = url;
  const listener = createServer((near) => {
    const far = connect(Number(port), hostname);
    near.on("data", (bytes) => far.write(bytes));
    let isAwaited = true;
    far.on("data", (bytes) => {
      if (isAwaited) isAwaited = !rename(bytes);
      near.write(bytes);
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on("close", () => other.destroy());
      one.on("error", () => other.destroy());
    }
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url.port = String(address.port);
  return { url: url.href, stop: () => void listener.close() };
}

/** Names another process in the message that tells it, where that is among these. */
function rename(messages: Buffer): boolean {
  for (let at = 0; at + PROCESS_AT <= messages.length; at += 1 + messages.readInt32BE(at + LENGTH_AT)) {
    if (messages[at] !== KEY_DATA) continue;
    messages.writeInt32BE(1, at + PROCESS_AT);
    return true;
  }
  return false;
}
