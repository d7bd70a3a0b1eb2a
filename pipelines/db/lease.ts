import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { sql } from "./sql.ts";

const WRITER = "writer";
/** Long enough for the server to notice that a killed client is gone. */
const PATIENCE_MS = 2_000;
const POLL_MS = 5;

/**
 * Takes the right to write to this database, for one command at a time. It is bound to the session of `client`: when that ends,
 * however it ends, the lease is void. From the moment it is taken no batch of an earlier command passes the fence; those that did are waited for.
 * @throws SentinelError exit 3 where another command holds it, or left a batch that doesn't end.
 */
export async function acquireWriteLease(client: pg.ClientBase, leaseId: string, holder: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await take(client, leaseId, holder))) {
    if (performance.now() > deadline) throw await held(client);
    await sleep(POLL_MS);
  }
  while (await isUnderWay(client)) {
    if (performance.now() > deadline) {
      await releaseWriteLease(client, leaseId);
      throw refused("a batch that an earlier command left has not ended yet");
    }
    await sleep(POLL_MS);
  }
}

/** Who asks, and whose lease it is. */
interface Look {
  readonly pid: number;
  /** When its server process started, to the microsecond. */
  readonly since: string;
  readonly taken: string | null;
  /** Whether the session that took it lives. */
  readonly live: boolean;
}

/** Takes the lease where it is nobody's, or void; returns whether it did. */
async function take(client: pg.ClientBase, leaseId: string, holder: string): Promise<boolean> {
  const { rows } = await client.query<Look>(sql("lease.look"), [WRITER]);
  const { pid, since, taken, live } = rows[0] as Look;
  if (live) return false;
  const { rowCount } = await client.query(sql("lease.take"), [WRITER, leaseId, holder, pid, since, taken]);
  return rowCount === 1;
}

async function isUnderWay(client: pg.ClientBase): Promise<boolean> {
  return (await client.query<{ under_way: boolean }>(sql("lease.under_way"))).rows[0]?.under_way ?? false;
}

/** Gives the right back. */
export async function releaseWriteLease(client: pg.ClientBase, leaseId: string): Promise<void> {
  await client.query(sql("lease.release"), [WRITER, leaseId]);
}

/** The command that may write just now, and for how many seconds it has been. */
export interface Holder {
  readonly holder: string;
  readonly seconds: number;
}

/** Who holds the right to write; undefined where nobody does. */
export async function writerNow(client: pg.ClientBase): Promise<Holder | undefined> {
  return (await client.query<Holder>(sql("lease.live"), [WRITER])).rows[0];
}

async function held(client: pg.ClientBase): Promise<SentinelError> {
  const { rows } = await client.query<Holder>(sql("lease.holder"), [WRITER]);
  return refused(rows[0] ? `${rows[0].holder}, for ${Math.round(rows[0].seconds)} s` : "another command");
}

function refused(by: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.database,
    cause: `Another command is writing to this database (${by}).`,
    remedy:
      "Wait until it ends, or stop it; nothing was changed. Several campaigns can live in one database, one after another.",
  });
}
