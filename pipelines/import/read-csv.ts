import { count } from "../cli/format.ts";
import { type Choice, choose } from "./choose.ts";
import { spellingsOf } from "./columns.ts";
import { type CsvHead, CsvRows, type CsvSink } from "./csv-rows.ts";
import { CsvCopy, CsvRecords } from "./csv-sinks.ts";
import type { Desk, Reading } from "./desk.ts";
import { handOver } from "./hand-over.ts";
import { LIMITS } from "./limits.ts";
import { placeOf } from "./path.ts";
import { damaged, pour, type Taker } from "./pour.ts";
import { unusable } from "./unusable.ts";

/** One with columns of ours becomes records as it is cut into rows; of any other a copy is made, which DuckDB reads as its map says. */
export async function readCsv(desk: Desk): Promise<Reading> {
  const { engine, source } = desk;
  const taker = new CsvTaker(desk, delimiterOf(source.start));
  const sha256 = await pour(source, taker);
  const { choice, columns, delimiter } = taker;
  if (choice.layout.mapping) {
    await engine.set("delimiter", delimiter);
    const names = ["damage", ...Array.from({ length: columns }, (_, at) => `c${at}`)];
    const parts = { names: names.map((name) => `${name}: 'VARCHAR'`).join(", ") };
    await handOver(desk, choice.layout, { query: "read_csv", parts, copied: taker.taken().rows });
  }
  return { sha256, choice };
}

class CsvTaker implements Taker {
  readonly delimiter: string;
  columns = 0;
  readonly #desk: Desk;
  readonly #rows: CsvRows;
  #choice: Choice | undefined;

  constructor(desk: Desk, delimiter: string) {
    this.#desk = desk;
    this.delimiter = delimiter;
    this.#rows = new CsvRows(delimiter, (head) => this.#begin(head));
  }

  /** Once the first line was read. */
  get choice(): Choice {
    if (!this.#choice) throw new Error("the first line of the CSV was not read");
    return this.#choice;
  }

  async push(bytes: Buffer): Promise<void> {
    this.#rows.push(bytes);
    await this.#flush();
  }

  async end(): Promise<void> {
    this.#rows.end();
    await this.#flush();
  }

  taken() {
    const { rows, damaged: bad } = this.#rows;
    return { rows, damaged: Math.max(bad, this.#desk.records.rejects.length) };
  }

  async #flush(): Promise<void> {
    await this.#desk.copy.flush();
    await this.#desk.records.flush();
  }

  /** Tells by the first line how the file is read, and so where its rows go. */
  #begin({ names, damage }: CsvHead): CsvSink {
    const { source, ways, records, copy } = this.#desk;
    const { file } = source;
    if (damage) throw damaged(source, `of its first line ${damage}`);
    if (names.length > LIMITS.columns)
      throw unusable(
        file,
        `it has ${count(names.length)} columns, more than ${count(LIMITS.columns)}`,
        "Leave some out.",
      );
    const spellings = spellingsOf(names);
    const read = (path: readonly (string | number)[]) => {
      const at = placeOf(names, path);
      return at === undefined ? undefined : `c${at}`;
    };
    this.columns = names.length;
    this.#choice = choose({ file, names, spellings, read }, ways);
    if (this.#choice.layout.mapping) return new CsvCopy(copy.rows, this.delimiter, names.length);
    return new CsvRecords(records, (column) => names.indexOf(spellings.get(column)?.[0] ?? "\0"));
  }
}

const DELIMITERS = [",", ";", "\t", "|"] as const;

/** What separates the columns of a CSV: of the usual separators the one that its first line has most of. */
function delimiterOf(start: Buffer): string {
  const head = start.toString("utf8").split(/[\r\n]/, 1)[0] ?? "";
  const parts = DELIMITERS.map((delimiter) => head.split(delimiter).length);
  return DELIMITERS[parts.indexOf(Math.max(...parts))] ?? ",";
}
