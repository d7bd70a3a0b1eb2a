import type pg from "pg";
import { expect, inject, onTestFinished, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { query } from "../../test/support/fleet.ts";
import { connect, externalTarget, type Target } from "./connect.ts";
import { Session } from "./session.ts";
import { WRITER_ROLE } from "./writer-role.ts";

async function serverTarget(): Promise<Target> {
  const database = await freshDatabase();
  onTestFinished(() => database.drop());
  return externalTarget({ databaseUrl: database.url, env: {} }) as Target;
}

/** The server process behind a session, and the role that it acts as. */
async function whoIs(session: Session): Promise<{ pid: number; role: string }> {
  const { client } = await session.link();
  onTestFinished(() => session.close());
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid, current_user AS role");
  return rows[0];
}

const pidOf = async (met: Promise<pg.Client>): Promise<number> =>
  (await (await met).query("SELECT pg_backend_pid() AS pid")).rows[0].pid;

test("a session that was opened before its role was known is the one that works, as the role", async () => {
  const target = await serverTarget();
  const met = connect(target);
  const session = new Session({ ...target, role: WRITER_ROLE }, met);
  expect(await whoIs(session)).toEqual({ pid: await pidOf(met), role: WRITER_ROLE });
});

test("one that the server ended meanwhile is replaced, by one that acts as the role, too", async () => {
  const target = await serverTarget();
  const met = connect(target);
  const pid = await pidOf(met);
  await query(inject("serverUrl"), "SELECT pg_terminate_backend($1, 10000)", [pid]);
  const worker = await whoIs(new Session({ ...target, role: WRITER_ROLE }, met));
  expect(worker.role).toBe(WRITER_ROLE);
  expect(worker.pid).not.toBe(pid);
});

test("one that never came is replaced, and why it did not come is told only where the next one doesn't come either", async () => {
  const target = await serverTarget();
  const nowhere = { ...target, config: { ...target.config, port: 1 } };
  const met = (): Promise<pg.Client> => {
    const client = connect(nowhere);
    client.catch(() => {});
    return client;
  };
  expect(await whoIs(new Session({ ...target, role: WRITER_ROLE }, met()))).toMatchObject({ role: WRITER_ROLE });
  await expect(new Session(nowhere, met()).link()).rejects.toMatchObject({ name: "SentinelError" });
});

test("a link that is lost later is replaced by a fresh one", async () => {
  const target = await serverTarget();
  const met = connect(target);
  const session = new Session({ ...target, role: WRITER_ROLE }, met);
  const { pid } = await whoIs(session);
  const { client } = await session.link(true);
  const { rows } = await client.query("SELECT pg_backend_pid() AS pid, current_user AS role");
  expect(rows[0].role).toBe(WRITER_ROLE);
  expect(rows[0].pid).not.toBe(pid);
});
