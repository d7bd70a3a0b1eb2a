import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { type TemporaryProject, temporaryProject } from "./project.ts";

const PROJECT = resolve(import.meta.dirname, "..", "..");

/** A copy of this project's own files with nothing made by a run: what a fresh clone has after `npm ci`. */
export function freshCheckout(): TemporaryProject {
  const project = temporaryProject();
  const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: PROJECT });
  for (const file of files.toString().split("\0").filter(Boolean)) {
    cpSync(join(PROJECT, file), join(project.root, file), { recursive: true });
  }
  symlinkSync(join(PROJECT, "node_modules"), join(project.root, "node_modules"));
  return project;
}

export interface ShellEnd {
  readonly code: number | null;
  readonly output: string;
}

/**
 * Runs a line in a shell, as a person would type it, with no database configured. `until`: once the output matches, the line is
 * interrupted as by Ctrl-C.
 */
export async function shell(
  line: string,
  cwd: string,
  until?: { match: RegExp; seen: (url: string) => Promise<void> },
) {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(PG|DB_|DATABASE_URL|SENTINEL_|VITEST)/.test(name)),
  );
  const child = spawn("bash", ["-c", line], { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let reached: Promise<void> | undefined;
  const hear = (text: Buffer): void => {
    output += text.toString();
    const url = until?.match.exec(output)?.[0];
    if (!url || !until || reached) return;
    reached = until.seen(url).finally(() => process.kill(-(child.pid ?? Number.NaN), "SIGINT"));
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const [code] = (await once(child, "close")) as [number | null];
  await reached;
  return { code, output } satisfies ShellEnd;
}
