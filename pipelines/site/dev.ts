import { unwatchFile, watchFile } from "node:fs";
import { utimes } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { runFramework } from "./framework.ts";
import { prepareLibraries } from "./libraries.ts";
import { freePort } from "./port.ts";

export interface DevOptions {
  readonly projectRoot: string;
  readonly warehouse: string;
  /** Port on the loopback address; without one, the first free from 3000. */
  readonly port?: number | undefined;
  readonly note?: (line: string) => void;
  /** Ends the server. */
  readonly signal?: AbortSignal;
}

/** How often the warehouse is looked at; watching its folder would miss a file that a rename replaced. */
const POLL_MS = 1000;

/** Serves the pages as they are edited, and again when the warehouse changes. Returns when the signal ends it. */
export async function devSite(options: DevOptions): Promise<void> {
  const projectRoot = resolve(options.projectRoot);
  const warehouse = resolve(options.warehouse);
  if (await prepareLibraries(projectRoot)) options.note?.("Bundled the client libraries.");
  const port = options.port ?? (await freePort());
  const door = join(projectRoot, "src", "data", "marts.tar.ts");
  await touch(door);
  watchFile(warehouse, { interval: POLL_MS }, (now, before) => {
    if (now.mtimeMs !== before.mtimeMs && now.size > 0) void touch(door);
  });
  const url = `http://127.0.0.1:${port}/`;
  try {
    const { code, errors } = await runFramework({
      projectRoot,
      args: ["preview", "--no-open", "--port", String(port)],
      warehouse,
      signal: options.signal,
      line: (line) => {
        if (line.includes(url)) options.note?.(url);
        else if (/error|warning/i.test(line)) options.note?.(line);
      },
    });
    if (code !== 0) throw stopped(errors);
  } catch (error) {
    if (!options.signal?.aborted) throw error;
  } finally {
    unwatchFile(warehouse);
  }
}

/** Framework reads a door's data again when the door is newer than what it has. */
async function touch(door: string): Promise<void> {
  const now = new Date();
  await utimes(door, now, now);
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
