import { expect, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { externalTarget, type Target } from "./connect.ts";
import { nodeTarget, stationsOf } from "./stations.ts";

const targetOf = (databaseUrl: string): Target => externalTarget({ databaseUrl, env: {} }) as Target;

test("one server has all buckets, and is asked nothing of a node", async () => {
  const database = await freshDatabase();
  const target = targetOf(database.url);
  const notes: string[] = [];
  const stations = await session(database.url, (client) => stationsOf(client, target, {}, (line) => notes.push(line)));
  expect(stations).toEqual([{ target, buckets: Array.from({ length: 1_024 }, (_, bucket) => bucket) }]);
  expect(notes).toEqual([]);
  await database.drop();
});

test("a node is reached as the same user, in the same database and role, and never named by a password", () => {
  const coordinator = { ...targetOf("postgres://ana:hunter2@127.0.0.1/fleet"), role: "sentinel_writer" };
  const node = nodeTarget(coordinator, { host: "127.0.0.2", port: 6_001 }, {});
  expect(node.config).toEqual({ ...coordinator.config, host: "127.0.0.2", port: 6_001 });
  expect(node.config).toMatchObject({ user: "ana", password: "hunter2", database: "fleet", ssl: false });
  expect(node).toMatchObject({ label: "ana@127.0.0.2:6001/fleet", role: "sentinel_writer" });
});

test.each(["127.0.0.1", "db.example.org"])(
  "a node beyond this machine has its certificate and name verified, also where %s coordinates",
  (host) => {
    const node = nodeTarget(targetOf(`postgres://ana:hunter2@${host}/fleet`), { host: "10.0.0.2", port: 5_432 }, {});
    expect(node.config.ssl).toMatchObject({ rejectUnauthorized: true });
    expect(node.tls).toBeDefined();
  },
);

test("a pinned name is that of the nodes, too", () => {
  const coordinator = targetOf("postgres://ana@db.example.org/fleet?sslservername=fleet.internal");
  expect(nodeTarget(coordinator, { host: "10.0.0.2", port: 5_432 }, {}).config.ssl).toMatchObject({
    servername: "fleet.internal",
  });
});
