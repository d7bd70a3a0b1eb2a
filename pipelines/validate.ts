import { EXIT, SentinelError } from "./cli/errors.ts";
import { percent, seconds, table } from "./cli/format.ts";
import type { StageEnd, StageRun } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { campaignDigest } from "./db/digest.ts";
import { sql } from "./db/sql.ts";
import { type Check, checks } from "./invariants.ts";

/** What became of one invariant. */
interface Outcome extends Check {
  readonly expected: string;
  readonly actual: string;
  readonly passed: boolean;
}

/** How well the rules find what chaos hid, for one fault kind. */
interface Detection {
  readonly kind: string;
  readonly injected: number;
  readonly found: number;
  readonly right_rule: number;
  readonly false_alarms: number;
}

export interface ValidationEnd extends StageEnd {
  /** What to throw once the run is entered; undefined where every promise holds. */
  readonly breach: SentinelError | undefined;
}

/** Checks every promise of the campaign, scores detection, and keeps the result. The caller throws `breach`. */
export async function validate(run: StageRun, given?: Campaign): Promise<ValidationEnd> {
  const campaign = given ?? (await campaignFor(run.client, run.options.campaign));
  const began = performance.now();
  const outcomes: Outcome[] = [];
  for (const check of await checks(run, campaign)) {
    const { expected, actual } = await check.look(run.client);
    outcomes.push({ ...check, expected, actual, passed: expected === actual });
  }
  await keep(run, campaign, outcomes);
  const detection = await score(run, campaign);
  const statuses = await run.client.query<{ update_status: string; count: string }>(sql("validate.prototype"));
  const digest = await campaignDigest(run.client, campaign.campaign_id);
  print(run, outcomes, detection, statuses.rows, digest);
  const broken = outcomes.filter(({ passed }) => !passed);
  const took = (performance.now() - began) / 1000;
  return {
    campaign,
    breach: breach(campaign, broken),
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

async function keep({ client, runId }: StageRun, campaign: Campaign, outcomes: readonly Outcome[]): Promise<void> {
  await client.query("BEGIN");
  await client.query(sql("validate.forget"), [campaign.campaign_id]);
  for (const [ordinal, { name, promise, expected, actual, passed, query }] of outcomes.entries()) {
    await client.query(sql("validate.record"), [
      ...[campaign.campaign_id, name, ordinal + 1, promise, expected, actual, passed, query, runId],
    ]);
  }
  await client.query("COMMIT");
}

async function score({ client, reference }: StageRun, campaign: Campaign): Promise<Detection[]> {
  const kinds = Object.fromEntries(reference.rules().rules.map(({ id, detects }) => [id, detects]));
  const { rows } = await client.query<Detection>(sql("validate.detection"), [
    campaign.campaign_id,
    JSON.stringify(kinds),
  ]);
  return rows;
}

function print(
  { reporter }: StageRun,
  outcomes: readonly Outcome[],
  detection: readonly Detection[],
  statuses: readonly { update_status: string; count: string }[],
  digest: string,
): void {
  const rows = outcomes.map(({ name, passed, expected, actual }) => [passed ? "PASS" : "FAIL", name, expected, actual]);
  reporter.result(table(["", "promise", "expected", "actual"], rows));
  reporter.result(`\n${sql("validate.prototype")};`);
  reporter.result(
    table(
      ["update_status", "count"],
      statuses.map((row) => [row.update_status, row.count]),
    ),
  );
  if (detection.length > 0) reporter.result(`\n${detectionTable(detection)}`);
  reporter.result(`\ndigest ${digest}`);
  for (const { name, passed, expected, actual } of outcomes) {
    reporter.event({ event: "check", name, passed, expected, actual });
  }
  for (const row of detection) reporter.event({ event: "detection", ...row });
  for (const row of statuses)
    reporter.event({ event: "status", update_status: row.update_status, devices: Number(row.count) });
}

function detectionTable(detection: readonly Detection[]): string {
  const ratio = (part: number, whole: number): string => (whole === 0 ? "–" : percent(part / whole));
  return table(
    ["fault kind", "injected", "found", "right rule", "false alarms", "recall", "precision"],
    detection.map(({ kind, injected, found, right_rule, false_alarms }) => [
      ...[kind, String(injected), String(found), String(right_rule), String(false_alarms)],
      ...[ratio(found, injected), ratio(found, found + false_alarms)],
    ]),
  );
}

function breach(campaign: Campaign, broken: readonly Outcome[]): SentinelError | undefined {
  if (broken.length === 0) return undefined;
  const undecided = broken.some(({ name }) => name === "rerun_changes_nothing");
  return new SentinelError({
    exitCode: EXIT.validation,
    cause: `Campaign ${campaign.name} breaks ${broken.length} ${broken.length === 1 ? "promise" : "promises"}: ${broken.map(({ name }) => name).join(", ")}.`,
    remedy: undecided
      ? "Partial devices are still undecided. Recover them first:"
      : "Look at the SQL of each on the page Validation, or in table validation_result.",
    ...(undecided ? { command: `npm run recover -- --campaign ${campaign.name}` } : {}),
  });
}
