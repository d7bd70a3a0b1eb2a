import type pg from "pg";
import type { TestDatabase } from "../support/database.ts";
import { query, session } from "../support/fleet.ts";

/**
 * The Citus that tests are given: of a superuser, on any database of the coordinator that has the extension. Its nodes must be reached from here by the
 * names that it has for them. Undefined where there is none: whoever needs it is skipped then.
 */
export const CITUS_URL = process.env.CITUS_URL;

interface Node {
  readonly name: string;
  readonly port: number;
  /** 0 is the coordinator. */
  readonly group: number;
}

let made = 0;

/** A database of its own on every node, which know each other where they are to. */
export interface CitusDatabase extends TestDatabase {
  /** Brings the extension to every node, and the nodes to the coordinator. */
  join(): Promise<void>;
  /** The same database on a node that is not the coordinator. */
  readonly workerUrl: string;
}

/** A database without the extension, which `join` brings. */
export async function plainDatabase(): Promise<CitusDatabase> {
  const nodes = await nodesOf(CITUS_URL ?? "");
  const name = `citus_${process.pid}_${Date.now().toString(36)}_${++made}`;
  const at = ({ name: hostname, port }: Node, database: string): string =>
    Object.assign(new URL(CITUS_URL ?? ""), { hostname, port: String(port), pathname: `/${database}` }).href;
  const everywhere = async (database: string, ...statements: string[]): Promise<void> => {
    for (const node of nodes)
      await session(at(node, database), async (client) => {
        for (const statement of statements) await client.query(statement);
      });
  };
  const [coordinator, worker] = nodes as [Node, Node];
  await everywhere("postgres", `CREATE DATABASE ${name} TEMPLATE template0`);
  return {
    url: at(coordinator, name),
    workerUrl: at(worker, name),
    async join() {
      await everywhere(name, "CREATE EXTENSION citus");
      await session(at(coordinator, name), (client) => introduce(client, nodes));
    },
    drop: () => everywhere("postgres", `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** A database that has the extension, and nothing else. */
export async function citusDatabase(): Promise<CitusDatabase> {
  const database = await plainDatabase();
  await database.join();
  return database;
}

/** The coordinator comes first. */
function nodesOf(url: string): Promise<Node[]> {
  return query<Node>(
    url,
    `SELECT nodename AS name, nodeport AS port, groupid AS "group" FROM pg_dist_node WHERE isactive ORDER BY groupid`,
  );
}

async function introduce(client: pg.ClientBase, nodes: readonly Node[]): Promise<void> {
  for (const { name, port, group } of nodes)
    await client.query(group === 0 ? "SELECT citus_set_coordinator_host($1, $2)" : "SELECT citus_add_node($1, $2)", [
      name,
      port,
    ]);
}
