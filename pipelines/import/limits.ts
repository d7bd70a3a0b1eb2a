/** What an import takes: far more than a fleet needs, and little enough that no file can eat the machine. Documented in docs/import.md. */
export const LIMITS = {
  /** Bytes of the file. */
  file: 64 * 1024 ** 3,
  /** Rows of the file, refused ones included. */
  rows: 100_000_000,
  /** Rows that can't be stored; with more the file is no fleet. */
  rejects: 100_000,
  /** Columns of a CSV or Parquet file. */
  columns: 4096,
  /** Bytes of one row of a CSV, of one object of a JSON file. */
  row: 2_000_000,
  /** Ways to write the names of the columns in one JSON file. */
  spellings: 64,
} as const;
