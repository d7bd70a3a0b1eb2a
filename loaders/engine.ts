import { type DuckDBConnection, DuckDBInstance, type JS } from "@duckdb/node-api";
import { fill } from "../pipelines/db/sql.ts";
import { quote } from "../pipelines/domain/predicate-sql.ts";
import { readSql } from "./models.ts";

/** No extension is ever fetched: what the engine needs is built in. */
const CLOSED = {
  autoinstall_known_extensions: "false",
  autoload_known_extensions: "false",
  allow_community_extensions: "false",
  // A second one takes a quarter of the processor's time of small models more, waiting for work.
  threads: "1",
};

export interface WriteOptions {
  readonly memoryLimit: string;
  /** Folder for what does not fit into memory. */
  readonly spill: string;
  readonly signal?: AbortSignal | undefined;
  /** Devices that the file is for, which it is not begun without; left out: many. */
  readonly devices?: number | Promise<number>;
}

/** Devices below which a file of small blocks is made and written faster: of 10,000 it holds 5 MB, not 24. */
const FEWEST_FOR_LARGE_BLOCKS = 200_000;
/** Bytes: the least that DuckDB has, and its default. */
const BLOCKS = { small: 16_384, large: 262_144 };

export interface ReadOptions {
  /** The one folder in which files may be written. */
  readonly folder?: string;
}

/** Opens another connection to the database that is being made. It has no variables yet. */
export type Beside = () => Promise<DuckDBConnection>;

/** What stands for a file where none is to be made. */
const NO_FILE = ":memory:";

/**
 * Makes a new database file, works in it and closes it whole. Until it is, it has no log: a file that nobody knows of yet is made again, not repaired,
 * and no statement waits for the disk.
 * @param file its path; `:memory:` for none.
 */
export async function writeDatabase<T>(
  file: string,
  options: WriteOptions,
  work: (db: DuckDBConnection, beside: Beside) => Promise<T>,
): Promise<T> {
  const { memoryLimit: memory_limit, spill: temp_directory, signal, devices = Number.POSITIVE_INFINITY } = options;
  return await session(NO_FILE, { ...CLOSED, memory_limit, temp_directory }, async (db, connect) => {
    if (file !== NO_FILE) await attach(db, file, await devices);
    const connections = [db];
    const stop = (): void => connections.forEach((one) => void one.interrupt());
    signal?.addEventListener("abort", stop);
    try {
      const result = await work(db, async () => {
        const other = await connect();
        if (file !== NO_FILE) await other.run(readSql("engine/use"));
        connections.push(other);
        return other;
      });
      await db.run("CHECKPOINT");
      return result;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  });
}

async function attach(db: DuckDBConnection, file: string, devices: number): Promise<void> {
  const bytes = devices < FEWEST_FOR_LARGE_BLOCKS ? BLOCKS.small : BLOCKS.large;
  await db.run(fill(readSql("engine/attach"), { file: () => quote(file), bytes: () => String(bytes) }));
}

/** Opens a database file to read it. */
export async function readDatabase<T>(
  file: string,
  options: ReadOptions,
  work: (db: DuckDBConnection) => Promise<T>,
): Promise<T> {
  return await session(file, { ...CLOSED, access_mode: "READ_ONLY" }, async (db) => {
    await setVariable(db, "folder", options.folder ?? null);
    await db.run(readSql("engine/read_only"));
    return await work(db);
  });
}

/** Whether DuckDB gave up for want of memory; a commit that does so calls itself a transaction's error. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^Out of Memory Error|(failed to pin|failed to allocate|could not allocate) (block|data)/.test(error.message)
  );
}

/** Gives a value to the name that `getvariable` knows it by. */
export async function setVariable(db: DuckDBConnection, name: string, value: string | null): Promise<void> {
  if (!/^[a-z_]+$/.test(name)) throw new Error(`${name} is no name of a variable`);
  await db.run(`SET VARIABLE ${name} = $1`, [value]);
}

/** The rows of a query as plain objects. */
export async function rowsOf(db: DuckDBConnection, query: string): Promise<Record<string, JS>[]> {
  return (await db.runAndReadAll(query)).getRowObjectsJS();
}

async function session<T>(
  file: string,
  config: Record<string, string>,
  work: (db: DuckDBConnection, connect: Beside) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(file, config);
  const opened: DuckDBConnection[] = [];
  const connect = async (): Promise<DuckDBConnection> => {
    const db = await instance.connect();
    opened.push(db);
    return db;
  };
  try {
    return await work(await connect(), connect);
  } finally {
    for (const db of opened) db.closeSync();
    instance.closeSync();
  }
}
