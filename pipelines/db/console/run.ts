import type pg from "pg";
import { EXIT, SentinelError } from "../../cli/errors.ts";
import { connect, type Target } from "../connect.ts";
import { Console, type ConsoleOutput } from "./console.ts";
import { prompt } from "./prompt.ts";
import { splitStatements } from "./statements.ts";

/** Runs the statements that are given, those on stdin, or, at a terminal, a prompt. */
export async function runConsole(
  target: Target,
  args: readonly string[],
  output: ConsoleOutput,
  signal: AbortSignal,
): Promise<number> {
  const given = commandArguments(args);
  const client = await connect(target);
  const console = new Console(client, output);
  try {
    if (given.length === 0 && process.stdin.isTTY) {
      const database = target.config.database ?? "";
      await prompt({ console, database, output, signal, cancel: await canceller(target, client) });
      return EXIT.ok;
    }
    const statements = given.length > 0 ? given : splitInput(await readInput());
    let failed = false;
    for (const statement of statements) {
      signal.throwIfAborted();
      if (!(await console.run(statement))) failed = true;
    }
    return failed ? EXIT.database : EXIT.ok;
  } finally {
    await client.end().catch(() => {});
  }
}

function commandArguments(args: readonly string[]): string[] {
  const statements: string[] = [];
  for (let index = 0; index < args.length; index += 2) {
    const sql = args[index + 1];
    if (args[index] !== "-c" || sql === undefined) {
      throw new SentinelError({
        exitCode: EXIT.usage,
        cause: `"db psql" was given ${args[index]}, and there is no psql on the PATH; our own prompt knows -c SQL only.`,
        remedy: "Use -c, write the SQL to stdin, or install psql.",
        command: 'npm run db -- psql -c "SELECT update_status, count(*) FROM ota_logs GROUP BY 1"',
      });
    }
    statements.push(sql);
  }
  return statements;
}

/** Returns what cancels the statement that the session runs then. */
async function canceller(target: Target, client: pg.Client): Promise<() => Promise<void>> {
  const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
  return () => cancel(target, rows[0]?.pid);
}

async function cancel(target: Target, pid: number | undefined): Promise<void> {
  const second = await connect(target);
  try {
    await second.query("SELECT pg_cancel_backend($1)", [pid]);
  } finally {
    await second.end();
  }
}

async function readInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin.setEncoding("utf8")) text += chunk;
  return text;
}

function splitInput(text: string): string[] {
  const { complete, open } = splitStatements(text);
  return open === "" ? [...complete] : [...complete, open];
}
