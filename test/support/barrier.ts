import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { session } from "./fleet.ts";

/** A point at which the server itself holds a command: the statement waits inside its transaction until the test decides. */
export interface Barrier {
  /** Resolves once `sessions` sessions wait there. */
  reached(sessions?: number): Promise<void>;
  /** Ends the sessions that wait: what they did is rolled back. */
  abort(): Promise<void>;
  /** Lets the sessions go on: what they did commits, whether or not anybody is left to hear of it. */
  pass(): Promise<void>;
  close(): Promise<void>;
}

/** One behind which others line up. */
export interface WriteBarrier extends Barrier {
  /** Resolves once another command asks for the write lease, and so waits until no held session can commit any more. */
  awaited(): Promise<void>;
}

const POLL_MS = 10;
const PATIENCE_MS = 45_000;
const WAITING =
  "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 815 AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
const AWAITING = `SELECT FROM pg_stat_activity WHERE datname = current_database()
  AND (query LIKE 'SELECT own.pid, own.backend_start%' OR query LIKE '%AS under_way')`;

/** Holds whoever enters a row into `batch_ledger` for which the condition on `NEW` holds: after its batch's rows, before COMMIT. */
export function holdBatches(url: string, condition: string): Promise<WriteBarrier> {
  return hold(url, "INSERT ON batch_ledger", condition);
}

/** Holds whoever enters a person's decision for which the condition on `NEW` holds: after what it does, before COMMIT. */
export function holdDecisions(url: string, condition: string): Promise<Barrier> {
  return hold(url, "INSERT ON triage_decision", condition);
}

/** Holds whoever says in `run` how a stage ended: after its last batch committed. */
export function holdEnd(url: string): Promise<WriteBarrier> {
  return hold(url, "UPDATE ON run", "NEW.result = 'succeeded'");
}

/** Holds whoever reads a table. */
export async function holdReaders(url: string, table: string): Promise<Barrier> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  await client.query(`BEGIN; LOCK TABLE ${table}`);
  // Copies of a database number their tables alike.
  const waiting =
    "SELECT pid FROM pg_locks WHERE NOT granted AND relation = $1::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
  const release = async (): Promise<void> => void (await client.query("ROLLBACK"));
  return {
    reached: (sessions = 1) =>
      until(
        `${sessions} wait for ${table}`,
        async () => ((await client.query(waiting, [table])).rowCount ?? 0) >= sessions,
      ),
    abort: async () => {
      await client.query(`SELECT pg_terminate_backend(pid) FROM (${waiting}) held`, [table]);
    },
    pass: release,
    close: async () => {
      await release();
      await client.end();
    },
  };
}

async function hold(url: string, event: string, condition: string): Promise<WriteBarrier> {
  const client = new pg.Client({ connectionString: url });
  // Of a test that failed before it closed the barrier: dropping its database ends this session.
  client.on("error", () => {});
  await client.connect();
  const table = event.split(" ON ")[1];
  await client.query("SELECT pg_advisory_lock(815)");
  await client.query(`
    CREATE FUNCTION barrier() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
      IF ${condition} THEN PERFORM pg_advisory_xact_lock_shared(815); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER barrier BEFORE ${event} FOR EACH ROW EXECUTE FUNCTION barrier()`);
  const count = async (text: string): Promise<number> => (await client.query(text)).rowCount ?? 0;
  return {
    reached: (sessions = 1) =>
      until(`${sessions} held at ${condition}`, async () => (await count(WAITING)) >= sessions),
    awaited: () => until("somebody asks for the lease", async () => (await count(AWAITING)) > 0),
    abort: async () => {
      await client.query(`SELECT pg_terminate_backend(pid) FROM (${WAITING}) held`);
    },
    pass: async () => {
      await client.query("SELECT pg_advisory_unlock(815)");
    },
    close: async () => {
      await client.query("SELECT pg_advisory_unlock_all()");
      await client.query(`DROP TRIGGER barrier ON ${table}; DROP FUNCTION barrier()`);
      await client.end();
    },
  };
}

/** Waits for a state of the world that no event tells of. */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`never came true: ${what}`);
    await pause(POLL_MS);
  }
}

/**
 * Waits until no session of a command is left in a database: what a killed one had sent ahead is then stored, or never will be.
 */
export function settled(url: string): Promise<void> {
  return session(url, (client) =>
    until("the command's sessions have ended", async () => {
      const { rowCount } = await client.query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'sentinel-%'",
      );
      return rowCount === 0;
    }),
  );
}
