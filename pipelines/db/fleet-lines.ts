import { type BucketOrder, bucketAt, bucketOrder, bucketStart } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { type Draw, drawer, emptyDraw, FIELD_TEXTS, type FleetSpec, MOST } from "../domain/fleet.ts";
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
 * Writes generated reports as lines for `stored_report`, from drawn numbers straight to bytes: a line is a list of texts that lie ready
 * ({@link Texts}). It takes 0.3 µs a device, and half of that is drawing; objects and strings took 1.2.
 */
export function fleetLines(fleet: GeneratedFleet): (from: number, to: number) => EncodedBatch {
  const { devices } = fleet;
  const writer = new LineWriter(fleet);
  return (from, to) => {
    writer.begin(to - from);
    for (let bucket = bucketAt(from, devices), first = from; first < to; bucket++) {
      const end = Math.min(to, bucketStart(bucket + 1, devices));
      writer.add(bucket, first, end);
      first = end;
    }
    return { ...writer.written(), rows: to - from };
  };
}

/** Texts of a line at most: eight numbers of up to four each, and the rest. */
const MOST_TEXTS = 40;

/** Writes the lines of a bucket's devices, in methods of their own: all in one V8 would compile anew and as a whole wherever one of them changes. */
class LineWriter {
  readonly #fleet: GeneratedFleet;
  readonly #key: number;
  readonly #draw: (index: number, into: Draw) => Draw;
  readonly #drawn = emptyDraw();
  readonly #texts = new Texts();
  /** Those of the line that is being made. */
  readonly #line = new Int32Array(MOST_TEXTS);
  #order: BucketOrder | undefined;
  #bytes: Buffer = Buffer.alloc(0);
  #into: DataView = new DataView(this.#bytes.buffer);
  /** Up to where they are written. */
  #at = 0;
  #checksum = new Checksum();

  constructor(fleet: GeneratedFleet) {
    this.#fleet = fleet;
    this.#key = seed32(fleet.seed);
    this.#draw = drawer(fleet.spec, fleet.seed);
  }

  /** Begins with no line, and room for so many. */
  begin(lines: number): void {
    if (this.#bytes.length < lines * MOST_BYTES) {
      this.#bytes = Buffer.allocUnsafeSlow(lines * MOST_BYTES);
      this.#into = new DataView(this.#bytes.buffer);
    }
    this.#at = 0;
    this.#checksum = new Checksum();
  }

  written(): Pick<EncodedBatch, "lines" | "checksum"> {
    return { lines: Buffer.from(this.#bytes.subarray(0, this.#at)), checksum: String(this.#checksum) };
  }

  /** The devices of a bucket whose numbers are from `first` to before `end`. */
  add(bucket: number, first: number, end: number): void {
    const { devices, campaignId } = this.#fleet;
    const start = bucketStart(bucket, devices);
    if (this.#order?.bucket !== bucket) this.#order = bucketOrder(bucket, devices, this.#key);
    const { numbers, indexes } = this.#order;
    this.#texts.setHead(`${bucket}\t${campaignId}\t`);
    for (let deviceNo = first; deviceNo < end; deviceNo++) {
      this.#draw(indexes[deviceNo - start] as number, this.#drawn);
      this.#put(this.#numbersOf(deviceNo));
      const id = this.#at;
      this.#put(this.#valuesOf(numbers[deviceNo - start] as number));
      this.#checksum.add(this.#bytes, id, id + ID_BYTES, deviceNo);
    }
  }

  /** What stands before the id. Returns how many texts. */
  #numbersOf(deviceNo: number): number {
    const line = this.#line;
    const { profile, outcome } = this.#drawn;
    line[0] = HEAD;
    return putNumber(outcome, line, putNumber(profile, line, putNumber(deviceNo, line, 1)));
  }

  #valuesOf(number: number): number {
    const line = this.#line;
    const { attempts, centivolts, percent, storageMb, seconds } = this.#drawn;
    line[0] = PREFIX;
    line[1] = HEX + (number >>> 24);
    line[2] = HEX + ((number >>> 16) & 255);
    line[3] = HEX + ((number >>> 8) & 255);
    line[4] = HEX + (number & 255);
    line[5] = TAB;
    let texts = putNumber(attempts, line, 6);
    line[texts++] = VOLTS + centivolts;
    texts = putNumber(storageMb, line, putNumber(percent, line, texts));
    line[texts++] = HOURS + ((seconds / HOUR) | 0);
    line[texts++] = MINUTES + (((seconds % HOUR) / MINUTE) | 0);
    line[texts++] = SECONDS + (seconds % MINUTE);
    return texts;
  }

  #put(texts: number): void {
    this.#at = this.#texts.put(this.#line, texts, this.#into, this.#at);
  }
}

