import { hostname } from "node:os";
import type pg from "pg";
import { withoutSecrets } from "../cli/secrets.ts";
import { sql } from "./sql.ts";

export interface RunStart {
  readonly runId: string;
  readonly stage: string;
  readonly campaignId: number | null;
  readonly options: Readonly<Record<string, unknown>>;
  readonly version: string;
}

/** Enters a run. */
export async function startRun(client: pg.ClientBase, run: RunStart): Promise<void> {
  const { runId, campaignId, stage, version } = run;
  const { databaseUrl: _, ...given } = run.options;
  // A file that was asked for may be a URL that was meant for the database.
  const options = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, typeof value === "string" ? withoutSecrets(value) : value]),
  );
  await client.query(sql("run.start"), [runId, campaignId, stage, JSON.stringify(options), version, hostname()]);
}

/** Says how a run ended. */
export async function finishRun(
  client: pg.ClientBase,
  runId: string,
  end: { result: "succeeded" | "failed" | "interrupted"; error: string | null; campaignId: number | null },
): Promise<void> {
  await client.query(sql("run.finish"), [runId, end.result, end.error, end.campaignId]);
}

/**
 * Closes the runs that were killed; of one stage, if one is named. Only for who holds the write lease: nobody else can be
 * running then.
 */
export async function closeAbandonedRuns(client: pg.ClientBase, stage: string | null): Promise<void> {
  await client.query(sql("run.close_abandoned"), [stage]);
}
