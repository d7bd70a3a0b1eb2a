import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Counts } from "./verdict.ts";

/** What of the suite depends on Node or on the server: the rest is the same on all of them. */
export const CORE = [
  "pipelines/db/migrate.test.ts",
  "pipelines/db/copy-in.test.ts",
  "pipelines/db/copy-out.test.ts",
  "pipelines/db/lease.test.ts",
  "pipelines/db/ledger.test.ts",
  "pipelines/domain/predicate-sql.test.ts",
  "test/determinism.test.ts",
  "test/invariants.test.ts",
  "test/roles.test.ts",
  "test/run.test.ts",
  "test/archive.test.ts",
  "test/lake.test.ts",
  "loaders/warehouse.test.ts",
];

export interface Place {
  readonly projectRoot: string;
  readonly program: string;
  readonly log: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs test files by a Node of its own. Undefined where the runner wrote no report. */
export async function runTests(
  files: readonly string[],
  { projectRoot, program, log, env }: Place,
): Promise<Counts | undefined> {
  const report = `${log}.json`;
  mkdirSync(dirname(log), { recursive: true });
  rmSync(report, { force: true });
  const output = openSync(log, "w");
  const runner = join(projectRoot, "node_modules", "vitest", "vitest.mjs");
  const words = [runner, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...files];
  const path = [dirname(program), process.env.PATH].join(delimiter);
  const child = spawn(program, words, {
    cwd: projectRoot,
    env: { ...process.env, NO_COLOR: "1", ...env, PATH: path },
    stdio: ["ignore", output, output],
  });
  const [exitCode] = (await once(child, "exit")) as [number | null];
  closeSync(output);
  return countsOf(report, exitCode);
}

function countsOf(report: string, exitCode: number | null): Counts | undefined {
  try {
    const told = JSON.parse(readFileSync(report, "utf8")) as Record<string, number>;
    return {
      exitCode,
      passed: told.numPassedTests ?? 0,
      failed: told.numFailedTests ?? 0,
      skipped: (told.numPendingTests ?? 0) + (told.numTodoTests ?? 0),
    };
  } catch {
    return undefined;
  }
}
