import type pg from "pg";
import type { Fault } from "../domain/faults.ts";
import { sql } from "./sql.ts";

interface Device {
  readonly bucket: number;
  readonly deviceId: string;
  readonly faults: readonly Fault[];
}

type Entry = Omit<Device, "faults"> & Fault;

/** Where faults are injected. */
export interface FaultBatch {
  readonly campaign: number;
  readonly batch: number;
  /** Of its devices. */
  readonly buckets: readonly number[];
}

/**
 * Injects faults and enters them into the fault ledger, in the transaction that is open. What a report says already is no fault.
 * @returns the device of each fault that was entered.
 */
export async function strikeOf(
  client: pg.ClientBase,
  place: FaultBatch,
  devices: readonly Device[],
): Promise<string[]> {
  const entries = devices.flatMap(({ bucket, deviceId, faults }) =>
    faults.map((fault): Entry => ({ bucket, deviceId, ...fault })),
  );
  const own = entries.filter(({ variant }) => variant === 0);
  const words = entries.filter(({ variant }) => variant > 0);
  return [...(await strikeValues(client, place, own)), ...(await strikeWords(client, place, words))];
}

async function strikeValues(
  client: pg.ClientBase,
  { campaign, batch, buckets }: FaultBatch,
  entries: readonly Entry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const [ids, fields, after, kinds] = columnsOf(entries);
  const places = [entries.map(({ bucket }) => bucket), ids, fields, after];
  const struck = await recorded(client, "corrupt.record", [campaign, batch, ...places, kinds, buckets]);
  await client.query(sql("corrupt.apply"), [campaign, ...places, buckets]);
  return struck;
}

/** A word stands in a row that many devices share: each corruption of it gets a row of its own, which the struck devices point to. */
async function strikeWords(
  client: pg.ClientBase,
  { campaign, batch, buckets }: FaultBatch,
  entries: readonly Entry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const [ids, fields, after, kinds] = columnsOf(entries);
  const at = entries.map(({ bucket }) => bucket);
  const struck = await recorded(client, "corrupt.record_words", [
    campaign,
    batch,
    at,
    ids,
    fields,
    after,
    kinds,
    buckets,
  ]);
  // One word of a device at most is struck at a time.
  const those = new Set(struck);
  const left = entries.filter(({ deviceId }) => those.has(deviceId));
  const [leftIds, leftFields, leftAfter] = columnsOf(left);
  const leftAt = left.map(({ bucket }) => bucket);
  const variants = left.map(({ variant }) => variant);
  for (const name of ["corrupt.words_of_profiles", "corrupt.words_of_outcomes"])
    await client.query(sql(name), [campaign, leftAt, leftIds, leftFields, leftAfter, variants, buckets]);
  await client.query(sql("corrupt.apply_words"), [campaign, leftAt, leftIds, leftFields, variants, buckets]);
  return struck;
}

async function recorded(client: pg.ClientBase, name: string, values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ device_id: string }>(sql(name), values);
  return rows.map(({ device_id }) => device_id);
}

/** Ids, fields, values after, and kinds, as lists beside each other. */
function columnsOf(entries: readonly Entry[]): [string[], string[], (string | null)[], string[]] {
  return [
    entries.map(({ deviceId }) => deviceId),
    entries.map(({ field }) => field),
    entries.map(({ after }) => after),
    entries.map(({ kind }) => kind),
  ];
}
