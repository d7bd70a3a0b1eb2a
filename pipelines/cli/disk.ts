/** Why a file or a folder can't be had, as the operating system or DuckDB says it. */
export type DiskRefusal = "missing" | "not_a_folder" | "is_a_folder" | "taken" | "full" | "denied" | "read_only";

interface Answer {
  readonly codes: readonly string[];
  /** What DuckDB and PostgreSQL make of it. */
  readonly said?: RegExp;
  /** In words, of the file. */
  readonly what: string;
}

const ANSWERS: Readonly<Record<DiskRefusal, Answer>> = {
  full: {
    codes: ["ENOSPC", "EDQUOT"],
    said: /No space left|not enough space|Disk quota/i,
    what: "its disk is full",
  },
  denied: { codes: ["EACCES", "EPERM"], said: /Permission denied/i, what: "this user may not" },
  read_only: { codes: ["EROFS"], said: /Read-only file/i, what: "its disk is read-only" },
  missing: { codes: ["ENOENT"], what: "it or its folder is not there" },
  not_a_folder: { codes: ["ENOTDIR"], what: "a part of its path is a file" },
  is_a_folder: { codes: ["EISDIR"], what: "it is a folder" },
  taken: { codes: ["EEXIST"], what: "it is there already" },
};

/** Why the disk refused, by the code of an error or else by what it says; undefined where it was not the disk. */
export function diskRefusal(error: unknown): DiskRefusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code = "" } = error as NodeJS.ErrnoException;
  const kinds = Object.entries(ANSWERS) as [DiskRefusal, Answer][];
  const byCode = kinds.find(([, { codes }]) => codes.includes(code));
  return (byCode ?? kinds.find(([, { said }]) => said?.test(error.message)))?.[0];
}

/** The same in words, of the file. */
export const refusalWords = (refusal: DiskRefusal): string => ANSWERS[refusal].what;
