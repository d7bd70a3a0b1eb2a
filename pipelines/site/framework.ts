import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type ChildResult, runChild } from "./child.ts";

/** What one run of the Framework command needs from outside. */
export interface FrameworkRun {
  readonly projectRoot: string;
  readonly args: readonly string[];
  /** DuckDB file that the doors in `src/data` read. */
  readonly warehouse: string;
  /** Folder that the pages are written to. */
  readonly output?: string;
  readonly signal?: AbortSignal | undefined;
  /** Receives every line that the command prints, without colours. */
  readonly line?: (line: string) => void;
}

/** Megabytes. Without a limit V8 lets the garbage of a build grow to 340 MB of resident memory; with this one it stays at 240. */
const HEAP_MB = 200;

/** Runs Framework's own command in the project. Resolves with its exit code and what it printed; never rejects for a failure. */
export function runFramework(run: FrameworkRun): Promise<ChildResult> {
  const command = join(frameworkFolder(run.projectRoot), "dist", "bin", "observable.js");
  return runChild({
    args: [`--max-old-space-size=${HEAP_MB}`, command, ...run.args],
    cwd: run.projectRoot,
    env: {
      OBSERVABLE_TELEMETRY_DISABLE: "true",
      SENTINEL_WAREHOUSE: run.warehouse,
      ...(run.output === undefined ? {} : { SENTINEL_SITE_OUT: run.output }),
    },
    signal: run.signal,
    line: run.line,
  });
}

function frameworkFolder(projectRoot: string): string {
  const require = createRequire(join(projectRoot, "package.json"));
  for (const folder of require.resolve.paths("@observablehq/framework") ?? []) {
    try {
      return dirname(require.resolve(join(folder, "@observablehq", "framework", "package.json")));
    } catch {
      // Not in this node_modules; try the next one up.
    }
  }
  throw new Error("@observablehq/framework is not installed");
}
