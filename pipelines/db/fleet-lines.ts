import { type BucketOrder, bucketAt, bucketOrder, bucketStart } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { drawer, emptyDraw, FIELD_TEXTS, type FleetSpec, MOST } from "../domain/fleet.ts";
import { seed32 } from "../domain/random.ts";

/** The reports of one batch as lines of COPY, with what the ledger says of them. */
export interface EncodedBatch {
  readonly lines: Buffer;
  readonly rows: number;
  readonly checksum: string;
}

export interface GeneratedFleet {
  readonly spec: FleetSpec;
  readonly devices: number;
  readonly seed: number;
  readonly campaignId: number;
}

/** Longer than any line: six numbers of at most 10 digits, the id, five values, their separators, and what is written beyond the last. */
const MOST_BYTES = 192;
const MINUTE = 60;
const HOUR = 3600;
const ID_BYTES = "DEV-1a2b3c4d".length;

/**
 * Writes generated reports as lines for `stored_report`, from drawn numbers straight to bytes. Every piece of text lies ready in words of four
 * bytes, which are written whole, the next text over what is too many of the last. It takes 0.45 µs a device, and nearly half of that
 * is drawing; objects and strings took 1.2.
 */
export function fleetLines(fleet: GeneratedFleet): (from: number, to: number) => EncodedBatch {
  const { spec, devices, seed, campaignId } = fleet;
  const key = seed32(seed);
  const draw = drawer(spec, seed);
  const drawn = emptyDraw();
  const texts = readyTexts();
  let order: BucketOrder | undefined;
  // Written to again by every batch: new memory for each would wait for the collector, a hundred megabytes at a time.
  let bytes = Buffer.alloc(0);
  let into = new DataView(bytes.buffer);
  return (from, to) => {
    if (bytes.length < (to - from) * MOST_BYTES) {
      bytes = Buffer.allocUnsafeSlow((to - from) * MOST_BYTES);
      into = new DataView(bytes.buffer);
    }
    const checksum = new Checksum();
    let at = 0;
    for (let bucket = bucketAt(from, devices), deviceNo = from; deviceNo < to; bucket++) {
      const start = bucketStart(bucket, devices);
      const end = Math.min(to, bucketStart(bucket + 1, devices));
      if (order?.bucket !== bucket) order = bucketOrder(bucket, devices, key);
      const { numbers, indexes } = order;
      const head = new Texts([`${bucket}\t${campaignId}\t`]);
      for (; deviceNo < end; deviceNo++) {
        draw(indexes[deviceNo - start] as number, drawn);
        at = head.put(0, into, at);
        at = putNumber(deviceNo, texts, into, at);
        at = putNumber(drawn.profile, texts, into, at);
        at = putNumber(drawn.outcome, texts, into, at);
        const id = texts.prefix.put(0, into, at);
        const number = numbers[deviceNo - start] as number;
        at = putHex(number, texts, into, id);
        checksum.add(bytes, id - PREFIX.length, id - PREFIX.length + ID_BYTES, deviceNo);
        at = texts.tab.put(0, into, at);
        at = putNumber(drawn.attempts, texts, into, at);
        at = texts.volts.put(drawn.centivolts, into, at);
        at = putNumber(drawn.percent, texts, into, at);
        at = putNumber(drawn.storageMb, texts, into, at);
        at = texts.hour.put((drawn.seconds / HOUR) | 0, into, at);
        at = texts.minute.put(((drawn.seconds % HOUR) / MINUTE) | 0, into, at);
        at = texts.second.put(drawn.seconds % MINUTE, into, at);
      }
    }
    return { lines: Buffer.from(bytes.subarray(0, at)), rows: to - from, checksum: String(checksum) };
  };
}

const WORD = 4;

/** Short texts by number, in words of four bytes, each with what separates it from the next. */
class Texts {
  readonly #words: Uint32Array;
  readonly #lengths: Uint8Array;
  /** Words of the longest. */
  readonly #most: number;

  constructor(texts: readonly string[]) {
    this.#lengths = Uint8Array.from(texts, ({ length }) => length);
    this.#most = Math.ceil(Math.max(...new Set(this.#lengths)) / WORD);
    const padded = texts.map((text) => text.padEnd(this.#most * WORD)).join("");
    const bytes = Buffer.from(padded, "ascii");
    this.#words = Uint32Array.from({ length: bytes.length / WORD }, (_, no) => bytes.readUInt32LE(no * WORD));
  }

  /** Returns where the text ends. Up to three bytes behind it are written too. */
  put(no: number, into: DataView, at: number): number {
    const first = no * this.#most;
    for (let word = 0; word < this.#most; word++) {
      into.setUint32(at + word * WORD, this.#words[first + word] as number, true);
    }
    return at + (this.#lengths[no] as number);
  }
}

const PREFIX = "DEV-";
const BYTES = 256;
const GROUP = 1000;

/** Few enough to be made in a millisecond: a small fleet takes little longer itself. */
function readyTexts() {
  const upTo = (count: number, text: (no: number) => string) =>
    new Texts(Array.from({ length: count }, (_, no) => text(no)));
  const { battery_voltage: volts, reported_at: time } = FIELD_TEXTS;
  const [minutes, seconds] = [time(0).indexOf(":") + 1, time(0).lastIndexOf(":") + 1];
  return {
    tab: new Texts(["\t"]),
    prefix: new Texts([PREFIX]),
    hex: upTo(BYTES, (no) => no.toString(16).padStart(2, "0")),
    first: upTo(GROUP, String),
    middle: upTo(GROUP, (no) => String(no).padStart(3, "0")),
    last: upTo(GROUP, (no) => `${String(no).padStart(3, "0")}\t`),
    only: upTo(GROUP, (no) => `${no}\t`),
    volts: upTo(MOST.centivolts + 1, (no) => `${volts(no)}\t`),
    hour: upTo(MOST.seconds / HOUR, (no) => time(no * HOUR).slice(0, minutes)),
    minute: upTo(MINUTE, (no) => time(no * MINUTE).slice(minutes, seconds)),
    second: upTo(MINUTE, (no) => `${time(no).slice(seconds)}\n`),
  };
}

type ReadyTexts = ReturnType<typeof readyTexts>;

function putHex(value: number, { hex }: ReadyTexts, into: DataView, at: number): number {
  const half = hex.put((value >>> 16) & 255, into, hex.put(value >>> 24, into, at));
  return hex.put(value & 255, into, hex.put((value >>> 8) & 255, into, half));
}

/** In decimal digits, three by three, with a tab. */
function putNumber(value: number, texts: ReadyTexts, into: DataView, at: number): number {
  if (value < GROUP) return texts.only.put(value, into, at);
  const thousands = Math.floor(value / GROUP);
  return texts.last.put(value - thousands * GROUP, into, putGroups(thousands, texts, into, at));
}

function putGroups(value: number, texts: ReadyTexts, into: DataView, at: number): number {
  if (value < GROUP) return texts.first.put(value, into, at);
  const thousands = Math.floor(value / GROUP);
  return texts.middle.put(value - thousands * GROUP, into, putGroups(thousands, texts, into, at));
}
