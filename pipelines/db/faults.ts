import type pg from "pg";
import type { Fault } from "../domain/faults.ts";
import { PROFILE_COLUMNS } from "../domain/vocabulary.ts";
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
  const [own, words]: [Entry[], Entry[]] = [[], []];
  for (const { bucket, deviceId, faults } of devices)
    for (const { field, after, kind, variant } of faults)
      (variant === 0 ? own : words).push({ bucket, deviceId, field, after, kind, variant });
  return [...(await strikeValues(client, place, own)), ...(await strikeWords(client, place, words))];
}

async function strikeValues(
  client: pg.ClientBase,
  { campaign, batch, buckets }: FaultBatch,
  entries: readonly Entry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const { at, ids, fields, after, kinds } = columnsOf(entries);
  const struck = await recorded(client, "corrupt.record", [campaign, batch, at, ids, fields, after, kinds, buckets]);
  for (const round of roundsOf(entries)) {
    const { at, ids, fields, after } = columnsOf(round);
    await client.query(sql("corrupt.apply"), [campaign, at, ids, fields, after, buckets]);
  }
  return struck;
}

/** Faults in rounds, none of which has two of one device: the first of each, the second of those that have more, and so on. */
function roundsOf(entries: readonly Entry[]): Entry[][] {
  const rounds: Entry[][] = [];
  let nth = 0;
  for (const [no, entry] of entries.entries()) {
    nth = entries[no - 1]?.deviceId === entry.deviceId ? nth + 1 : 0;
    rounds[nth] ??= [];
    rounds[nth]?.push(entry);
  }
  return rounds;
}

/** A word stands in a row that many devices share: each corruption of it gets a row of its own, which the struck devices point to. */
async function strikeWords(
  client: pg.ClientBase,
  { campaign, batch, buckets }: FaultBatch,
  entries: readonly Entry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const { at, ids, fields, after, kinds } = columnsOf(entries);
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
  const those = new Set(struck);
  const words = await renumbered(
    client,
    { campaign, batch, buckets },
    entries.filter(({ deviceId }) => those.has(deviceId)),
  );
  await addWords(client, campaign, words);
  const numbers = (part: Word["part"]): (number | null)[] =>
    words.map((word) => (word.part === part ? word.newNo : null));
  const left = columnsOf(words);
  const numbered = [left.at, left.ids, numbers("profile"), numbers("outcome")];
  await client.query(sql("corrupt.apply_words"), [campaign, ...numbered, buckets]);
  return struck;
}

/** A device whose words get another row: of what it is, or of what became of its update. One word of a device at most is struck at a time. */
interface Word extends Entry {
  readonly part: "profile" | "outcome";
  readonly oldNo: number;
  readonly newNo: number;
  readonly isContradicted: boolean;
}

/** Sound words have numbers from 0 to 2^20; what stands above these bits says which corruption it is. */
const SOUND_NUMBERS = 1 << 20;

async function renumbered(
  client: pg.ClientBase,
  { campaign, buckets }: FaultBatch,
  entries: readonly Entry[],
): Promise<Word[]> {
  const { at, ids, fields, after } = columnsOf(entries);
  const { rows } = await client.query<SoundWords>(sql("corrupt.sound_words"), [
    campaign,
    at,
    ids,
    fields,
    after,
    buckets,
  ]);
  const sound = new Map(rows.map((row) => [row.device_id, row]));
  return entries.map((entry) => {
    const {
      profile_no: profileNo,
      outcome_no: outcomeNo,
      is_contradicted: contradicted,
    } = sound.get(entry.deviceId) as SoundWords;
    const part = (PROFILE_COLUMNS as readonly string[]).includes(entry.field) ? "profile" : "outcome";
    const oldNo = part === "profile" ? profileNo : outcomeNo;
    const isContradicted = part === "outcome" && contradicted;
    const newNo = -((2 * entry.variant + Number(isContradicted)) * SOUND_NUMBERS + oldNo);
    return { ...entry, part, oldNo, newNo, isContradicted };
  });
}

interface SoundWords {
  readonly device_id: string;
  readonly profile_no: number;
  readonly outcome_no: number;
  readonly is_contradicted: boolean;
}

async function addWords(client: pg.ClientBase, campaign: number, words: readonly Word[]): Promise<void> {
  for (const part of ["profile", "outcome"] as const) {
    const rows = [...new Map(words.filter((word) => word.part === part).map((word) => [word.newNo, word])).values()];
    if (rows.length === 0) continue;
    const { fields, after } = columnsOf(rows);
    const numbers = [rows.map(({ oldNo }) => oldNo), rows.map(({ newNo }) => newNo)];
    const contradicted = part === "outcome" ? [rows.map(({ isContradicted }) => isContradicted)] : [];
    await client.query(sql(`corrupt.add_${part}s`), [campaign, ...numbers, fields, after, ...contradicted]);
  }
}

async function recorded(client: pg.ClientBase, name: string, values: unknown[]): Promise<string[]> {
  const { rows } = await client.query<{ device_id: string }>(sql(name), values);
  return rows.map(({ device_id }) => device_id);
}

/** The same as lists beside each other. */
function columnsOf(entries: readonly Entry[]) {
  return {
    at: entries.map(({ bucket }) => bucket),
    ids: entries.map(({ deviceId }) => deviceId),
    fields: entries.map(({ field }) => field),
    after: entries.map(({ after }) => after),
    kinds: entries.map(({ kind }) => kind),
  };
}
