import pg from "pg";
import { expect, test } from "vitest";
import { ownServer } from "../../../test/support/own-server.ts";
import { identify } from "./process.ts";

/** On disks of their own two data folders have the same inode, from which PostgreSQL makes the key of its shared memory. */
test("nothing of a killed server outlives the next start, though the key of its memory has become free", async ({
  skip,
}) => {
  const first = await ownServer({ small: true });
  const second = await ownServer({ small: true });
  try {
    if (!first.disk) skip("a disk of its own needs the right to mount one: root, on Linux");
    const client = new pg.Client({ connectionString: second.url });
    client.on("error", () => {});
    await client.connect();
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const busy = client.query("SELECT count(*) FROM generate_series(1, 1e12)").catch(() => "lost");
    await second.kill();
    await first.stop();
    expect(identify(rows[0]?.pid ?? 0)).toBeDefined();
    await second.start();
    expect(identify(rows[0]?.pid ?? 0)).toBeUndefined();
    expect(await busy).toBe("lost");
  } finally {
    await first.stop();
    await second.stop();
  }
});
