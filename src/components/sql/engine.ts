import type { DictionaryMart } from "../dictionary-rows.js";
import { toTable } from "./arrow-table.js";
import { type Outcome, readOutcome } from "./outcome.js";

/** The SQL engine of the page, with every mart as a table. */
export interface Engine {
  /** @throws Error with DuckDB's own words. */
  ask(query: string): Promise<Outcome>;
  /** Ends it at once, whatever it is at. */
  end(): void;
}

export interface EngineOptions {
  readonly marts: readonly DictionaryMart[];
  /** The address of a mart's rows as JSON. */
  readonly rowsOf: (mart: string) => string;
  readonly progress: (doing: string) => void;
}

/**
 * What nobody asks of published data is off: no extension is looked for anywhere but beside the page, no file or address is read, and no
 * query puts that right.
 */
const CLOSED = (repository: string): string[] => [
  "SET autoinstall_known_extensions = false",
  "SET autoload_known_extensions = false",
  `SET custom_extension_repository = '${repository.replaceAll("'", "''")}'`,
  "SET enable_external_access = false",
  "SET lock_configuration = true",
];

/**
 * Loads DuckDB into a worker and puts the marts into it. The engine has no reader of Parquet or JSON built in, and would fetch one from
 * elsewhere: so the rows go in as Arrow.
 */
export async function startEngine({ marts, rowsOf, progress }: EngineOptions): Promise<Engine> {
  progress("Loading DuckDB, about 8 MB …");
  const [duckdb, script, wasm] = await Promise.all([
    import(import.meta.resolve("npm:@duckdb/duckdb-wasm@1.32.0")),
    unpack(
      import.meta.resolve("npm:@duckdb/duckdb-wasm@1.32.0/dist/duckdb-browser-eh.worker.js.gz"),
      "text/javascript",
    ),
    unpack(import.meta.resolve("npm:@duckdb/duckdb-wasm@1.32.0/dist/duckdb-eh.wasm.gz"), "application/wasm"),
  ]);
  progress("Starting DuckDB …");
  const worker = new Worker(script);
  try {
    const db = new duckdb.AsyncDuckDB(new duckdb.VoidLogger(), worker);
    await db.instantiate(wasm);
    await db.open({ query: { castDecimalToDouble: true } });
    const connection = await db.connect();
    progress("Reading the data …");
    await Promise.all(
      marts.map(async ({ name, columns }) => {
        const rows = await readRows(rowsOf(name));
        await connection.insertArrowTable(toTable(duckdb, columns, rows), { name });
      }),
    );
    for (const statement of CLOSED(new URL(".", import.meta.url).href)) await connection.query(statement);
    return { ask: (query) => readOutcome(connection, query), end: () => worker.terminate() };
  } catch (error) {
    worker.terminate();
    throw error;
  } finally {
    for (const blob of [script, wasm]) URL.revokeObjectURL(blob);
  }
}

const GZIP = 0x1f;

/** The file as an address of this page's own. Some hosts say how it is packed and the browser has unpacked it already: its first byte tells. */
async function unpack(address: string, type: string): Promise<string> {
  const answer = await fetchOrThrow(address);
  const bytes = await answer.arrayBuffer();
  const isPacked = new Uint8Array(bytes, 0, 1)[0] === GZIP;
  const plain = isPacked ? new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")) : bytes;
  return URL.createObjectURL(await new Response(plain, { headers: { "content-type": type } }).blob());
}

/** Asked for anew: the name of the file stays when its data change. */
const readRows = async (address: string): Promise<Record<string, unknown>[]> =>
  (await fetchOrThrow(address, { cache: "no-cache" })).json();

async function fetchOrThrow(address: string, how?: RequestInit): Promise<Response> {
  const answer = await fetch(address, how);
  if (!answer.ok) throw new Error(`${new URL(answer.url).pathname} is not there (${answer.status})`);
  return answer;
}
