import type { Form } from "./folder.ts";
import { LAKE_MANIFEST, LAKE_MANIFEST_HASH } from "./lake.ts";
import { MANIFEST, MANIFEST_HASH } from "./manifest.ts";
import { FILE_NAMES } from "./tables.ts";

/** What an export says of itself when it is written. */
export interface Written {
  readonly campaign: string;
  readonly devices: number;
  readonly bytes: number;
  /** As data, beside these. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** What stands below the folder's name. */
  readonly result: string;
}

const TABLE_FILES = new Set<string>([MANIFEST, MANIFEST_HASH, ...FILE_NAMES]);

/** A file a table. */
export const TABLES_FORM: Form = {
  owns: (name) => TABLE_FILES.has(name),
  marks: (name) => name === MANIFEST,
};

const LAKE_FILES = [LAKE_MANIFEST, LAKE_MANIFEST_HASH].map((name) => name.replaceAll(".", "\\.")).join("|");
const LAKE_NAME = new RegExp(`^campaign=[\\w.%-]+(/(${LAKE_FILES}|part=\\d+(/data_0\\.parquet)?))?$`);

/** Hive partitions. */
export const LAKE: Form = {
  owns: (name) => LAKE_NAME.test(name),
  marks: (name) => name.endsWith(`/${LAKE_MANIFEST}`),
};
