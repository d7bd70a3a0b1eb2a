import type { Choice, Ways } from "./choose.ts";
import type { ImportEngine } from "./engine.ts";
import type { Records } from "./records.ts";
import type { ScratchFile } from "./scratch-file.ts";
import type { SourceFile } from "./source-file.ts";

/** What the reading of a file works with. */
export interface Desk {
  readonly source: SourceFile;
  readonly ways: Ways;
  readonly engine: ImportEngine;
  /** Where the rows go. */
  readonly records: Records;
  /** A copy of the file that DuckDB reads without a doubt, where it is to read it. */
  readonly copy: ScratchFile;
  /** Where DuckDB hands its rows over. */
  readonly raw: string;
}

/** What a file turned out to be. */
export interface Reading {
  /** SHA-256 of the file as it came, hexadecimal. */
  readonly sha256: string;
  readonly choice: Choice;
}