const GROUP = 1_000;
const BYTES = 256;

// Where the texts of a kind begin.
const HEAD = 0;
const PREFIX = HEAD + 1;
const TAB = PREFIX + 1;
const HEX = TAB + 1;
const ONLY = HEX + BYTES;
const FIRST = ONLY + GROUP;
const MIDDLE = FIRST + GROUP;
const LAST = MIDDLE + GROUP;
const VOLTS = LAST + GROUP;
const HOURS = VOLTS + MOST.centivolts + 1;
const MINUTES = HOURS + MOST.seconds / HOUR;
const SECONDS = MINUTES + MINUTE;

/** All texts that a line can be made of, by their number. */
function readyTexts(): string[] {
  const upTo = (count: number, text: (no: number) => string): string[] =>
    Array.from({ length: count }, (_, no) => text(no));
  const { battery_voltage: volts, reported_at: time } = FIELD_TEXTS;
  const [minutes, seconds] = [time(0).indexOf(":") + 1, time(0).lastIndexOf(":") + 1];
  return [
    "",
    "DEV-",
    "\t",
    ...upTo(BYTES, (no) => no.toString(16).padStart(2, "0")),
    ...upTo(GROUP, (no) => `${no}\t`),
    ...upTo(GROUP, String),
    ...upTo(GROUP, (no) => String(no).padStart(3, "0")),
    ...upTo(GROUP, (no) => `${String(no).padStart(3, "0")}\t`),
    ...upTo(MOST.centivolts + 1, (no) => `${volts(no)}\t`),
    ...upTo(MOST.seconds / HOUR, (no) => time(no * HOUR).slice(0, minutes)),
    ...upTo(MINUTE, (no) => time(no * MINUTE).slice(minutes, seconds)),
    ...upTo(MINUTE, (no) => `${time(no).slice(seconds)}\n`),
  ];
}

/**
 * A number of any size in groups of three digits, with a tab behind it.
 * @param alone where the texts begin of a number that is one group.
 * @param last where those of the last of several do.
 */
function putNumber(value: number, line: Int32Array, at: number, alone = ONLY, last = LAST): number {
  if (value < GROUP) {
    line[at] = alone + value;
    return at + 1;
  }
  const thousands = Math.floor(value / GROUP);
  const end = putNumber(thousands, line, at, FIRST, MIDDLE);
  line[end] = last + value - thousands * GROUP;
  return end + 1;
}

const WORD = 4;
/** Of the head, which changes with the bucket. */
const HEAD_WORDS = 4;

/** Texts of ASCII one behind another, each in words of four bytes: they are written whole, the next text over what is too many of the last. */
class Texts {
  readonly #words: Uint32Array;
  /** Of each text its first word, and of a last one that is none. */
  readonly #firsts: Uint32Array;
  readonly #lengths: Uint8Array;

  constructor() {
    const texts = readyTexts();
    this.#lengths = Uint8Array.from(texts, ({ length }) => length);
    const padded = texts.map((text, no) =>
      text.padEnd(WORD * (no === HEAD ? HEAD_WORDS : Math.ceil(text.length / WORD))),
    );
    let words = 0;
    this.#firsts = Uint32Array.from([...padded, ""], ({ length }) => {
      words += length / WORD;
      return words - length / WORD;
    });
    const bytes = Buffer.from(padded.join(""), "ascii");
    this.#words = Uint32Array.from({ length: words }, (_, no) => bytes.readUInt32LE(no * WORD));
  }

  setHead(text: string): void {
    const bytes = Buffer.from(text.padEnd(WORD * HEAD_WORDS), "ascii");
    for (let no = 0; no < HEAD_WORDS; no++) this.#words[no] = bytes.readUInt32LE(no * WORD);
    this.#lengths[HEAD] = text.length;
  }

  /** Writes so many of these texts. Returns where they end; up to three bytes behind it are written too, behind a head up to fifteen. */
  put(texts: Int32Array, count: number, into: DataView, begin: number): number {
    let at = begin;
    for (let no = 0; no < count; no++) {
      const text = texts[no] as number;
      const end = this.#firsts[text + 1] as number;
      for (let word = this.#firsts[text] as number, to = at; word < end; word++, to += WORD) {
        into.setUint32(to, this.#words[word] as number, true);
      }
      at += this.#lengths[text] as number;
    }
    return at;
  }
}
