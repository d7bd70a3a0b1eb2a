import type pg from "pg";
import type { Options } from "../cli/options.ts";
import { sql } from "../db/sql.ts";
import { TRIAGE_STATES, type TriageState } from "../domain/vocabulary.ts";

/** A place in the queue as it is listed. */
export interface ListedPlace {
  readonly bucket: number;
  readonly device_id: string;
  readonly region: string | null;
  readonly model: string | null;
  /** First rule that the device breaks, and the field that does. */
  readonly rule: string;
  readonly field: string;
  /** The value of that field as received. */
  readonly raw: string | null;
  readonly raw_sha256: string | null;
  readonly findings: readonly { readonly rule: string; readonly field: string; readonly raw: string | null }[];
  readonly state: TriageState;
  readonly version: number;
  readonly quarantined_at: Date;
}

export type Filter = Pick<Options, "rule" | "field" | "region" | "model" | "state" | "limit">;

/** The states that were asked for; where none was, these. */
function statesOf({ state }: Filter, usual: readonly TriageState[]): readonly string[] {
  if (state === undefined) return usual;
  return state === "all" ? TRIAGE_STATES : [state];
}

const conditions = (campaign: number, filter: Filter, usual: readonly TriageState[]) => [
  ...[campaign, statesOf(filter, usual), filter.rule ?? null, filter.field ?? null, filter.region ?? null],
  filter.model ?? null,
];

/** The places that a filter leaves, by rule and device. */
export async function listPlaces(
  client: pg.ClientBase,
  campaign: number,
  filter: Filter,
  usual: readonly TriageState[] = ["open"],
): Promise<ListedPlace[]> {
  const values = [...conditions(campaign, filter, usual), filter.limit ?? null];
  return (await client.query<ListedPlace>(sql("triage.list"), values)).rows;
}

/** How many places a filter leaves, whatever its limit. */
export async function countPlaces(client: pg.ClientBase, campaign: number, filter: Filter): Promise<number> {
  const { rows } = await client.query<{ devices: number }>(sql("triage.count"), conditions(campaign, filter, ["open"]));
  return rows[0]?.devices ?? 0;
}
