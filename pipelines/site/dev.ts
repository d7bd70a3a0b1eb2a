import { utimes } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { withWorkspace } from "../workspace.ts";
import { MARTS_FOLDER } from "./door.ts";
import { runFramework } from "./framework.ts";
import { prepareLibraries } from "./libraries.ts";
import { freePort } from "./port.ts";
import { openWorkbench } from "./workbench.ts";

export interface DevOptions {
  readonly projectRoot: string;
  readonly warehouse: string;
  /** Port on the loopback address; without one, the first free from 3000. */
  readonly port?: number | undefined;
  /** Makes a warehouse at the target, from the pulled rows of the other, with the SQL as it is now. */
  readonly rebuild: (warehouse: string, target: string) => Promise<void>;
  readonly note?: (line: string) => void;
  /** Ends the server. */
  readonly signal?: AbortSignal;
}

/** Serves the pages as they are edited, and again when the warehouse or the SQL of a mart changes. Returns when the signal ends it. */
export async function devSite(options: DevOptions): Promise<void> {
  const projectRoot = resolve(options.projectRoot);
  const warehouse = resolve(options.warehouse);
  const note = options.note ?? (() => {});
  if (await prepareLibraries(projectRoot)) note("Bundled the client libraries.");
  const door = join(projectRoot, "src", "data", "marts.tar.ts");
  await touch(door);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}/`;
  await withWorkspace(
    dirname(warehouse),
    async (folder) => {
      const { rebuild } = options;
      const changed = async (): Promise<void> => {
        await touch(door);
        askAhead(url);
      };
      const bench = await openWorkbench({ projectRoot, warehouse, folder, rebuild, note, changed });
      try {
        await serve({ ...options, projectRoot, warehouse: bench.warehouse, port }, url, note);
      } finally {
        await bench.close();
      }
    },
    ".dev-",
  );
}

async function serve(
  { projectRoot, warehouse, port, signal }: DevOptions,
  url: string,
  note: (line: string) => void,
): Promise<void> {
  try {
    const { code, errors } = await runFramework({
      projectRoot,
      args: ["preview", "--no-open", "--port", String(port)],
      warehouse,
      signal,
      line: (line) => {
        if (line.includes(url)) note(url);
        else if (/error|warning/i.test(line)) note(line);
      },
    });
    if (code !== 0) throw stopped(errors);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Framework reads a door's data again when the door is newer than what it has. */
async function touch(door: string): Promise<void> {
  const now = new Date();
  await utimes(door, now, now);
}

/**
 * Asks for a file of the door, so that it runs on one core while Framework still reads the page on another; the browser asks only after that,
 * and then gets what this gave. Where nobody answers, it has to wait as it would have.
 */
function askAhead(url: string): void {
  fetch(`${url}_file/${MARTS_FOLDER}/dictionary.json`).then(
    (answer) => answer.body?.cancel(),
    () => {},
  );
}

function stopped(lines: readonly string[]): SentinelError {
  return new SentinelError({
    exitCode: EXIT.site,
    cause: `The dev server stopped: ${lines
      .filter((line) => line.trim() !== "")
      .slice(-3)
      .join(" | ")}`,
    remedy: "Put right what it says and start it again.",
    command: "npm run dev",
  });
}
