import { bucketOf } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { type FileBatch, PLACE } from "./file-batch.ts";
import type { ReportWords } from "./report-words.ts";

/** Rows of a batch, each with the number of its device in the campaign. */
export interface NumberedRows {
  readonly batch: FileBatch;
  readonly rows: readonly number[];
  /** Number of the device in row 0 of the batch. */
  readonly firstNo: number;
}

const TAB = 9;
const LINE_FEED = 10;
const BACKSLASH = 92;
/** By byte: what stands for it behind a backslash; 0 where it stands for itself. */
const LETTERS = new Uint8Array(256);
for (const [byte, letter] of Object.entries({ "\t": "t", "\n": "n", "\r": "r", "\\": "\\" })) {
  LETTERS[byte.charCodeAt(0)] = letter.charCodeAt(0);
}
const NULL = Buffer.from("\\N");
const ZERO = 48;
/** Longer than the five numbers of a line, with what separates them. */
const MOST_NUMBERS = 64;

/** Writes rows of a file as lines for `stored_report`, from bytes to bytes, with the sum of their keys. */
export function reportLines({ batch, rows, firstNo }: NumberedRows, campaignId: number, words: ReportWords) {
  const { bytes } = batch;
  // Escaped, a byte becomes two at most; of a value that is not there two stand for its NUL, and a separator.
  const into = Buffer.allocUnsafe(3 * bytes.length + rows.length * MOST_NUMBERS);
  const checksum = new Checksum();
  let at = 0;
  for (const row of rows) {
    const deviceNo = firstNo + row;
    const from = batch.from(row, PLACE.device_id) + 1;
    const to = batch.to(row, PLACE.device_id);
    const profile = words.profileOf(batch, row);
    at = putNumber(bucketOf(bytes.toString("utf8", from, to)), into, at);
    at = putNumber(campaignId, into, at);
    at = putNumber(deviceNo, into, at);
    at = putNumber(profile, into, at);
    at = putNumber(words.outcomeOf(batch, row, profile), into, at);
    checksum.add(bytes, from, to, deviceNo);
    at = putField(batch, row, PLACE.device_id, into, at);
    for (let place = PLACE.attempts; place <= PLACE.reported_at; place++) {
      into[at++] = TAB;
      at = putField(batch, row, place, into, at);
    }
    into[at++] = LINE_FEED;
  }
  return { lines: into.subarray(0, at), checksum: String(checksum) };
}

/** As COPY's text format has it. */
function putField(batch: FileBatch, row: number, place: number, into: Buffer, begin: number): number {
  const { bytes } = batch;
  let from = batch.from(row, place);
  const to = batch.to(row, place);
  if (from === to) return begin + NULL.copy(into, begin);
  let at = begin;
  while (++from < to) {
    const byte = bytes[from] as number;
    const letter = LETTERS[byte] as number;
    if (letter !== 0) into[at++] = BACKSLASH;
    into[at++] = letter === 0 ? byte : letter;
  }
  return at;
}

/** In decimal digits, with a tab. */
function putNumber(value: number, into: Buffer, begin: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let rest = value;
  for (let place = begin + digits - 1; place >= begin; place--) {
    const less = Math.floor(rest / 10);
    into[place] = ZERO + rest - 10 * less;
    rest = less;
  }
  into[begin + digits] = TAB;
  return begin + digits + 1;
}
