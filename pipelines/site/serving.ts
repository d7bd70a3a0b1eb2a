import { extname } from "node:path";

/** What a server says of a file of a site. */
const TYPES: Readonly<Record<string, string>> = {
  ".arrow": "application/vnd.apache.arrow.file",
  ".css": "text/css; charset=utf-8",
  ".csv": "text/csv; charset=utf-8",
  ".geojson": "application/geo+json; charset=utf-8",
  ".gif": "image/gif",
  ".html": "text/html; charset=utf-8",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".parquet": "application/vnd.apache.parquet",
  ".png": "image/png",
  ".sql": "text/plain; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".tsv": "text/tab-separated-values; charset=utf-8",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
};

export const contentType = (path: string): string => TYPES[extname(path)] ?? "application/octet-stream";

/** Files whose name changes with their content. */
const HASHED = /(^|\/)_(file|import|node|npm|observablehq)\/.*[./][0-9a-f]{8}\.\w+$/;
/** Files of a package in one version, which never change. */
const VERSIONED = /(^|\/)_npm\/.*@\d[^/]*\//;

export const FOREVER = "public, max-age=31536000, immutable";
export const ASK_AGAIN = "no-cache";

/** How long a browser may keep a file of a site, named by its path in it. */
export const cacheControl = (path: string): string => (HASHED.test(path) || VERSIONED.test(path) ? FOREVER : ASK_AGAIN);
