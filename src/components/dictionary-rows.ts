/** What `data/marts/dictionary.json` holds: one entry a mart. */

export interface DictionaryColumn {
  name: string;
  /** DuckDB type. */
  type: string;
  meaning: string;
}

export interface DictionaryFile {
  /** csv, json, parquet or sql: also how the file's name ends. */
  format: string;
  bytes: number;
}

export interface DictionaryMart {
  name: string;
  question: string;
  grain: string;
  order: string | null;
  rows: number;
  columns: DictionaryColumn[];
  files: DictionaryFile[];
}
