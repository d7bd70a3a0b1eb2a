import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface EmbeddedChild {
  readonly process: ChildProcess;
  /** The first line it prints: the connection string, or its error. */
  readonly line: string;
  /** Lets it release the server, and waits for its end. */
  finish(): Promise<void>;
  /** SIGKILL, and waits for its end. */
  kill(): Promise<void>;
}

const SCRIPT = fileURLToPath(new URL("./embedded-child.ts", import.meta.url));

/** Another command, in a process of its own, that acquires the project's embedded server. */
export async function embeddedChild(projectRoot: string, account: { uid?: number; gid?: number } = {}) {
  const child = spawn(process.execPath, ["--import", "tsx", SCRIPT, projectRoot], {
    stdio: ["pipe", "pipe", "inherit"],
    ...account,
  });
  const exited = once(child, "exit");
  const line = await new Promise<string>((settle) => {
    let text = "";
    child.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) settle(text.trim());
    });
    child.stdout.on("end", () => settle(text.trim()));
  });
  const end = (act: () => void) => async () => {
    act();
    await exited;
  };
  const result: EmbeddedChild = {
    process: child,
    line,
    finish: end(() => child.stdin.end()),
    kill: end(() => child.kill("SIGKILL")),
  };
  return result;
}
