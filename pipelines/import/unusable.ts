import { EXIT, SentinelError } from "../cli/errors.ts";
import { printable } from "../cli/format.ts";

/** A file that is refused whole, of which nothing is stored: exit 2. */
export function unusable(file: string, what: string, remedy: string, cause?: unknown): SentinelError {
  return new SentinelError(
    { exitCode: EXIT.usage, cause: printable(`${file} can't be imported: ${what}.`), remedy },
    { cause },
  );
}
