import type pg from "pg";
import { sql } from "../db/sql.ts";
import { bucketOf } from "../domain/bucket.ts";
import type { Report } from "../domain/judge.ts";
import type { After, Entry, Place, Said } from "../domain/triage.ts";
import type { TriageState, TriageVerb } from "../domain/vocabulary.ts";

/** A row of `decision`. */
export interface DecisionRow {
  readonly rule: number;
  readonly pass: number;
  readonly batch: number;
}

/** A place in the queue, and what its device has beside. */
export interface StoredPlace extends Place {
  readonly bucket: number;
  readonly deviceId: string;
  readonly deviceNo: number;
  /** What was decided for the device; undefined where it waits for recovery. */
  readonly decision: DecisionRow | undefined;
  /** What recovery had decided when it opened the place. */
  readonly quarantine: DecisionRow;
  /** Why it did, for the audit. */
  readonly evidence: Readonly<Record<string, unknown>>;
}

interface PlaceRow {
  readonly bucket: number;
  readonly device_id: string;
  readonly device_no: number;
  readonly state: TriageState;
  readonly version: number;
  readonly rule_id: string;
  readonly rules_version: number;
  readonly field: string;
  readonly findings: unknown;
  readonly attempt: number;
  readonly batch_no: number;
  readonly reported: Report;
  readonly decided_rule: number | null;
  readonly decided_pass: number | null;
  readonly decided_batch: number | null;
  readonly amendments: readonly Said[];
  readonly entry_version: number | null;
  readonly verb: TriageVerb | null;
  readonly decided_by: string | null;
  readonly decided_at: string | null;
  readonly before: Entry["before"] | null;
  readonly after: After | null;
}

/** The places of these devices, by their ids; a device that has none is not there. */
export async function placesOf(
  client: pg.ClientBase,
  campaign: number,
  devices: readonly string[],
): Promise<ReadonlyMap<string, StoredPlace>> {
  const buckets = devices.map(bucketOf);
  const { rows } = await client.query<PlaceRow>(sql("triage.places"), [
    ...[campaign, buckets, devices, [...new Set(buckets)]],
  ]);
  return new Map(rows.map((row) => [row.device_id, placeOf(row)]));
}

/** Number of the row of `decision_rule` that stands for quarantine. */
const QUARANTINE = 0;

function placeOf(row: PlaceRow): StoredPlace {
  const { rule_id: rule, rules_version, field, findings } = row;
  return {
    ...{ bucket: row.bucket, deviceId: row.device_id, deviceNo: row.device_no },
    ...{
      state: row.state,
      version: row.version,
      reported: row.reported,
      amendments: row.amendments,
      last: entryOf(row),
    },
    decision:
      row.decided_rule === null
        ? undefined
        : { rule: row.decided_rule, pass: row.decided_pass ?? 0, batch: row.decided_batch ?? 0 },
    quarantine: { rule: QUARANTINE, pass: row.attempt, batch: row.batch_no },
    evidence: { rule, rules_version, field, findings },
  };
}

function entryOf({ entry_version: version, verb, decided_by: by, decided_at: at, before, after }: PlaceRow) {
  if (version === null || !verb || by === null || at === null || !before || !after) return undefined;
  return { version, verb, by, at, before, after } satisfies Entry;
}
