import { count, percent, table } from "./cli/format.ts";
import type { StageRun } from "./context.ts";
import type { Campaign } from "./db/campaigns.ts";
import { withDetection } from "./db/rule-views.ts";
import { sql } from "./db/sql.ts";
import { FAULT_KIND_SPECS } from "./domain/fault-kinds.ts";
import { kindsOf } from "./domain/rules.ts";
import { beliefs, type Detection, type Share, scoreOf, together } from "./domain/score.ts";
import type { FaultKind } from "./domain/vocabulary.ts";

/** Finds out how well the campaign's rules find what chaos hid, and says it. */
export async function tellDetection(run: StageRun, campaign: Campaign): Promise<void> {
  const rows = await detectionOf(run, campaign);
  if (rows.length === 0) return;
  // Of an import nobody knows what else is wrong with it, so there precision and all that hangs on it have no meaning.
  const known = campaign.source === "generated";
  run.reporter.result(`\n${detectionTable(rows, known)}`);
  for (const row of rows) {
    const { recall = null, precision = null, f1 = null } = scoreOf(row);
    const scores = { recall, precision: known ? precision : null, f1: known ? f1 : null };
    run.reporter.event({ event: "detection", layer: layerOf(row.kind), ...row, ...scores });
  }
  if (known) await tellBeliefs(run, campaign, rows);
}

async function detectionOf({ client, reference }: StageRun, campaign: Campaign): Promise<Detection[]> {
  const rules = reference.rules(campaign.rules);
  const kinds = Object.fromEntries(rules.rules.map((rule) => [rule.id, kindsOf(rule)]));
  const { rows } = await client.query<Detection>(
    withDetection(sql("validate.detection"), rules, campaign.reported_columns),
    [campaign.campaign_id, JSON.stringify(kinds)],
  );
  return rows;
}

const layerOf = (kind: string): string => FAULT_KIND_SPECS[kind as FaultKind]?.layer ?? "unknown";

function detectionTable(rows: readonly Detection[], known: boolean): string {
  const whole = (name: string, some: readonly Detection[]): Detection => ({ kind: name, ...together(some) });
  const layers = ["syntactic", "contextual"].map((layer) => ({
    layer,
    some: rows.filter(({ kind }) => layerOf(kind) === layer),
  }));
  const listed = layers.flatMap(({ layer, some }) => (some.length > 1 ? [...some, whole(`all ${layer}`, some)] : some));
  return table(
    [
      ...["fault kind", "injected", "found", "right rule", "elsewhere", known ? "false alarms" : "beside them"],
      ...["recall", "95 %", "precision", "95 %", "F1"],
    ],
    listed.map((row) => {
      const { recall, precision, f1 } = scoreOf(row);
      return [
        ...[row.kind, count(row.injected), count(row.found), count(row.right_rule), count(row.elsewhere)],
        ...[count(row.false_alarms), value(recall), bounds(recall)],
        ...(known ? [value(precision), bounds(precision), f1 ? f1.value.toFixed(3) : "–"] : ["–", "–", "–"]),
      ];
    }),
  );
}

const value = (share: Share | undefined): string => (share ? percent(share.value) : "–");
const bounds = (share: Share | undefined): string =>
  share ? `${(100 * share.low).toFixed(1)}–${(100 * share.high).toFixed(1)}` : "–";

/** Holds the outcome to what the chaos profile believes. */
async function tellBeliefs(run: StageRun, campaign: Campaign, rows: readonly Detection[]): Promise<void> {
  const { client, reference, reporter } = run;
  const { rows: struck } = await client.query<{ devices: number }>(sql("corrupt.devices"), [campaign.campaign_id]);
  const sound = campaign.device_count - (struck[0]?.devices ?? 0);
  const { false_alarms: alarms } = together(rows);
  reporter.result(
    `\n${count(alarms)} false alarms among ${count(sound)} sound devices, ${percent(sound > 0 ? alarms / sound : 0, 3)}.`,
  );
  if (campaign.fault_profile === null) return;
  const { name, hypothesis } = reference.faultProfile(campaign.fault_profile);
  const believed = hypothesis ? beliefs(hypothesis, rows, sound) : [];
  if (believed.length === 0) return;
  const said = believed.map(({ what, bound, actual, held }) => {
    const wanted = `${what === "false_alarm_rate" ? "at most" : "at least"} ${percent(bound, 2)}`;
    return [held ? "held" : "REFUTED", what.replaceAll("_", " "), wanted, percent(actual, 2)];
  });
  reporter.result(
    `\nHypothesis of profile ${name}, by rules ${campaign.rules}\n${table(["", "what", "believed", "found"], said)}`,
  );
  for (const belief of believed)
    reporter.event({ event: "hypothesis", profile: name, rules: campaign.rules, ...belief });
}
