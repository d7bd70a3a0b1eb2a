import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import type pg from "pg";
import { resumeCommand } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import type { Options } from "./cli/options.ts";
import type { Reporter, StageResult } from "./cli/reporter.ts";
import { withoutSecrets } from "./cli/secrets.ts";
import type { Campaign } from "./db/campaigns.ts";
import { cancelWhenStopped } from "./db/cancel.ts";
import { connect, openDatabase, type Target } from "./db/connect.ts";
import { explain } from "./db/explain.ts";
import { acquireWriteLease, releaseWriteLease } from "./db/lease.ts";
import { migrate } from "./db/migrate.ts";
import { refusePooler } from "./db/pooler.ts";
import { isTransient } from "./db/retry.ts";
import { installRuleViews } from "./db/rule-set-views.ts";
import { closeAbandonedRuns, finishRun, startRun } from "./db/runs.ts";
import { type Station, stationsOf } from "./db/stations.ts";
import { workerTarget } from "./db/writer-role.ts";
import type { Reference } from "./reference.ts";
import { WorkerPool } from "./workers/pool.ts";

/** What a person looks at and types into. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { setRawMode?(on: boolean): unknown };
  readonly output: NodeJS.WritableStream & { readonly columns?: number; readonly rows?: number };
}

/** What a command is given: everything that reaches the outside world is here and nowhere else. */
export interface Context {
  readonly command: string;
  readonly options: Options;
  /** Arguments that are no options. */
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly projectRoot: string;
  readonly version: string;
  readonly reference: Reference;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  /** Undefined where input or output is no terminal. */
  readonly terminal?: Terminal | undefined;
}

/** A command that holds the right to write, with the session that it holds it by. */
export interface Writer extends Context {
  readonly client: pg.Client;
  readonly leaseId: string;
  readonly target: Target;
  /** Where workers connect, with fewer rights; none where there are no workers. */
  readonly stations: readonly Station[];
  readonly pool: WorkerPool;
}

/** One execution of one stage. */
export interface StageRun extends Writer {
  readonly runId: string;
}

/** Works with the database of this command (the embedded one, if none was named) and lets go of it, whatever happens. */
export async function withDatabase<T>(context: Context, work: (target: Target) => Promise<T>): Promise<T> {
  const { options, env, projectRoot, signal, reporter } = context;
  const note = (line: string): void => reporter.note(line);
  const database = await openDatabase({ databaseUrl: options.databaseUrl, env, projectRoot, signal, note });
  const done = cancelWhenStopped(database.target, signal);
  try {
    return await work(database.target);
  } finally {
    done();
    await database.release();
  }
}

const MOST_WORKERS_BY_DEFAULT = 4;

/** As many workers as were asked for, else as the machine has cores. */
export function workerCount({ options }: Context): number {
  return options.workers ?? Math.min(availableParallelism(), MOST_WORKERS_BY_DEFAULT);
}

/** Works with a pool of workers and ends them, whatever happens. */
export async function withWorkers<T>(workers: number, work: (pool: WorkerPool) => Promise<T>): Promise<T> {
  const pool = new WorkerPool(workers);
  try {
    return await work(pool);
  } finally {
    await pool.close();
  }
}

/** Brings the schema up to date, takes the write lease, works, and gives the lease back. */
export async function withWriter<T>(
  context: Context,
  target: Target,
  pool: WorkerPool,
  work: (writer: Writer) => Promise<T>,
): Promise<T> {
  const client = await connect(target);
  const leaseId = randomUUID();
  try {
    await refusePooler(client, target);
    pool.meet(target);
    await migrate(client);
    await acquireWriteLease(client, leaseId, `npm run ${context.command}, process ${process.pid}`);
    const closes = context.command === "validate" ? "validate" : null;
    await closeAbandonedRuns(client, closes);
    const note = (line: string): void => context.reporter.note(line);
    await installRuleViews(client, context.reference.rules, note);
    const stations =
      pool.size === 0 ? [] : await stationsOf(client, await workerTarget(client, target, note), context.env, note);
    const done = await work({ ...context, client, leaseId, target, stations, pool });
    // A campaign may have come, with rules that none had before.
    await installRuleViews(client, context.reference.rules, () => {});
    return done;
  } catch (error) {
    throw explain(error, target);
  } finally {
    await releaseWriteLease(client, leaseId).catch(() => {});
    await client.end().catch(() => {});
  }
}

/** A stage's outcome, and the campaign that it worked on. */
export interface StageEnd {
  readonly result: StageResult;
  readonly campaign: Campaign;
}

/** Runs a stage and enters it into `run`, however it ends. */
export async function runStage<T extends StageEnd>(
  writer: Writer,
  stage: string,
  work: (run: StageRun) => Promise<T>,
): Promise<T> {
  const runId = randomUUID();
  const { client, options, version, reporter } = writer;
  try {
    await startRun(client, { runId, stage, campaignId: null, options: { ...options }, version });
    const end = await work({ ...writer, runId });
    await finishRun(client, runId, {
      result: "succeeded",
      error: null,
      campaignId: end.campaign.campaign_id,
    });
    reporter.ended(end.result);
    return end;
  } catch (error) {
    const result = writer.signal.aborted ? "interrupted" : "failed";
    const text = withoutSecrets(error instanceof Error ? error.message : String(error));
    await finishRun(client, runId, { result, error: text, campaignId: null }).catch(() => {});
    throw resumable(error, writer);
  }
}

/** What stopped a stage between two batches can be continued, and the user is told how. */
function resumable(error: unknown, { target, command, options, words }: Writer): unknown {
  if (error instanceof SentinelError || !isTransient(error)) return explain(error, target);
  const { message } = explain(error, target) as Error;
  return new SentinelError(
    {
      exitCode: EXIT.resumable,
      cause: message,
      remedy: "Committed batches are safe. Once the server answers again, continue:",
      command: resumeCommand(command, options, words),
    },
    { cause: error },
  );
}

/** Thrown where Ctrl-C or SIGTERM ended a stage before its work was done. */
export function interrupted(
  { command, options, words }: Context,
  { name: campaign }: Campaign,
  stage: string,
  left: number,
  unit = "batches",
): SentinelError {
  return new SentinelError({
    exitCode: EXIT.interrupted,
    cause: `Stopped on request: ${stage} has ${left} ${unit} left to do.`,
    remedy: "Every batch that committed is safe. Continue:",
    command: resumeCommand(command, { ...options, campaign }, words),
  });
}
