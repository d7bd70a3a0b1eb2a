import { readFileSync } from "node:fs";
import path from "node:path";
import { type DuckDBConnection, DuckDBInstance, type DuckDBValue, type JS, listValue } from "@duckdb/node-api";

/** Nothing is fetched; what is too big for memory goes to the scratch folder, up to a limit. */
const CLOSED = {
  memory_limit: "128MB",
  max_temp_directory_size: "64GB",
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
};

/** What an import's engine opens. */
export interface EngineFiles {
  /** What it is to read. */
  readonly file: string;
  /** Where it hands rows over. */
  readonly raw: string;
  /** By which it finds what stands twice. */
  readonly keys: string;
}

/** A database of its own for one file, that reaches no other. */
export class ImportEngine {
  readonly #instance: DuckDBInstance;
  readonly connection: DuckDBConnection;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.connection = connection;
  }

  /**
   * @param files those that it may open, by the names that queries know them by.
   * @param threads one for JSON: each holds the parsed objects of 2048 rows for each of the columns, and two did not fit from 300,000 rows on.
   */
  static async open(scratch: string, files: EngineFiles, threads: 1 | 2): Promise<ImportEngine> {
    const config = { ...CLOSED, threads: String(threads), temp_directory: path.join(scratch, "spill") };
    // In memory, with the scratch folder behind it: in a file its tables took twice the processor's time, for they were made to last.
    const instance = await DuckDBInstance.create(":memory:", config);
    const engine = new ImportEngine(instance, await instance.connect());
    for (const [name, file] of Object.entries(files)) await engine.set(name, file);
    await engine.connection.run(text("lock"));
    await engine.connection.run(text("macros"));
    return engine;
  }

  /** Gives a value to the name that a query knows it by. */
  async set(name: string, value: string | number | readonly string[]): Promise<void> {
    const given: DuckDBValue = typeof value === "object" ? listValue(value) : value;
    await this.connection.run(`SET VARIABLE ${name} = $1`, [given]);
  }

  /** Runs a query file with parts in place of its names; they are made of quoted identifiers and literals alone. */
  async run(name: string, parts: Readonly<Record<string, string>> = {}): Promise<Record<string, JS>[]> {
    return (await this.connection.runAndReadAll(filled(name, parts))).getRowObjectsJS();
  }

  /** The first column of what a query file finds, piece by piece. */
  async *numbers(name: string): AsyncGenerator<Int32Array> {
    const result = await this.connection.stream(text(name));
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
      yield Int32Array.from(chunk.getColumnValues(0) as number[]);
  }

  close(): void {
    this.connection.closeSync();
    this.#instance.closeSync();
  }
}

/** The text of a query file with its parts in place. */
export function filled(name: string, parts: Readonly<Record<string, string>>): string {
  return text(name).replace(/(?<!:):(\w+)/g, (whole, part: string) => parts[part] ?? whole);
}

function text(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8");
}
