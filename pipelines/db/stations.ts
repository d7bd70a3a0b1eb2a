import type pg from "pg";
import { BUCKET_COUNT } from "../domain/vocabulary.ts";
import { type Target, withClient } from "./connect.ts";
import { isSpread } from "./distribute.ts";
import { sql } from "./sql.ts";
import { readTls, tlsPlan } from "./tls.ts";

/** A server, and the buckets that workers see to there. */
export interface Station {
  readonly target: Target;
  readonly buckets: readonly number[];
}

interface Node {
  readonly host: string;
  readonly port: number;
  readonly coordinates: boolean;
  readonly buckets: readonly number[];
}

/**
 * Where workers see to which buckets: on one server all of them; on Citus each node its own, so that rows go from a worker to where they
 * are stored without the coordinator between. It sees to those of a node that can't be reached from here as `target` is, which is said.
 * @param target the only server, or the coordinator; its station comes first.
 */
export async function stationsOf(
  client: pg.ClientBase,
  target: Target,
  env: NodeJS.ProcessEnv,
  onNote: (line: string) => void,
): Promise<readonly Station[]> {
  const all = Array.from({ length: BUCKET_COUNT }, (_, bucket) => bucket);
  if (!(await isSpread(client))) return [{ target, buckets: all }];
  const { rows: nodes } = await client.query<Node>(sql("citus.nodes"));
  const others = nodes
    .filter(({ coordinates }) => !coordinates)
    .map(({ buckets, ...node }) => ({ target: nodeTarget(target, node, env), buckets }));
  const reached = await Promise.all(others.map((station) => isReached(station, onNote)));
  const stations = others.filter((_, no) => reached[no]);
  const taken = new Set(stations.flatMap(({ buckets }) => buckets));
  const left = all.filter((bucket) => !taken.has(bucket));
  return [{ target, buckets: left }, ...stations];
}

/** The same user of the same database on a node. One beyond this machine is never reached in the clear, wherever the coordinator is. */
export function nodeTarget(
  coordinator: Target,
  { host, port }: Pick<Node, "host" | "port">,
  env: NodeJS.ProcessEnv,
): Target {
  const { config } = coordinator;
  const tls = coordinator.tls ?? tlsPlan(host, {}, env);
  return {
    ...coordinator,
    config: { ...config, host, port, ssl: tls ? readTls(tls) : false },
    label: `${config.user}@${host}:${port}/${config.database}`,
    ...(tls ? { tls } : {}),
  };
}

async function isReached({ target }: Station, onNote: (line: string) => void): Promise<boolean> {
  try {
    await withClient(target, (client) => client.query(sql("citus.can_work")));
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    onNote(`Workers reach node ${target.label} by the coordinator: ${why}`);
    return false;
  }
}
