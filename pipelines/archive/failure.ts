import { commandLine } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import type { Target } from "../db/connect.ts";
import { explain } from "../db/explain.ts";

/** What a person wants to know first where an import failed. */
export const NOTHING_STORED = "Nothing was stored.";

const FULL = /ENOSPC|EDQUOT|No space left|not enough space|Disk quota/i;
const FORBIDDEN = /EACCES|EPERM|EROFS|Permission denied|Read-only file system/i;

/** A folder that can't be used as it was asked to. */
export function unusable(folder: string, what: string, remedy: string, cause?: unknown): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause: `${folder} ${what}.`, remedy }, { cause });
}

/** What the disk answered, of the folder that was being written; whatever else went wrong is passed on. */
export function explainDisk(error: unknown, folder: string): unknown {
  if (error instanceof SentinelError || !(error instanceof Error)) return error;
  if (FULL.test(error.message))
    return unusable(folder, "can't be written: its disk is full", "Make room there, or name another folder.", error);
  if (FORBIDDEN.test(error.message))
    return unusable(
      folder,
      "can't be written: this user may not",
      "Name a folder of your own with --to FOLDER.",
      error,
    );
  return error;
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
