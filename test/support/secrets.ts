import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { type Ended, type Environment, start } from "./cli.ts";
import { query } from "./fleet.ts";

const POLL_MS = 40;

/** A secret that is nowhere by chance. */
export interface Canary {
  /** What must be nowhere: it stays as it is, however the rest is encoded. */
  readonly mark: string;
  /** With every character that means something to a URL, a shell or SQL. */
  readonly password: string;
}

export function canary(): Canary {
  const mark = `canary${randomBytes(8).toString("hex")}`;
  return { mark, password: `p:/@?#% ${mark}'"\\$` };
}

/** How a command ended, and whose command line was seen meanwhile. */
export interface Watched extends Ended {
  /** Of processes that it started, while there is `/proc`. */
  readonly children: readonly string[];
  /** Whoever had the mark in its command line, the command itself left out. */
  readonly holders: readonly string[];
  /** Whether the command itself had it there. */
  readonly held: boolean;
}

/** Runs a command and looks at the command lines of all processes as long as it runs. */
export async function watched(
  words: readonly string[],
  env: Environment,
  mark: string,
  root: string,
): Promise<Watched> {
  const command = start(words, env, root);
  const own = command.process.pid ?? Number.NaN;
  const children = new Set<string>();
  const holders = new Set<string>();
  let held = false;
  const look = (): void => {
    const seen = processes();
    const ownLine = seen.get(own)?.line;
    for (const [pid, { line }] of seen) {
      // A process that has just been forked still has its parent's line.
      if (pid === own || line === ownLine) held ||= line.includes(mark);
      else {
        if (descends(pid, own, seen)) children.add(line);
        if (line.includes(mark)) holders.add(line);
      }
    }
  };
  const timer = setInterval(look, POLL_MS);
  const end = await command.ended.finally(() => clearInterval(timer));
  return { ...end, children: [...children], holders: [...holders], held };
}

type Processes = ReadonlyMap<number, { readonly parent: number; readonly line: string }>;

function processes(): Processes {
  const found = new Map<number, { parent: number; line: string }>();
  if (!existsSync("/proc/self/stat")) return found;
  for (const pid of readdirSync("/proc").map(Number).filter(Number.isInteger)) {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      found.set(pid, { parent: Number(stat.slice(stat.lastIndexOf(")") + 4).split(" ")[0]), line });
    } catch {
      // It has ended.
    }
  }
  return found;
}

function descends(pid: number, from: number, seen: Processes): boolean {
  for (let at = seen.get(pid)?.parent; at !== undefined && at > 1; at = seen.get(at)?.parent)
    if (at === from) return true;
  return false;
}

const forms = (mark: string): string[] => [mark, Buffer.from(mark).toString("hex")];

/** The tables of a database that have the mark in a column, in words or in the digits of bytes. */
export async function tablesWith(url: string, mark: string): Promise<string[]> {
  const tables = await query<{ name: string }>(
    url,
    "SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p', 'm') AND nspname !~ '^pg_|^information_schema$'",
  );
  if (tables.length < 10) throw new Error(`${url} has only ${tables.length} tables to search`);
  const found: string[] = [];
  for (const { name } of tables) {
    const rows = await query(url, `SELECT FROM ${name} t WHERE to_jsonb(t)::text LIKE ANY ($1) LIMIT 1`, [
      forms(mark).map((form) => `%${form}%`),
    ]);
    if (rows.length > 0) found.push(name);
  }
  return found;
}

/** What was searched below folders, and the files that have the mark in them; Parquet and DuckDB are read, since they are compressed. */
export async function filesWith(
  folders: readonly string[],
  mark: string,
): Promise<{ searched: string[]; found: string[] }> {
  const searched = folders.flatMap(filesBelow);
  const found: string[] = [];
  for (const file of searched) {
    const text = readFileSync(file, "latin1") + (await columnsOf(file));
    if (forms(mark).some((form) => text.includes(form))) found.push(file);
  }
  return { searched, found };
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

async function columnsOf(file: string): Promise<string> {
  if (file.endsWith(".parquet"))
    return inDuckDb(":memory:", async (ask) => ask(`SELECT to_json(t) FROM read_parquet('${file}') t`));
  if (!file.endsWith(".duckdb")) return "";
  return inDuckDb(file, async (ask) => {
    const tables = (await ask("SELECT table_name FROM duckdb_tables()")).split("\n");
    const rows = await Promise.all(tables.filter(Boolean).map((table) => ask(`SELECT to_json(t) FROM "${table}" t`)));
    return rows.join("\n");
  });
}

async function inDuckDb(
  file: string,
  work: (ask: (query: string) => Promise<string>) => Promise<string>,
): Promise<string> {
  const instance = await DuckDBInstance.create(file, file === ":memory:" ? {} : { access_mode: "READ_ONLY" });
  const db = await instance.connect();
  try {
    return await work(async (text) => (await db.runAndReadAll(text)).getRows().flat().join("\n"));
  } finally {
    db.closeSync();
    instance.closeSync();
  }
}
