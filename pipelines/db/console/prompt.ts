import { createInterface } from "node:readline";
import { CONSOLE_HELP, type Console, type ConsoleOutput } from "./console.ts";
import { splitStatements } from "./statements.ts";

export interface PromptNeeds {
  readonly console: Console;
  readonly database: string;
  readonly output: ConsoleOutput;
  readonly signal: AbortSignal;
  /** Cancels the statement that runs. */
  cancel(): Promise<void>;
}

/** Reads statements from the terminal until \q or the end of input. */
export async function prompt(needs: PromptNeeds): Promise<void> {
  const { console, database, output, signal } = needs;
  output.stdout(CONSOLE_HELP);
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: true });
  signal.addEventListener("abort", () => lines.close(), { once: true });
  let open = "";
  let running = false;
  const ask = () => {
    lines.setPrompt(`${database}${open === "" ? "=" : "-"}> `);
    lines.prompt();
  };
  lines.on("SIGINT", () => {
    open = "";
    output.stdout("\n");
    if (running) needs.cancel().catch(() => {});
    else ask();
  });
  ask();
  for await (const line of lines) {
    running = true;
    if (open === "" && line.trimStart().startsWith("\\")) {
      if (!(await console.command(line.trim()))) break;
    } else {
      const statements = splitStatements(`${open}\n${line}`);
      open = statements.open;
      for (const statement of statements.complete) await console.run(statement);
    }
    running = false;
    ask();
  }
  lines.close();
}
