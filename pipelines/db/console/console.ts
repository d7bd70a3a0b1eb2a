import { readFileSync } from "node:fs";
import pg from "pg";
import { alignedTable } from "./aligned.ts";

const NUMERIC = new Set([20, 21, 23, 26, 700, 701, 1700]);
const RAW = { getTypeParser: () => (value: string) => value };
const TABLES = readFileSync(new URL("./tables.sql", import.meta.url), "utf8");

export const CONSOLE_HELP = `End a statement with ;
  \\dt  list tables and views
  \\q   leave
  \\?   this help
`;

export interface ConsoleOutput {
  stdout(text: string): void;
  stderr(text: string): void;
}

/** Runs statements in one session and prints what comes of them, as psql would. */
export class Console {
  readonly #client: pg.Client;
  readonly #output: ConsoleOutput;

  constructor(client: pg.Client, output: ConsoleOutput) {
    this.#client = client;
    this.#output = output;
    client.on("notice", (notice) => output.stderr(`${notice.severity}:  ${notice.message}\n`));
  }

  /** Returns whether it worked; what the server refused is printed. */
  async run(sql: string): Promise<boolean> {
    const query = { text: sql, rowMode: "array" as const, types: RAW };
    try {
      const results: unknown = await this.#client.query(query as pg.QueryArrayConfig);
      for (const result of [results].flat() as pg.QueryArrayResult<(string | null)[]>[]) this.#print(result);
      return true;
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error;
      this.#output.stderr(describe(error));
      return false;
    }
  }

  /** A backslash command. Returns false when it asks to leave. */
  async command(word: string): Promise<boolean> {
    if (word === "\\q") return false;
    if (word === "\\dt") await this.run(TABLES);
    else if (word === "\\?") this.#output.stdout(CONSOLE_HELP);
    else this.#output.stderr(`${word} is not known here; \\? lists what is.\n`);
    return true;
  }

  #print(result: pg.QueryArrayResult<(string | null)[]>): void {
    if (result.fields.length > 0) {
      const columns = result.fields.map(({ name, dataTypeID }) => ({ name, numeric: NUMERIC.has(dataTypeID) }));
      this.#output.stdout(alignedTable(columns, result.rows));
    } else if (result.command) {
      this.#output.stdout(`${result.command}${result.rowCount === null ? "" : ` ${result.rowCount}`}\n`);
    }
  }
}

function describe(error: pg.DatabaseError): string {
  const more = [error.detail && `DETAIL:  ${error.detail}`, error.hint && `HINT:  ${error.hint}`];
  return `${[`${error.severity}:  ${error.message} (SQLSTATE ${error.code})`, ...more.filter(Boolean)].join("\n")}\n`;
}
