import type { Ground } from "./ground.ts";
import { once, ours } from "./ours.ts";
import { prototype } from "./prototype.ts";
import { bucketsOf, Sessions } from "./sessions.ts";
import type { Side } from "./side.ts";
import { statement } from "./statement.ts";

/** Deciding the Partial devices of a stored fleet: ours, the least that an UPDATE in place can cost, and the prototype's way. */
export async function recoverySides(ground: Ground): Promise<readonly Side[]> {
  const { client } = ground;
  await once(ground, "corrupt");
  for (const name of ["recovery_ready", "recovery_limit_tables", "prototype_table"])
    await client.query(statement(name));
  return [ours(ground, "recover", ["recovery_reset"]), limit(ground), prototype(ground)];
}

function limit({ target, client }: Ground): Side {
  const sessions = new Sessions(target);
  return {
    name: "limit",
    close: () => sessions.close(),
    async reset() {
      await sessions.open();
      await client.query(statement("recovery_limit_reset"));
      await client.query(statement("recovery_limit_ready"));
      await client.query("SELECT pg_stat_reset()");
    },
    async work() {
      const updated = await sessions.each(async (session, lane) => {
        const buckets = bucketsOf(lane);
        await session.query("BEGIN");
        await session.query(statement("recovery_limit_audit"), [...buckets]);
        const { rowCount } = await session.query(statement("recovery_limit_update"), [...buckets]);
        await session.query("COMMIT");
        return rowCount ?? 0;
      });
      return updated.reduce((sum, rows) => sum + rows, 0);
    },
    async inspect() {
      // A session hands in what it counted when it goes idle, but not more often than once a second.
      await sessions.close();
      const { rows } = await client.query<{ updates: number; hot: number }>(statement("recovery_limit_hot"));
      return { hot: (rows[0]?.hot ?? 0) / (rows[0]?.updates ?? 0) };
    },
  };
}
