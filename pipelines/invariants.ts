import type pg from "pg";
import type { StageRun } from "./context.ts";
import type { Campaign } from "./db/campaigns.ts";
import { lastPass } from "./db/ledger.ts";
import { withRules } from "./db/rule-views.ts";
import { sql } from "./db/sql.ts";
import { bucketOrder, bucketStart } from "./domain/bucket.ts";
import { type DeviceReport, fleet } from "./domain/fleet.ts";
import type { Policy } from "./domain/policy.ts";
import { seed32 } from "./domain/random.ts";
import type { RuleSet } from "./domain/rules.ts";
import { BUCKET_COUNT, REPORT_COLUMNS, type ReportColumn } from "./domain/vocabulary.ts";

/** What was found of one invariant. */
export interface Answer {
  readonly name: string;
  readonly expected: string;
  readonly actual: string;
}

/** One look at the database that answers for one invariant or several, and the SQL with which anyone can look again. */
export interface Check {
  /** What is promised, in a sentence, by the name of the invariant. */
  readonly promises: ReadonlyMap<string, string>;
  readonly query: string;
  look(client: pg.ClientBase): Promise<readonly Answer[]>;
}

const STATEMENTS = [
  ...["every_report", "batches_whole", "decision_batches_whole", "batches_complete", "durable", "decided_once_by_key"],
  ...["every_quarantine", "every_triage_decision", "runs_ended", "loader_sees_only_published", "faults_as_recorded"],
];

/** The invariants of a campaign, in their order. That of the seed needs one, so an import has none. */
export async function checks(run: StageRun, campaign: Campaign): Promise<Check[]> {
  const rules = run.reference.rules(campaign.rules);
  const policy = run.reference.policy(await policyOf(run.client, campaign.campaign_id));
  const held = STATEMENTS.map((name) => sqlCheck(name, campaign, rules, policy));
  return campaign.source === "generated" ? [...held, seedCheck(run, campaign)] : held;
}

/** The policy of the latest pass in which one decided anything. */
async function policyOf(client: pg.ClientBase, campaign: number): Promise<string> {
  const last = await lastPass(client, campaign, "recover");
  for (let pass = last?.pass ?? 0; pass > 0; pass--) {
    const { rows } = await client.query<{ policy: string }>(sql("validate.policy"), [campaign, pass]);
    if (rows[0]) return rows[0].policy;
  }
  return "default";
}

const PROMISE = /^-- ([a-z_]+): (.+)$/;

function sqlCheck(name: string, campaign: Campaign, rules: RuleSet, policy: Policy): Check {
  const lines = sql(`validate.${name}`).split("\n");
  const promises = lines.flatMap((line) => PROMISE.exec(line)?.slice(1, 3) ?? []);
  const statement = lines.filter((line) => !PROMISE.test(line)).join("\n");
  const written = (text: string): string => withRules(text, rules, campaign.reported_columns, policy);
  const text = written(statement);
  const parameters = statement.includes("$1") ? [campaign.campaign_id] : [];
  return {
    promises: new Map(promises.flatMap((word, at) => (at % 2 === 0 ? [[word, promises[at + 1] ?? ""]] : []))),
    query: written(statement.replaceAll("$1", String(campaign.campaign_id))),
    look: async (client) => (await client.query<Answer>(text, parameters)).rows,
  };
}

const SAMPLE = 20_000;
/** Devices whose rows are held in memory at once. */
const TOGETHER = 5_000;

/** Makes the devices of a sample of buckets again from the seed (of a small fleet all) and compares every value, with the faults taken back. */
function seedCheck(run: StageRun, campaign: Campaign): Check {
  const { device_count: devices, batch_size: size, campaign_id: id } = campaign;
  const step = Math.max(1, Math.floor(devices / SAMPLE));
  const sample = Array.from({ length: Math.ceil(BUCKET_COUNT / step) }, (_, at) => at * step);
  const together = Math.max(1, Math.floor((TOGETHER * BUCKET_COUNT) / devices));
  const query = sql("validate.sample");
  const promise =
    "The seed makes the same reports again: those of a sample of buckets, to the byte, faults taken back.";
  return {
    promises: new Map([["seed_makes_the_same", promise]]),
    query: query.replaceAll("$1", String(id)).replaceAll("$2", `'{${sample.join(",")}}'`),
    async look(client) {
      const reportAt = fleet(run.reference.fleet(), devices, campaign.seed);
      let expected = 0;
      let same = 0;
      for (let at = 0; at < sample.length; at += together) {
        const buckets = sample.slice(at, at + together);
        const { rows } = await client.query<StoredReport>(query, [id, buckets]);
        const stored = new Map(rows.map((row) => [row.device_id, row]));
        for (const bucket of buckets) {
          const start = bucketStart(bucket, devices);
          for (const [place, index] of bucketOrder(bucket, devices, seed32(campaign.seed)).indexes.entries()) {
            const report = reportAt(index);
            expected += 1;
            // Before migration 3 a fleet was stored in the order of its indexes.
            const batches = [start + place, index].map((at) => Math.floor(at / size));
            if (isSame(stored.get(report.deviceId), report, batches)) same += 1;
          }
        }
      }
      return [
        { name: "seed_makes_the_same", expected: `${expected} reports the same`, actual: `${same} reports the same` },
      ];
    },
  };
}

type StoredReport = { readonly [column in ReportColumn]: string | null } & {
  readonly device_id: string;
  readonly batch_no: number;
  readonly update_status: string;
  /** What chaos replaced, by field. */
  readonly before: Readonly<Partial<Record<ReportColumn, string | null>>> | null;
};

function isSame(row: StoredReport | undefined, report: DeviceReport, batches: readonly number[]): boolean {
  if (row?.update_status !== report.updateStatus || !batches.includes(row.batch_no)) return false;
  const { before } = row;
  return REPORT_COLUMNS.every((column) => {
    const replaced = before?.[column];
    return (replaced === undefined ? row[column] : replaced) === report[column];
  });
}
