import type pg from "pg";
import type { BatchedStage } from "../domain/vocabulary.ts";
import { bind, sql } from "./sql.ts";

/** A pass of a stage over a campaign: what its batches have in common. */
export interface Pass {
  readonly campaignId: number;
  readonly stage: BatchedStage;
  /** From 1. */
  readonly pass: number;
  /** Batches that the pass has in all. */
  readonly batches: number;
  readonly runId: string;
  /** The lease under which it is done. */
  readonly leaseId: string;
}

/** A batch that is about to commit. */
export interface BatchRecord {
  readonly batch: number;
  readonly worker: number;
  readonly rows: number;
  /** Of the keys of its rows: see `Checksum`. */
  readonly checksum: string;
}

const RECORD: Readonly<Record<BatchedStage, string>> = {
  generate: sql("ledger.record").replace(":stage", "'generate'"),
  corrupt: sql("ledger.record").replace(":stage", "'corrupt'"),
  recover: sql("ledger.record").replace(":stage", "'recover'"),
};

/** Statements that enter a batch into the ledger, for who holds the lease; to be sent with its rows in one transaction. */
export function ledgerEntry(pass: Pass, record: BatchRecord): string {
  const { campaignId: campaign, pass: number, batches, runId: run, leaseId: lease } = pass;
  return bind(RECORD[pass.stage], { ...record, campaign, pass: number, batches, run, lease });
}

/** The batches of a pass that committed, in order. */
export async function committedBatches(
  client: pg.ClientBase,
  pass: Pick<Pass, "campaignId" | "stage" | "pass">,
): Promise<number[]> {
  const { rows } = await client.query<{ batch_no: number }>(sql("ledger.committed"), [
    pass.campaignId,
    pass.stage,
    pass.pass,
  ]);
  return rows.map((row) => row.batch_no);
}

/** Rows of a batch that committed, or undefined where it did not: the only witness after a COMMIT whose answer was lost. */
export async function committedRows(client: pg.ClientBase, pass: Pass, batch: number): Promise<number | undefined> {
  const { rows } = await client.query<{ rows: number }>(sql("ledger.is_committed"), [
    pass.campaignId,
    pass.stage,
    pass.pass,
    batch,
  ]);
  return rows[0]?.rows;
}

/** How far a pass has come. */
export interface PassState {
  /** From 1. */
  readonly pass: number;
  /** Batches that it has in all. */
  readonly batches: number;
  /** How many of them committed. */
  readonly committed: number;
  /** Rows that these wrote. */
  readonly rows: number;
}

/** Whether a stage has had a pass of which every batch committed. */
export function isComplete(last: PassState | undefined): boolean {
  return last !== undefined && last.committed === last.batches;
}

/** Where a stage stands: its last pass, how many batches that has, and how many committed. Undefined before the first. */
export async function lastPass(
  client: pg.ClientBase,
  campaignId: number,
  stage: BatchedStage,
): Promise<PassState | undefined> {
  const { rows } = await client.query<PassState>(sql("ledger.last_pass"), [campaignId, stage]);
  return rows[0];
}
