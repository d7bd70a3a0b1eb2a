import type pg from "pg";
import type { Target } from "./connect.ts";
import { processOf } from "./pooler.ts";
import { sql } from "./sql.ts";

/** The role that workers act as: it can add rows and change what reports say, and nothing else. Migration 4 makes it. */
export const WRITER_ROLE = "sentinel_writer";

/** Where workers connect: as the role where they can, else as the user of the connection, which is said. */
export async function workerTarget(client: pg.Client, target: Target, onNote: (line: string) => void): Promise<Target> {
  const { rows } = await client.query<{ obstacle: string | null }>(sql("role.writer_obstacle"));
  const obstacle = rows[0]?.obstacle;
  if (obstacle === null) return { ...target, role: WRITER_ROLE };
  onNote(`Workers write as the user of the connection (role ${WRITER_ROLE}: ${obstacle}).`);
  return target;
}

/** Has a session act as a role until it ends. */
export async function actAs(client: pg.Client, role: string): Promise<void> {
  await client.query(sql("role.act_as"), [role, processOf(client)]);
}
