import type pg from "pg";
import type { StageRun } from "./context.ts";
import type { Campaign } from "./db/campaigns.ts";
import { withPolicy, withRules } from "./db/rule-views.ts";
import { sql } from "./db/sql.ts";
import { type DeviceReport, fleet } from "./domain/fleet.ts";
import type { Policy } from "./domain/policy.ts";
import type { RuleSet } from "./domain/rules.ts";
import { REPORT_COLUMNS, type ReportColumn } from "./domain/vocabulary.ts";

/** One invariant: how to look, and the SQL with which anyone can look again. */
export interface Check {
  readonly name: string;
  /** What is promised, in a sentence. */
  readonly promise: string;
  readonly query: string;
  look(client: pg.ClientBase): Promise<{ expected: string; actual: string }>;
}

const NAMES = [
  ...["devices_stored", "one_outcome", "batches_whole", "decision_batches_whole", "batches_complete", "durable"],
  ...["only_partial_decided", "decided_once_by_key", "not_both", "raw_value_kept", "rerun_changes_nothing"],
  ...["no_gap_no_repeat", "decisions_agree", "runs_ended", "loader_sees_only_published", "faults_as_recorded"],
];

/** The invariants of a campaign, in their order. That of the seed needs one, so an import has none. */
export async function checks(run: StageRun, campaign: Campaign): Promise<Check[]> {
  const rules = run.reference.rules();
  const { rows } = await run.client.query<{ policy: string }>(sql("validate.policy"), [campaign.campaign_id]);
  const policy = run.reference.policy(rows[0]?.policy ?? "default");
  const held = NAMES.map((name) => sqlCheck(name, campaign, rules, policy));
  return campaign.source === "generated" ? [...held, seedCheck(run, campaign)] : held;
}

function sqlCheck(name: string, campaign: Campaign, rules: RuleSet, policy: Policy): Check {
  const [first = "", ...rest] = sql(`validate.${name}`).split("\n");
  const text = withPolicy(withRules(rest.join("\n"), rules), policy);
  const parameters = text.includes("$1") ? [campaign.campaign_id] : [];
  return {
    name,
    promise: first.replace(/^-- /, ""),
    query: text.replaceAll("$1", String(campaign.campaign_id)),
    async look(client) {
      const { rows } = await client.query<{ expected: string; actual: string }>(text, parameters);
      return { expected: rows[0]?.expected ?? "an answer", actual: rows[0]?.actual ?? "none" };
    },
  };
}

const SAMPLE = 40;
/** Batches that are held in memory at once. */
const TOGETHER = 10;

/** Makes a sample of batches again from the seed (a small fleet's all) and compares every value, with the faults taken back. */
function seedCheck(run: StageRun, campaign: Campaign): Check {
  const { device_count: devices, batch_size: size } = campaign;
  const batches = Math.ceil(devices / size);
  const sample = [
    ...new Set(Array.from({ length: SAMPLE }, (_, at) => Math.floor((at * (batches - 1)) / (SAMPLE - 1)))),
  ];
  const query = sql("validate.sample");
  return {
    name: "seed_makes_the_same",
    promise: "The seed makes the same reports again: a sample of batches, to the byte, faults taken back.",
    query: query.replaceAll("$1", String(campaign.campaign_id)).replaceAll("$2", `'{${sample.join(",")}}'`),
    async look(client) {
      const reportAt = fleet(run.reference.fleet(), devices, campaign.seed);
      let expected = 0;
      let same = 0;
      for (let at = 0; at < sample.length; at += TOGETHER) {
        const some = sample.slice(at, at + TOGETHER);
        const { rows } = await client.query<StoredReport>(query, [campaign.campaign_id, some]);
        const stored = new Map(rows.map((row) => [row.device_id, row]));
        for (const batch of some) {
          for (let index = batch * size; index < Math.min(devices, (batch + 1) * size); index++) {
            const report = reportAt(index);
            expected += 1;
            if (isSame(stored.get(report.deviceId), report, batch)) same += 1;
          }
        }
      }
      return { expected: `${expected} reports the same`, actual: `${same} reports the same` };
    },
  };
}

type StoredReport = { readonly [column in ReportColumn]: string | null } & {
  readonly device_id: string;
  readonly batch_no: number;
  readonly update_status: string;
};

function isSame(row: StoredReport | undefined, report: DeviceReport, batch: number): boolean {
  if (row?.update_status !== report.updateStatus || row.batch_no !== batch) return false;
  return REPORT_COLUMNS.every((column) => row[column] === report[column]);
}
