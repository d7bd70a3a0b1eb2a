import type { StageRun } from "./context.ts";
import { interrupted } from "./context.ts";
import type { Campaign } from "./db/campaigns.ts";
import { cancelWhenStopped } from "./db/cancel.ts";
import { committedBatches, isComplete, type Pass, type PassState } from "./db/ledger.ts";
import { type BatchedStage, BUCKET_COUNT } from "./domain/vocabulary.ts";
import type { Lane } from "./workers/pool.ts";
import { postsOf } from "./workers/posts.ts";
import type { Task } from "./workers/protocol.ts";

/**
 * The pass that a stage has to begin, or to go on with: its plan is fixed by the run that began it.
 * @param last where the stage stands, by the ledger.
 * @param batches the plan of a pass that begins now.
 */
export function passFor(
  run: StageRun,
  campaign: Campaign,
  stage: BatchedStage,
  last: PassState | undefined,
  batches: number,
): Pass {
  const open = last !== undefined && !isComplete(last);
  return {
    campaignId: campaign.campaign_id,
    stage,
    pass: open ? last.pass : stage === "recover" ? (last?.pass ?? 0) + 1 : 1,
    batches: open ? last.batches : batches,
    runId: run.runId,
    leaseId: run.leaseId,
  };
}

/** Devices that a batch reads where nobody says how many. */
export const SCAN_BATCH = 200_000;
/** Fewer, and a COMMIT over several servers for each bucket costs more than it spares. */
const FEWEST_DEVICES_APART = 1_000_000;

/** Whether a fleet's batches are to be of one bucket each, for workers that are at several servers. */
export function isApart({ stations }: StageRun, devices: number): boolean {
  return stations.length > 1 && devices >= FEWEST_DEVICES_APART;
}

/** Devices that a batch of this run reads. */
export function scanRows(run: StageRun, { device_count: devices }: Campaign): number {
  return run.options.batchSize ?? (isApart(run, devices) ? Math.floor(devices / BUCKET_COUNT) : SCAN_BATCH);
}

export interface Workload {
  readonly campaign: Campaign;
  readonly task: Task;
  /** What the rows are. */
  readonly unit: string;
  /** Rows to expect over the whole pass; left out where that would have to be counted. */
  readonly total?: number;
  /** Rows that committed before. */
  readonly before: number;
}

/** Has workers do the batches of a pass that did not commit yet. Returns the rows that they wrote, and how to ask for the seconds since it began. */
export async function runBatches(run: StageRun, load: Workload): Promise<{ rows: number; elapsed: () => number }> {
  const { task, campaign } = load;
  const { pass } = task;
  const committed = new Set(await committedBatches(run.client, pass));
  const batches = Array.from({ length: pass.batches }, (_, batch) => batch).filter((batch) => !committed.has(batch));
  const posts = postsOf(run.stations, task, batches);
  const batchPlan = { all: pass.batches, before: committed.size };
  const progress = run.reporter.stage(pass.stage, campaign.name, load.total, load.unit, load.before, batchPlan);
  let lanes: readonly Lane[] = [];
  const done = (): number => lanes.reduce((sum, lane) => sum + lane.batches, 0);
  const work = run.pool.run({
    task,
    posts,
    signal: run.signal,
    onProgress: (now) => {
      lanes = now;
      progress.update(now);
    },
    onNote: (line) => run.reporter.note(line),
  });
  // Sessions at the command's own server are seen to by itself.
  const elsewhere = posts.filter(({ target }) => target.label !== run.target.label);
  const watches = elsewhere.map(({ target }) => cancelWhenStopped(target, run.signal));
  try {
    await heedingStop(run, work);
  } catch (error) {
    throw run.signal.aborted ? interrupted(run, campaign, pass.stage, batches.length - done()) : error;
  } finally {
    for (const unwatch of watches) unwatch();
  }
  if (done() < batches.length) throw interrupted(run, campaign, pass.stage, batches.length - done());
  return { rows: lanes.reduce((sum, { rows }) => sum + rows, 0), elapsed: () => progress.elapsed() };
}

/** Waits for batches to be stored, and says so to who asks to stop meanwhile. */
export function heedingStop<T>({ signal, reporter }: StageRun, work: Promise<T>): Promise<T> {
  const stopping = (): void =>
    reporter.note(
      "Stopping once the batches under way are stored, or in a few seconds without them; ask again to stop at once.",
    );
  signal.addEventListener("abort", stopping, { once: true });
  return work.finally(() => signal.removeEventListener("abort", stopping));
}
