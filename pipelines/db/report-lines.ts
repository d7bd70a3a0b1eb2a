import { bucketIn } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { putDigits, putEscaped } from "./copy-bytes.ts";
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
const N = 78;
/** Longer than the five numbers of a line, with what separates them. */
const MOST_NUMBERS = 64;

/** Rows as lines of COPY, with the sum of their keys. */
export interface EncodedRows {
  readonly lines: Buffer;
  readonly checksum: string;
}

/** Writes rows of a file as lines for `stored_report`, from bytes to bytes. */
export function reportLines(campaignId: number): (rows: NumberedRows, words: ReportWords) => EncodedRows {
  // Written to again by every batch: new memory for each would wait for the collector.
  let into = Buffer.alloc(0);
  return ({ batch, rows, firstNo }, words) => {
    const { bytes } = batch;
    // Escaped, a byte becomes two at most; of a value that is not there two stand for its NUL, and a separator.
    const most = 3 * bytes.length + rows.length * MOST_NUMBERS;
    if (into.length < most) into = Buffer.allocUnsafeSlow(most);
    const checksum = new Checksum();
    let at = 0;
    for (const row of rows) {
      const deviceNo = firstNo + row;
      const from = batch.from(row, PLACE.device_id) + 1;
      const to = batch.to(row, PLACE.device_id);
      const profile = words.profileOf(batch, row);
      at = putNumber(bucketIn(bytes, from, to), into, at);
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
    return { lines: Buffer.from(into.subarray(0, at)), checksum: String(checksum) };
  };
}

function putField(batch: FileBatch, row: number, place: number, into: Buffer, begin: number): number {
  const from = batch.from(row, place);
  const to = batch.to(row, place);
  if (from === to) {
    into[begin] = BACKSLASH;
    into[begin + 1] = N;
    return begin + 2;
  }
  return putEscaped(batch.bytes, from + 1, to, into, begin);
}

/** With a tab behind it. */
function putNumber(value: number, into: Buffer, begin: number): number {
  const at = putDigits(value, into, begin);
  into[at] = TAB;
  return at + 1;
}
