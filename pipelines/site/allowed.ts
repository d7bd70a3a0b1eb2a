import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Inventory } from "./inventory.ts";

/** Digits of a digest that Framework puts into the names of attached files. */
const ATTACHED = /^_file\/[\w./ -]+\.[0-9a-f]{8}\.(arrow|csv|geojson|gif|jpe?g|json|parquet|png|sql|svg|tsv|txt|webp)$/;

/** A mart, or what describes them all, under the name that stays. */
const DOWNLOAD = /^data\/marts\/\w+\.(csv|json|parquet|sql)$/;
/** The parts of the SQL engine that no page runs before somebody asks. */
const ENGINE = /^_npm\/@duckdb\/duckdb-wasm@[\d.]+\/dist\/[\w.-]+\.(wasm|js)\.gz$/;

/** What a site may consist of: pages, scripts and styles where Framework puts them, attached files of known kinds. No source map. */
const ALLOWED = [
  /^\.nojekyll$/,
  /^[\w-]+(\/[\w-]+)*\.html$/,
  /^_(import|node|npm|observablehq)\/[\w@./-]+\.(css|js)$/,
  ATTACHED,
  DOWNLOAD,
  ENGINE,
];

/**
 * Holds every file of a site against the list of what may be published.
 * @throws SentinelError with exit code 6 that names the files which are not on it.
 */
export function assertAllowed(files: Inventory): void {
  const others = Object.keys(files).filter((path) => !ALLOWED.some((pattern) => pattern.test(path)));
  if (others.length === 0) return;
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: `The site would publish what is not on the list of what may be: ${others.join(", ")}. The former site is untouched.`,
    remedy: "Take it out of src, or put its kind on the list in pipelines/site/allowed.ts, and build again.",
    command: "npm run build",
  });
}
