import { setTimeout as pause } from "node:timers/promises";
import { type Target, withClient } from "../db/connect.ts";
import { isTransient } from "../db/retry.ts";
import { sql } from "../db/sql.ts";
import { type StopConditions, stopReason } from "../domain/experiment.ts";

/** Watches the stop conditions of an experiment while its method runs. */
export interface Watch {
  /** Raised where a condition trips. */
  readonly signal: AbortSignal;
  /** Which one did. */
  reason(): string | undefined;
  /** Looks now. */
  look(): Promise<void>;
  end(): Promise<void>;
}

const POLL_MS = 200;

/** Begins to watch. */
export function watchOver(stop: StopConditions, target: Target): Watch {
  const tripped = new AbortController();
  const ended = new AbortController();
  const began = performance.now();
  let reason: string | undefined;
  const look = async (): Promise<void> => {
    const share = await quarantinedShare(target).catch(unlessAway);
    reason ??= stopReason(stop, { seconds: (performance.now() - began) / 1000, quarantinedShare: share });
    if (reason !== undefined) tripped.abort();
  };
  const watching = (async (): Promise<void> => {
    while (!ended.signal.aborted && reason === undefined) {
      await look();
      await pause(POLL_MS, undefined, { signal: ended.signal }).catch(() => {});
    }
  })().catch((error) => tripped.abort(error));
  return {
    signal: tripped.signal,
    reason: () => reason,
    look,
    end: async () => {
      ended.abort();
      await watching;
    },
  };
}

/** Share of all devices that wait for a person. */
export function quarantinedShare(target: Target): Promise<number | undefined> {
  return withClient(
    target,
    async (client) => (await client.query<{ share: number }>(sql("chaos.quarantined"))).rows[0]?.share,
  );
}

/** A server that was killed has no answer; that is looked for again later. */
function unlessAway(error: unknown): undefined {
  if (!isTransient(error)) throw error;
}
