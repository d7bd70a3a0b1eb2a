import { EXIT, SentinelError } from "../cli/errors.ts";
import type { ChildResult } from "./child.ts";

/** A site that could not be made, with the lines that say why. */
export function siteError(what: string, lines: readonly string[]): SentinelError {
  return new SentinelError({
    exitCode: EXIT.site,
    cause: `${what}: ${lines.join(" | ")}`,
    remedy:
      "Put right what it says and build again; the former site is untouched. The dev server shows it as you edit.",
    command: "npm run dev",
  });
}

const FRAME = /^\s*at |^\s*\^+\s*$|^Node\.js v|^\s*$|^npm warn|^node:internal|^Tip:|^If you think this is a bug|^↳/i;
/** Lines of an error that are enough to act on. */
const MOST_LINES = 8;

/** Loaders and Framework both give their reason on the error stream; a progress line that ends in an error is the rest. */
export function reasons({ output, errors }: ChildResult): string[] {
  const said = errors.filter((line) => !FRAME.test(line)).map((line) => line.trim());
  if (said.length > 0) return [...new Set(said)].slice(-MOST_LINES);
  const failed = output.filter((line) => /\berror\b/i.test(line)).map((line) => line.trim());
  return failed.length > 0 ? failed.slice(-MOST_LINES) : ["it gave no reason"];
}
