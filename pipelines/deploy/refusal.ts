import { EXIT, SentinelError } from "../cli/errors.ts";

/** A site that is not made ready, and why. What was made ready before stays as it is. */
export const refusal = (cause: string, remedy: string, command?: string): SentinelError =>
  new SentinelError({ exitCode: EXIT.site, cause, remedy, ...(command === undefined ? {} : { command }) });
