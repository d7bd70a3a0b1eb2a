import { type Target, withClient } from "./connect.ts";
import { sql } from "./sql.ts";

/** What is under way when a command is told to stop has so long to come to its end. */
const GRACE_MS = 2_500;
/** A statement may follow the one that was cancelled. */
const AGAIN_MS = 500;

/**
 * Has the server end what the sessions of this command are at, once the command was told to stop and they did not come to their end by
 * themselves. What a cancelled statement did is rolled back.
 * @returns what ends the watch.
 */
export function cancelWhenStopped(target: Target, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | undefined;
  const cancel = async (): Promise<void> => {
    await withClient(target, (client) => client.query(sql("session.cancel"))).catch(() => {});
    if (timer) timer = setTimeout(() => void cancel(), AGAIN_MS).unref();
  };
  const begin = (): void => {
    timer = setTimeout(() => void cancel(), GRACE_MS).unref();
  };
  signal.addEventListener("abort", begin, { once: true });
  if (signal.aborted) begin();
  return () => {
    signal.removeEventListener("abort", begin);
    clearTimeout(timer);
    timer = undefined;
  };
}
