/** Exit codes of every command; part of the public contract. */
export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  database: 3,
  validation: 4,
  resumable: 5,
  site: 6,
  interrupted: 130,
} as const;

export interface SentinelErrorParts {
  /** One of {@link EXIT}. */
  exitCode: (typeof EXIT)[keyof typeof EXIT];
  /** What went wrong, in one sentence, without a secret. */
  cause: string;
  /** What to do about it, in one sentence. */
  remedy: string;
  /** The command to do it with, ready to paste. */
  command?: string;
}

/** A failure that the user can act on: cause, remedy, command. Anything else that is thrown is a bug. */
export class SentinelError extends Error {
  readonly exitCode: SentinelErrorParts["exitCode"];
  readonly remedy: string;
  readonly command: string | undefined;

  constructor(parts: SentinelErrorParts, options?: ErrorOptions) {
    super(parts.cause, options);
    this.name = "SentinelError";
    this.exitCode = parts.exitCode;
    this.remedy = parts.remedy;
    this.command = parts.command;
  }
}
