import { commandLine } from "../cli/again.ts";
import { type DiskRefusal, diskRefusal, refusalWords } from "../cli/disk.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import type { Target } from "../db/connect.ts";
import { explain } from "../db/explain.ts";

/** What a person wants to know first where an import failed. */
export const NOTHING_STORED = "Nothing was stored.";

/** A folder that can't be used as it was asked to. */
export function unusable(folder: string, what: string, remedy: string, cause?: unknown): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause: `${folder} ${what}.`, remedy }, { cause });
}

const REMEDIES: Readonly<Record<DiskRefusal, string>> = {
  full: "Make room there, or name another folder.",
  denied: "Name a folder of your own.",
  read_only: "Name a folder of your own.",
  missing: "Name another folder.",
  not_a_folder: "Name another folder.",
  is_a_folder: "Name another folder.",
  taken: "Name another folder.",
};

/** What the disk answered, of the folder that was being read or written; whatever else went wrong is passed on. */
export function explainDisk(error: unknown, folder: string, doing: "read" | "written"): unknown {
  if (error instanceof SentinelError || !(error instanceof Error)) return error;
  const refusal = diskRefusal(error);
  if (refusal) return unusable(folder, `can't be ${doing}: ${refusalWords(refusal)}`, REMEDIES[refusal], error);
  const { code, path } = error as NodeJS.ErrnoException;
  return path === undefined ? error : unusable(folder, `can't be ${doing} (${code})`, "Name another folder.", error);
}

/** What the server answered, where all is done or nothing: the same command does it all again. */
export function explainServer(error: unknown, target: Target, { command, options }: Context, none: string): unknown {
  const known = explain(error, target);
  if (known === error || !(known instanceof SentinelError)) return error;
  return new SentinelError(
    {
      exitCode: EXIT.database,
      cause: known.message,
      remedy: `${none} Once that is mended, do it again:`,
      command: commandLine(command, options),
    },
    { cause: error },
  );
}

/** Thrown where Ctrl-C or SIGTERM came before the end. */
export function stopped({ command, options }: Context, none: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.interrupted,
    cause: `Stopped on request. ${none}`,
    remedy: "Do it again:",
    command: commandLine(command, options),
  });
}
