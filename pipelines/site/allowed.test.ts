import { expect, test } from "vitest";
import { assertAllowed } from "./allowed.ts";

const site = (...paths: string[]) => Object.fromEntries(paths.map((path) => [path, { bytes: 1, sha256: "0" }]));

test("what Framework builds may be published", () => {
  const files = site(
    ".nojekyll",
    "data-quality.html",
    "notes/june.html",
    "_import/components/answers/triage.e5bd305a.js",
    "_import/style.5977c8a5.css",
    "_node/@observablehq/plot@0.6.17/index.89dc7dd0.js",
    "_npm/arquero@8.0.3/8e67e24d.js",
    "_file/data/marts/triage_open.8ee5c55e.csv",
    "_file/fleet map.8ee5c55e.svg",
    "data/marts/triage_open.parquet",
    "data/marts/datapackage.json",
    "_npm/@duckdb/duckdb-wasm@1.32.0/dist/duckdb-eh.wasm.gz",
  );
  expect(() => assertAllowed(files)).not.toThrow();
});

test.each([
  ".env",
  "_file/.pgpass.8ee5c55e.env",
  "_file/ca.8ee5c55e.pem",
  "_file/data/marts/triage_open.csv",
  "_file/warehouse.8ee5c55e.duckdb",
  "_import/components/chart.js.map",
  "_import/components/chart.ts",
  "postgres.log",
  "data/local/secret.json",
  "data/marts/warehouse.duckdb",
  "data/marts/deep/triage_open.csv",
  "_npm/@duckdb/duckdb-wasm@1.32.0/dist/duckdb-eh.wasm",
  "_npm/other@1.0.0/dist/data.gz",
  "index.html.orig",
])("%s may not", (path) => {
  expect(() => assertAllowed(site("index.html", path))).toThrow(
    expect.objectContaining({ exitCode: 6, message: expect.stringContaining(path) }),
  );
});
