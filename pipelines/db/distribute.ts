import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { sql } from "./sql.ts";
import { inTransaction } from "./transaction.ts";

/** A table or function that the nodes don't know yet. */
interface Left {
  readonly name: string;
  readonly way: "spread" | "copy" | "tell" | "bring";
  /** What the shards of one that is spread lie beside. */
  readonly beside: string | null;
}

/** Whether the tables of this database are spread over the nodes of Citus. */
export async function isSpread(client: pg.ClientBase): Promise<boolean> {
  const { rows } = await client.query<{ installed: boolean }>(sql("citus.is_installed"));
  return rows[0]?.installed ?? false;
}

/**
 * Spreads the tables over the nodes of Citus, with what they hold and what workers need there: all or nothing. Does nothing where that was done, and must not be
 * called where the extension is not.
 * @throws SentinelError exit 3 where a campaign is stored in two halves.
 */
export async function distribute(client: pg.ClientBase): Promise<void> {
  if ((await stillLeft(client)).length === 0) return;
  await inTransaction(client, async () => {
    await client.query(sql("migrate.lock"));
    const left = await stillLeft(client);
    await refuseHalves(client);
    for (const { name, way, beside } of left) {
      await client.query(sql(`citus.${way}`), way === "spread" ? [name, beside] : [name]);
      if (way === "spread" || way === "copy") await client.query(sql("citus.forget_local"), [name]);
    }
  });
}

async function stillLeft(client: pg.ClientBase): Promise<Left[]> {
  return (await client.query<Left>(sql("citus.left"))).rows;
}

/**
 * Refuses a server with the extension that is not the coordinator.
 * @throws SentinelError exit 3.
 */
export async function refuseOtherNodes(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ coordinator: boolean }>(sql("citus.is_coordinator"));
  if (rows[0]?.coordinator) return;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: "This server is a worker of Citus: tables can be made on its coordinator alone.",
    remedy:
      "Nothing was changed. Give the address of the coordinator; where this server is to be one, make it know itself:",
    command: "npm run db -- psql -c \"SELECT citus_set_coordinator_host('its address')\"",
  });
}

async function refuseHalves(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ name: string }>(sql("citus.halved"));
  if (rows.length === 0) return;
  const names = rows.map(({ name }) => name);
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `Citus can't spread ${names.join(", ")}: a campaign that large was stored in two halves, on one server.`,
    remedy:
      "Nothing was changed. Export each of them with a Sentinel on a server without the extension, and import it into a new database of Citus:",
    command: `npm run export -- --campaign ${names[0]} --to FOLDER`,
  });
}
