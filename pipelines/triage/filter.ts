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

/** The places that a filter leaves, by rule and device, and how many there are whatever its limit. */
export async function placesAndTotal(
  client: pg.ClientBase,
  campaign: number,
  filter: Filter,
  usual: readonly TriageState[] = ["open"],
): Promise<{ places: ListedPlace[]; total: number }> {
  const { rows } = await client.query<ListedPlace & { readonly total: number }>(sql("triage.list"), [
    ...[campaign, statesOf(filter, usual), filter.rule ?? null, filter.field ?? null, filter.region ?? null],
    ...[filter.model ?? null, filter.limit ?? null],
  ]);
  return { places: rows.map(({ total: _, ...place }) => place), total: rows[0]?.total ?? 0 };
}

/** The places that a filter leaves, by rule and device. */
export async function listPlaces(...asked: Parameters<typeof placesAndTotal>): Promise<ListedPlace[]> {
  return (await placesAndTotal(...asked)).places;
}
