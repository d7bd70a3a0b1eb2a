import { PLACE } from "../db/file-batch.ts";
import { isBlank, statusIn } from "../db/status-word.ts";

/** Bytes that an id may have, and all values of a row together. */
const MOST = { id: 256, values: 16_384 } as const;

/** Why a row is not stored, in the order in which it is asked. */
export const REASON = {
  noId: "it has no device_id",
  longId: "its device_id is longer than 256 bytes",
  long: "its values are longer than 16,384 bytes together",
  nul: "a value holds a NUL byte, which PostgreSQL cannot store",
  noStatus: "it has no update_status",
  status: "its update_status is neither Success nor Partial",
  again: "its device_id stands in an earlier row",
} as const;

/** A record that was just written: where its fields begin, and the places of the NULs behind them, each of which has a sign before it where it has a value. */
export interface Written {
  readonly bytes: Buffer;
  readonly begin: number;
  readonly ends: Int32Array;
}

/** Why a row can't be stored that is not damaged; nothing where it can. Whether its id stands elsewhere is not looked at. */
export function reasonAgainst({ bytes, begin, ends }: Written, hasNul: boolean): string | undefined {
  const from = begin + 1;
  const to = ends[PLACE.device_id] as number;
  if (isBlank(bytes, from, to)) return REASON.noId;
  if (to - from > MOST.id) return REASON.longId;
  // With their signs and NULs the values may be short enough all the same.
  const last = ends.length - 1;
  if ((ends[last] as number) - from > MOST.values && bytesOf(begin, ends) > MOST.values) return REASON.long;
  if (hasNul) return REASON.nul;
  const status = to + 2;
  const end = ends[PLACE.update_status] as number;
  if (isBlank(bytes, status, end)) return REASON.noStatus;
  return statusIn(bytes, status, end) === undefined ? REASON.status : undefined;
}

/** The id, where it can be shown: short enough, and without NUL. */
export function shownId({ bytes, begin, ends }: Written): string | null {
  const from = begin + 1;
  const to = ends[PLACE.device_id] as number;
  if (to < from || to - from > MOST.id || bytes.subarray(from, to).includes(0)) return null;
  return bytes.toString("utf8", from, to);
}

/** What the values take without their signs and NULs. */
function bytesOf(begin: number, ends: Int32Array): number {
  let sum = 0;
  let from = begin;
  for (const end of ends) {
    sum += Math.max(0, end - from - 1);
    from = end + 1;
  }
  return sum;
}
