import type { StageRun } from "./context.ts";
import { interrupted } from "./context.ts";
import type { Campaign } from "./db/campaigns.ts";
import { committedBatches, isComplete, type Pass, type PassState } from "./db/ledger.ts";
import type { BatchedStage } from "./domain/vocabulary.ts";
import type { Lane } from "./workers/pool.ts";
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
  const batchPlan = { all: pass.batches, before: committed.size };
  const progress = run.reporter.stage(pass.stage, campaign.name, load.total, load.unit, load.before, batchPlan);
  let lanes: readonly Lane[] = [];
  const done = (): number => lanes.reduce((sum, lane) => sum + lane.batches, 0);
  const work = run.pool.run({
    task,
    target: run.workerTarget,
    batches,
    signal: run.signal,
    onProgress: (now) => {
      lanes = now;
      progress.update(now);
    },
    onNote: (line) => run.reporter.note(line),
  });
  try {
    await heedingStop(run, work);
  } catch (error) {
    throw run.signal.aborted ? interrupted(run, campaign, pass.stage, batches.length - done()) : error;
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
