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
 * however it ends, the lease is void.
 * @throws SentinelError exit 3 where another command holds it.
 */
export async function acquireWriteLease(client: pg.ClientBase, leaseId: string, holder: string): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { rowCount } = await client.query(sql("lease.acquire"), [WRITER, leaseId, holder]);
    if (rowCount === 1) return;
    if (performance.now() > deadline) throw await held(client);
    await sleep(POLL_MS);
  }
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
  const by = rows[0] ? `${rows[0].holder}, for ${Math.round(rows[0].seconds)} s` : "another command";
  return new SentinelError({
    exitCode: EXIT.database,
    cause: `Another command is writing to this database (${by}).`,
    remedy:
      "Wait until it ends, or stop it; nothing was changed. Several campaigns can live in one database, one after another.",
  });
}
