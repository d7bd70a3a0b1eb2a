import { type BigIntStats, lstatSync, opendirSync } from "node:fs";
import path from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { ENDINGS } from "../import/source-file.ts";

/** Unchanged for so long, a file is taken to be whole. */
const SETTLED_MS = 2_000;
/** So old by the clock, it need not be watched for that long: it lay there before we came. */
const OLD_MS = 10_000;
/** Coarser than the steps in which a file system tells time: nothing can come any more that would stand before. */
const STEP_MS = 100;
/** Files that one look through the folder is good for: looked through for each, a large folder would take the square of its size. */
const MOST_AHEAD = 200;

/** A file in the folder, as it was when looked at. */
interface Candidate {
  readonly name: string;
  readonly stat: BigIntStats;
}

/** Where a file stands in the order of arrival. */
interface Place {
  readonly changedNs: bigint;
  readonly name: string;
}

const START: Place = { changedNs: -1n, name: "" };

/** Milliseconds: the time of day, which somebody may set, and since some moment, which nobody can. */
export interface Clock {
  readonly wall: () => number;
  readonly steady: () => number;
}

/** A file that is whole, to be read. */
export interface Arrival {
  readonly file: string;
  /** It was dealt with, and comes again only once it has changed. */
  done(): void;
}

/**
 * The files of a folder in the order in which they came: by the time of their last change, which moving one there counts as. What was dealt
 * with is one place in that order, whatever the number of files.
 */
export class Folder {
  readonly #folder: string;
  readonly #clock: Clock;
  #reached = START;
  #offset = Number.NEGATIVE_INFINITY;
  #seen: { readonly print: string; readonly since: number } | undefined;
  /** The first of those that wait, in order; none comes in between, since what comes changes now. */
  #ahead: Candidate[] = [];
  #waiting = 0;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  /** Files beyond those dealt with, by the last look. */
  get waiting(): number {
    return this.#waiting;
  }

  /**
   * The next file, if it is whole.
   * @throws SentinelError exit 2 where the folder cannot be read.
   */
  next(): Arrival | undefined {
    this.#mindTheClock();
    const first = this.#readable(() => this.#first());
    if (!first || !this.#isWhole(first)) return undefined;
    const done = (): void => {
      this.#reached = placeOf(first);
      if (this.#ahead[0] === first) {
        this.#ahead.shift();
        this.#waiting -= 1;
      }
    };
    return { file: path.join(this.#folder, first.name), done };
  }

  /** Set back, it gives what comes a place before what was dealt with: then all files are looked at again, and those that are stored are known. */
  #mindTheClock(): void {
    const offset = this.#clock.wall() - this.#clock.steady();
    if (offset < this.#offset - STEP_MS) {
      this.#reached = START;
      this.#ahead = [];
    }
    this.#offset = offset;
  }

  #readable<T>(look: () => T): T {
    try {
      return look();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isMissing = code === "ENOENT" || code === "ENOTDIR";
      const cause = `${this.#folder} ${isMissing ? "is no folder" : `cannot be read (${code})`}.`;
      const remedy = "Name the folder that files come into after --from, or leave it out to watch the database alone.";
      throw new SentinelError({ exitCode: EXIT.usage, cause, remedy }, { cause: error });
    }
  }

  #first(): Candidate | undefined {
    const [ahead] = this.#ahead;
    if (ahead && this.#print(ahead.name) === printOf(ahead)) return ahead;
    const waiting = this.#beyond();
    this.#waiting = waiting.length;
    this.#ahead = waiting.sort((one, other) => (isBefore(placeOf(one), placeOf(other)) ? -1 : 1)).slice(0, MOST_AHEAD);
    return this.#ahead[0];
  }

  /** The files that were not dealt with as they are now. */
  #beyond(): Candidate[] {
    const found: Candidate[] = [];
    const folder = opendirSync(this.#folder);
    try {
      for (let entry = folder.readSync(); entry; entry = folder.readSync()) {
        const { name } = entry;
        if (name.startsWith(".") || !ENDINGS.includes(path.extname(name).toLowerCase())) continue;
        const stat = this.#stat(name);
        if (stat && isBefore(this.#reached, placeOf({ name, stat }))) found.push({ name, stat });
      }
    } finally {
      folder.closeSync();
    }
    return found;
  }

  #stat(name: string): BigIntStats | undefined {
    return lstatSync(path.join(this.#folder, name), { bigint: true, throwIfNoEntry: false });
  }

  #print(name: string): string | undefined {
    const stat = this.#stat(name);
    return stat && printOf({ name, stat });
  }

  /** Whether nobody writes it any more: it was moved here after its last byte, or it has not changed for a while. */
  #isWhole(candidate: Candidate): boolean {
    const { stat } = candidate;
    const ageMs = this.#clock.wall() - Number(stat.ctimeNs / 1_000_000n);
    if (ageMs >= OLD_MS || (stat.ctimeNs > stat.mtimeNs && ageMs >= STEP_MS)) return true;
    const print = printOf(candidate);
    const now = this.#clock.steady();
    if (this.#seen?.print !== print) this.#seen = { print, since: now };
    return now - this.#seen.since >= SETTLED_MS;
  }
}

function printOf({ name, stat }: Candidate): string {
  return [name, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join("/");
}

function placeOf({ name, stat }: Candidate): Place {
  return { changedNs: stat.ctimeNs, name };
}

function isBefore(one: Place, other: Place): boolean {
  return one.changedNs === other.changedNs ? one.name < other.name : one.changedNs < other.changedNs;
}
