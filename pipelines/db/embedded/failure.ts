import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { diskRefusal } from "../../cli/disk.ts";
import { EXIT, SentinelError } from "../../cli/errors.ts";

/** The way out that always exists: a server of the user's own. */
export const OWN_SERVER = "or name a server of your own in DATABASE_URL";

export function databaseError(cause: string, remedy: string, command?: string, error?: unknown): SentinelError {
  const parts = { exitCode: EXIT.database, cause, remedy };
  return new SentinelError(command ? { ...parts, command } : parts, { cause: error });
}

/** A file operation that failed, in words; anything that isn't one is handed back as it is. */
export function folderError(folder: string, error: unknown): unknown {
  if (error instanceof SentinelError) return error;
  switch (diskRefusal(error)) {
    case "full":
      return databaseError(
        `No space is left for the embedded database in ${folder}.`,
        `Free some space, ${OWN_SERVER}.`,
        "",
        error,
      );
    case "read_only":
    case "not_a_folder":
    case "taken":
      return databaseError(unwritable(folder, error), `Put a writable folder in its place, ${OWN_SERVER}.`, "", error);
    case "denied": {
      const command = `sudo chown -R "$(id -un)" "${folder}"`;
      return databaseError(unwritable(folder, error), `Make it yours, ${OWN_SERVER}.`, command, error);
    }
    default:
      return error;
  }
}

const unwritable = (folder: string, error: unknown) =>
  `The folder of the embedded database, ${folder}, cannot be written (${(error as NodeJS.ErrnoException).code}).`;

const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/No space left on device|Disk quota exceeded/i, "Free some space on the disk"],
  [
    /could not (map anonymous|create|resize|open|get size of) shared memory|Cannot allocate memory|could not create semaphores/i,
    "Give it more memory or shared memory (in a container: raise its memory limit)",
  ],
  [/error while loading shared libraries|GLIBC_|symbol not found/i, "The binaries need a Linux with glibc: use one"],
  [/could not look up effective user ID/i, "Give this user an entry in /etc/passwd: PostgreSQL insists on one"],
  [/invalid permissions|wrong ownership/i, "Give the data folder back to its owner, with mode 0700"],
  [/could not locate a valid checkpoint|invalid primary checkpoint|PANIC/i, "Restore the data folder, or move it away"],
];

/** What a PostgreSQL program said before it gave up, with the remedy that fits. */
export function programFailure(what: string, output: string, log?: string): SentinelError {
  const all = output.trim().split("\n");
  const telling = all.filter((line) => /FATAL|PANIC|ERROR|DETAIL|HINT|error|could not/.test(line));
  const lines = (telling.length > 0 ? telling : all).slice(-8);
  const known = KNOWN.find(([pattern]) => pattern.test(output));
  const said = output.trim() === "" ? "It said nothing." : `It said:\n${lines.map((line) => `  ${line}`).join("\n")}`;
  const remedy = `${known?.[1] ?? "Mend what it complains about"}, ${OWN_SERVER}.`;
  return databaseError(`${what} ${said}`, remedy, log ? `tail -n 50 "${log}"` : undefined);
}

/** What was written to the file from `offset` on, at most the last 16 kB. */
export function writtenSince(file: string, offset: number): string {
  const descriptor = openSync(file, "r");
  try {
    const end = fstatSync(descriptor).size;
    const start = Math.max(offset, end - 16_384);
    const buffer = Buffer.alloc(Math.max(0, end - start));
    return buffer.toString("utf8", 0, readSync(descriptor, buffer, 0, buffer.length, start));
  } finally {
    closeSync(descriptor);
  }
}
