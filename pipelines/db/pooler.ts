import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Target } from "./connect.ts";
import { sql } from "./sql.ts";

/**
 * Refuses to write through a pooler. It lends sessions: the right to write, which is bound to one, would outlive a killed command or belong to
 * somebody else's statement, and a server that is silent over a long one would be taken for dead. (Measured: docs/servers.md.)
 * @throws SentinelError exit 3.
 */
export async function refusePooler(client: pg.Client, { label }: Target): Promise<void> {
  const { rows } = await client.query<{ pid: number }>(sql("session.process"));
  if (rows[0]?.pid === processOf(client)) return;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `A connection pooler stands before the server of ${label}: the session is lent, and the right to write can't be bound to it.`,
    remedy:
      "Nothing was changed. Give the server's own address: often the same host with port 5432, or one named direct or non-pooling. Through the pooler you can look:",
    command: "npm run status",
  });
}

/** The server process that was named to the session when it began. */
export function processOf(client: pg.Client): number | null {
  return (client as unknown as { processID: number | null }).processID;
}
