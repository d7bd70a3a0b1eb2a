import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { seconds, table } from "./cli/format.ts";
import { interrupted, type StageEnd, type StageRun } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { campaignDigest } from "./db/digest.ts";
import { bind, sql } from "./db/sql.ts";
import { inTransaction } from "./db/transaction.ts";
import { tellDetection } from "./detection.ts";
import { type Answer, type Check, checks } from "./invariants.ts";
import { databaseOf } from "./stored-fleet.ts";

/** What became of one invariant. */
interface Outcome extends Answer {
  readonly promise: string;
  readonly query: string;
  readonly passed: boolean;
}

/** Beyond it the digest, which is no promise, would take longer than all of them. */
const MOST_DIGESTED = 2_000_000;

export interface ValidationEnd extends StageEnd {
  /** What to throw once the run is entered; undefined where every promise holds. */
  readonly breach: SentinelError | undefined;
}

/** Checks every promise of the campaign, scores detection, and keeps the result. The caller throws `breach`. */
export async function validate(run: StageRun, given?: Campaign): Promise<ValidationEnd> {
  const campaign = given ?? (await campaignFor(run.client, run.options.campaign));
  const planned = await checks(run, campaign);
  const promised = planned.reduce((sum, { promises }) => sum + promises.size, 0);
  const progress = run.reporter.stage("validate", campaign.name, promised, "promises");
  const outcomes: Outcome[] = [];
  for (const check of planned) {
    progress.update([{ batches: 0, rows: outcomes.length }]);
    if (run.signal.aborted) throw interrupted(run, campaign, "validate", promised - outcomes.length, "promises");
    outcomes.push(...outcomesOf(check, await check.look(run.client)));
  }
  await keep(run, campaign, outcomes);
  const statuses = await countByStatus(run, campaign);
  const digest = campaign.device_count > MOST_DIGESTED ? null : await campaignDigest(run.client, campaign.campaign_id);
  print(run, outcomes, statuses);
  await tellDetection(run, campaign);
  run.reporter.result(
    digest === null ? "\ndigest: npm run db -- digest (left out of large campaigns)" : `\ndigest ${digest}`,
  );
  const broken = outcomes.filter(({ passed }) => !passed);
  const took = progress.elapsed();
  return {
    campaign,
    breach: breach(run, campaign, broken),
    result: {
      stage: "validate",
      campaign: campaign.name,
      done: outcomes.length,
      unit: "promises",
      seconds: took,
      text: `${outcomes.length - broken.length} of ${outcomes.length} promises hold, in ${seconds(took)}`,
      facts: { passed: outcomes.length - broken.length, failed: broken.map(({ name }) => name), digest },
    },
  };
}

/** A promise that no answer came for is broken. */
function outcomesOf({ promises, query }: Check, answers: readonly Answer[]): Outcome[] {
  return [...promises].map(([name, promise]) => {
    const answer = answers.find((one) => one.name === name);
    const { expected, actual } = answer ?? { expected: "an answer", actual: "none" };
    return { name, promise, query, expected, actual, passed: expected === actual };
  });
}

async function keep({ client, runId }: StageRun, campaign: Campaign, outcomes: readonly Outcome[]): Promise<void> {
  await inTransaction(client, async () => {
    await client.query(sql("validate.forget"), [campaign.campaign_id]);
    for (const [ordinal, { name, promise, expected, actual, passed, query }] of outcomes.entries()) {
      await client.query(sql("validate.record"), [
        ...[campaign.campaign_id, name, ordinal + 1, promise, expected, actual, passed, query, runId],
      ]);
    }
  });
}

interface StatusCount {
  readonly query: string;
  readonly rows: readonly { readonly update_status: string; readonly count: string }[];
}

/** The prototype's own check; for a campaign that is not the current one, the same asked of all campaigns' view. */
async function countByStatus({ client }: StageRun, campaign: Campaign): Promise<StatusCount> {
  const { rowCount } = await client.query(sql("validate.is_current"), [campaign.campaign_id]);
  const query = rowCount
    ? sql("validate.prototype")
    : bind(sql("validate.by_status"), { campaign: campaign.campaign_id });
  return { query, rows: (await client.query(query)).rows };
}

function print({ reporter }: StageRun, outcomes: readonly Outcome[], statuses: StatusCount): void {
  const rows = outcomes.map(({ name, passed, expected, actual }) => [
    ...[passed ? "PASS" : "FAIL", name, expected, passed ? "as expected" : actual],
  ]);
  reporter.result(table(["", "promise", "expected", "actual"], rows));
  for (const { name, promise, actual, query } of outcomes.filter(({ passed }) => !passed)) {
    reporter.result(`\n${name}: ${promise}\nFound: ${actual}. Look again:\n${query};`);
  }
  reporter.result(`\n${statuses.query};`);
  reporter.result(
    table(
      ["update_status", "count"],
      statuses.rows.map((row) => [row.update_status, row.count]),
    ),
  );
  for (const { name, promise, passed, expected, actual, query } of outcomes) {
    reporter.event({ event: "check", name, promise, passed, expected, actual, query });
  }
  for (const row of statuses.rows)
    reporter.event({ event: "status", update_status: row.update_status, devices: Number(row.count) });
}

function breach({ options }: StageRun, campaign: Campaign, broken: readonly Outcome[]): SentinelError | undefined {
  if (broken.length === 0) return undefined;
  const undecided = broken.some(({ name }) => name === "rerun_changes_nothing");
  return new SentinelError({
    exitCode: EXIT.validation,
    cause: `Campaign ${campaign.name} breaks ${broken.length} ${broken.length === 1 ? "promise" : "promises"}: ${broken.map(({ name }) => name).join(", ")}.`,
    remedy: undecided
      ? "Partial devices are still undecided. Recover them first:"
      : "Look at the SQL of each on the page Validation, or in table validation_result.",
    ...(undecided ? { command: commandLine("recover", { campaign: campaign.name, ...databaseOf(options) }) } : {}),
  });
}
