import type { DuckDBConnection } from "@duckdb/node-api";
import { readDatabase, rowsOf } from "./engine.ts";
import { readSql } from "./models.ts";

/** What was pulled out of PostgreSQL at one moment, and where it lies. */
export interface Snapshot {
  /** The same for the same rows, rules and SQL; hexadecimal. */
  readonly id: string;
  readonly campaignId: number;
  readonly campaignName: string;
  /** The warehouse's file. */
  readonly path: string;
  /** Latest moment that the data knows of, ISO 8601, UTC. */
  readonly takenAt: string;
  readonly devices: number;
}

/** The snapshot that a warehouse holds. */
export function readSnapshot(path: string): Promise<Snapshot> {
  return readDatabase(path, {}, async (db) => ({ ...(await readSnapshotOf(db)), path }));
}

/** The snapshot of an open warehouse, which does not know its own path. */
export async function readSnapshotOf(db: DuckDBConnection): Promise<Omit<Snapshot, "path">> {
  const [row] = await rowsOf(db, readSql("engine/read_snapshot"));
  if (!row) throw new Error("the warehouse holds no snapshot");
  return {
    id: String(row.id),
    campaignId: Number(row.campaign_id),
    campaignName: String(row.campaign),
    takenAt: String(row.taken_at),
    devices: Number(row.devices),
  };
}
