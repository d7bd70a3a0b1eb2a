import { once } from "node:events";
import net from "node:net";

/** Where, in a round trip to the database, a link is cut. */
export const POINTS = ["before_send", "after_send", "after_reply"] as const;
export type Point = (typeof POINTS)[number];

/** What the proxy does to one link, counted over all links that it carries. */
export type Strike =
  /** Cuts the link at the n-th round trip: its request not sent; sent and done, the answer kept; or just after the answer. */
  | { readonly kind: "cut"; readonly roundTrip: number; readonly point: Point }
  /** From the n-th round trip on nothing passes any more, on any link, and none is closed: a black hole. */
  | { readonly kind: "mute"; readonly roundTrip: number }
  /** Cuts the link with a reset after so many bytes of rows on their way to the server, in the middle of a COPY. */
  | { readonly kind: "cut_rows"; readonly bytes: number }
  /** Cuts the link with a reset after so many bytes of rows on their way from the server, in the middle of a COPY. */
  | { readonly kind: "cut_answer"; readonly bytes: number };

/** What the proxy does to all links all the time. */
export interface Condition {
  /** Milliseconds that every piece is held back, each way. */
  readonly latencyMs?: number;
  /** Bytes of the pieces into which everything is cut, each way. */
  readonly sliceBytes?: number;
}

/** A way to a server that does harm. It reads the frontend/backend protocol, version 3, so that harm is done at a named place. */
export interface FaultProxy {
  readonly url: string;
  /** Round trips begun so far, over all links: a start-up, a simple query or a Sync, each until its ReadyForQuery. */
  readonly roundTrips: number;
  /** How many strikes fell. */
  readonly strikes: number;
  close(): Promise<void>;
}

/**
 * Puts a proxy before the server of a URL (loopback, without TLS).
 * @param strikes fall one after another, each once.
 */
export async function faultProxy(
  serverUrl: string,
  strikes: readonly Strike[] = [],
  condition: Condition = {},
): Promise<FaultProxy> {
  const target = new URL(serverUrl);
  const open = new Set<net.Socket>();
  const state = { roundTrips: 0, strikes: 0, rows: 0, answer: 0 };
  /** The strike that falls next. */
  const next = (): Strike | undefined => strikes[state.strikes];
  const proxy = net.createServer((near) => {
    const far = net.connect(Number(target.port || 5432), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.setNoDelay(true);
      from.on("error", () => {});
      // An end takes its time on the link as bytes do.
      from.on("close", () => {
        open.delete(from);
        setTimeout(() => to.end(), condition.latencyMs ?? 0);
      });
    }
    carry(near, far);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const url = new URL(serverUrl);
  url.hostname = "127.0.0.1";
  url.port = String((proxy.address() as net.AddressInfo).port);
  return {
    url: url.href,
    get roundTrips() {
      return state.roundTrips;
    },
    get strikes() {
      return state.strikes;
    },
    async close() {
      for (const socket of open) socket.destroy();
      proxy.close();
      await once(proxy, "close");
    },
  };

  function carry(near: net.Socket, far: net.Socket): void {
    /** Numbers of the round trips of this link that wait for their ReadyForQuery. */
    const waiting: number[] = [];
    const toServer = sender(far, condition);
    const toClient = sender(near, condition);
    const cut = (): void => {
      state.strikes++;
      near.resetAndDestroy();
      far.resetAndDestroy();
    };
    const isMute = (): boolean => strikes[state.strikes - 1]?.kind === "mute";
    const isAt = (roundTrip: number | undefined, point: Point): boolean => {
      const strike = next();
      return strike?.kind === "cut" && strike.roundTrip === roundTrip && strike.point === point;
    };
    const requests = new Messages(true, (type, bytes) => {
      const strike = next();
      if (type === "startup" || type === "Q" || type === "S") {
        waiting.push(++state.roundTrips);
        if (isAt(state.roundTrips, "before_send")) return cut();
        if (strike?.kind === "mute" && state.roundTrips >= strike.roundTrip) state.strikes++;
      }
      if (type === "d" && strike?.kind === "cut_rows") {
        state.rows += bytes.length;
        if (state.rows > strike.bytes) {
          // The server gets a part of the row that is cut.
          toServer(bytes.subarray(0, Math.max(1, bytes.length - (state.rows - strike.bytes))));
          return cut();
        }
      }
      if (!isMute()) toServer(bytes);
    });
    const answers = new Messages(false, (type, bytes) => {
      const strike = next();
      const roundTrip = type === "Z" ? waiting.shift() : undefined;
      if (isAt(roundTrip, "after_send")) return cut();
      if (type === "d" && strike?.kind === "cut_answer") {
        state.answer += bytes.length;
        if (state.answer > strike.bytes) return cut();
      }
      if (!isMute()) toClient(bytes);
      // Once the answer has left this process; the client may send the next request meanwhile, or not.
      if (isAt(roundTrip, "after_reply")) near.write("", cut);
    });
    near.on("data", (chunk) => requests.take(chunk));
    far.on("data", (chunk) => answers.take(chunk));
  }
}

/** Writes to a socket under the conditions of the link. */
function sender(to: net.Socket, { latencyMs = 0, sliceBytes = Number.POSITIVE_INFINITY }: Condition) {
  const write = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length && to.writable; at += sliceBytes) {
      to.write(bytes.subarray(at, Math.min(bytes.length, at + sliceBytes)));
    }
  };
  return latencyMs === 0 ? write : (bytes: Buffer): void => void setTimeout(write, latencyMs, bytes);
}

const TYPE_BYTES = 1;
const LENGTH_BYTES = 4;

/** Cuts a stream of bytes into messages. What a client sends first has a length and no type. */
class Messages {
  readonly #onMessage: (type: string, bytes: Buffer) => void;
  #isStarting: boolean;
  #rest: Buffer = Buffer.alloc(0);

  constructor(isClient: boolean, onMessage: (type: string, bytes: Buffer) => void) {
    this.#isStarting = isClient;
    this.#onMessage = onMessage;
  }

  take(chunk: Buffer): void {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    for (;;) {
      const head = this.#isStarting ? 0 : TYPE_BYTES;
      if (this.#rest.length < head + LENGTH_BYTES) return;
      const length = head + this.#rest.readUInt32BE(head);
      if (this.#rest.length < length) return;
      const bytes = this.#rest.subarray(0, length);
      this.#rest = this.#rest.subarray(length);
      const type = this.#isStarting ? "startup" : String.fromCharCode(bytes[0] as number);
      this.#isStarting = false;
      this.#onMessage(type, bytes);
    }
  }
}
