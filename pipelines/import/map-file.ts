import { readFileSync } from "node:fs";
import path from "node:path";
import { type Mapping, parseMapping } from "./mapping.ts";
import { regular } from "./source-file.ts";
import { unusable } from "./unusable.ts";

/** Bytes that a map may have. */
const LARGEST = 1_000_000;
const REMEDY = "Write the map as docs/import.md shows.";

/** What a person asks of an import beside the file. */
export interface Wanted {
  /** Path of a map. */
  readonly map?: string | undefined;
  /** Name of a vendor or of one of its shapes. */
  readonly format?: string | undefined;
}

/**
 * Reads the file of `--map`: it has to be a regular file at the very place that was asked for.
 * @throws SentinelError exit 2, with what to write.
 */
export function readMap(file: string, codes: readonly string[]): Mapping {
  const place = path.resolve(file);
  if (regular(place, "--map").size > LARGEST)
    throw unusable(place, "it is no map: it is longer than 1,000,000 bytes", REMEDY);
  let mapping: Mapping | string;
  try {
    mapping = parseMapping(JSON.parse(readFileSync(place, "utf8")), codes);
  } catch (error) {
    mapping = error instanceof Error ? error.message.slice(0, 300) : String(error);
  }
  if (typeof mapping === "string") throw unusable(place, `it is no map: ${mapping}`, REMEDY);
  return mapping;
}
