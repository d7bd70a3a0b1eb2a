import { setTimeout as pause } from "node:timers/promises";
import { connect, type Target } from "../db/connect.ts";
import { sql } from "../db/sql.ts";
import type { RunningCommand } from "./commands.ts";

/** A point where the server itself holds a command: a worker has stored a batch and waits, in its transaction, for what happens. */
export interface Hold {
  /** Resolves once somebody waits there: true; false where the command ended without having come by. */
  reached(command: RunningCommand, signal: AbortSignal): Promise<boolean>;
  /** Ends the sessions that wait: what they did is rolled back. */
  endWaiting(): Promise<void>;
  /** Lets go on who waits, and whoever comes later. */
  release(): Promise<void>;
}

const POLL_MS = 10;

/** Holds whoever is about to commit a batch of a stage's first pass. */
export async function holdBatch(target: Target, stage: string, batch: number): Promise<Hold> {
  // By its name no session of a command, whose open transaction would keep others from the right to write.
  const client = await connect({ ...target, config: { ...target.config, application_name: "experiment" } });
  await client.query("BEGIN");
  await client.query(sql("chaos.hold_batch"), [stage, batch]);
  const waiting = async (): Promise<number[]> =>
    (await client.query<{ pid: number }>(sql("chaos.held"))).rows.map(({ pid }) => pid);
  return {
    async reached(command, signal) {
      while (!command.isOver()) {
        if ((await waiting()).length > 0) return true;
        await pause(POLL_MS, undefined, { signal });
      }
      return false;
    },
    endWaiting: async () => void (await client.query(sql("chaos.end_sessions"), [await waiting()])),
    async release() {
      // Of a server that was killed nothing waits any more.
      await client.query("ROLLBACK").catch(() => {});
      await client.end().catch(() => {});
    },
  };
}
