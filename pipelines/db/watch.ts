import type pg from "pg";
import { newClient, type SessionConfig } from "./client.ts";

/** What of pg's client tells whether an answer is awaited, and of its socket whether anything moves. */
interface Inside {
  readonly readyForQuery: boolean | null;
  readonly processID: number | null;
  readonly connection: { readonly stream: { bytesRead: number; bytesWritten: number; destroy(error: Error): void } };
}

/**
 * Ends a session whose server has gone mute: a cut cable, a firewall that forgot the connection. TCP alone would wait for a quarter of an
 * hour and longer, and no limit on a statement's time could be short enough, since some take that long. So where an
 * answer is awaited and nothing moved for the connection's time-out, the server is asked over another
 * session whether it is still at work for this one. If it is not, or does not answer, the link is cut, and what was under way fails as
 * after any lost link.
 */
export function watch(client: pg.Client, config: SessionConfig): void {
  const silenceMs = config.connectionTimeoutMillis ?? DEFAULT_SILENCE_MS;
  const inside = client as unknown as Inside;
  const { stream } = inside.connection;
  let moved = -1;
  const isSilent = (): boolean => {
    const before = moved;
    moved = stream.bytesRead + stream.bytesWritten;
    return !inside.readyForQuery && moved === before;
  };
  let isAsking = false;
  const look = async (): Promise<void> => {
    if (isAsking || !isSilent()) return;
    isAsking = true;
    const isAtWork = await worksFor(inside.processID, config, silenceMs);
    isAsking = false;
    if (isAtWork || !isSilent()) return;
    const error = new Error("timeout expired: the server says nothing any more");
    stream.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
  };
  const timer = setInterval(() => void look(), silenceMs);
  timer.unref();
  client.on("end", () => clearInterval(timer));
}

const DEFAULT_SILENCE_MS = 10_000;
/** Not EPIPE and its like, which are the link's. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** Whether the server is executing a statement of the session; true too where it answers that it can't say. */
async function worksFor(pid: number | null, config: SessionConfig, patienceMs: number): Promise<boolean> {
  let other: pg.Client | undefined;
  try {
    other = await newClient({
      ...config,
      application_name: "sentinel-watch",
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
    });
    await other.connect();
    const { rowCount } = await other.query("SELECT FROM pg_stat_activity WHERE pid = $1 AND state = 'active'", [pid]);
    return rowCount === 1;
  } catch (error) {
    return SQLSTATE.test(String((error as { code?: unknown }).code));
  } finally {
    // A mute server takes no leave either.
    void other?.end().catch(() => {});
  }
}
