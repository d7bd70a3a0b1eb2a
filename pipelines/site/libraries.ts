import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { sourceFiles } from "./fingerprint.ts";

/**
 * A library that pages use. Framework looks for `npm:` imports and its implicit names (Plot, d3, html, Inputs, aq) under
 * `_npm/NAME@VERSION/_esm.js`, and for bare imports of components under `_node/NAME@VERSION/index.js`.
 */
interface Library {
  readonly name: string;
  /** Module to bundle instead of the package's own entry. */
  readonly entry?: string;
  /** What a page needs of another package beside it, as code: bundled with it, so that both share one copy. */
  readonly also?: string;
  /** Files of it that are published as they are, but gzipped: for those whom hosts would refuse by size. */
  readonly packed?: readonly string[];
  readonly places: readonly ("_npm" | "_node")[];
}

const LIBRARIES: readonly Library[] = [
  {
    name: "@duckdb/duckdb-wasm",
    also: 'export { makeData, Bool, Field, Float64, Int32, RecordBatch, Schema, Struct, Table, Utf8 } from "apache-arrow"',
    packed: ["dist/duckdb-eh.wasm", "dist/duckdb-browser-eh.worker.js"],
    places: ["_npm"],
  },
  { name: "@observablehq/plot", places: ["_npm", "_node"] },
  { name: "arquero", places: ["_npm"] },
  { name: "d3", places: ["_npm"] },
  { name: "d3-dsv", places: ["_npm"] },
  { name: "htl", places: ["_npm"] },
  { name: "isoformat", places: ["_npm"] },
];

/** Names that Framework resolves in every build, used or not. An empty folder answers without a network. */
const UNUSED = [
  "@observablehq/sample-datasets",
  "apache-arrow",
  "echarts",
  "leaflet",
  "lodash",
  "mapbox-gl",
  "parquet-wasm",
  "react",
  "react-dom",
  "topojson-client",
];

interface Package {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly entry: string;
}

/**
 * The part of the domain that pages run: the policy's and the ROI's own code, not a copy. package.json exports it under this name, by which Node,
 * the tests and the type checker find it; Framework finds it here, since it takes no import from above its root.
 */
const DOMAIN = { path: "domain", folder: join("pipelines", "domain"), entry: "pages.ts" };

/** Where Framework keeps what it fetched, bundled or loaded. */
export const cacheFolder = (projectRoot: string): string => join(projectRoot, "src", ".observablehq", "cache");

/** Where builds keep what they know of former ones. Its underscore sets it apart from the data in Framework's cache. */
export const recordFolder = (projectRoot: string): string => join(cacheFolder(projectRoot), "_sentinel");

/**
 * Puts the client libraries into Framework's cache, so that a build asks no registry. Does nothing when they are there
 * already in the installed versions. Returns whether it bundled.
 */
export async function prepareLibraries(projectRoot: string): Promise<boolean> {
  const cache = cacheFolder(projectRoot);
  const packages = await Promise.all(LIBRARIES.map((library) => readPackage(projectRoot, library)));
  const own = await ownPackage(projectRoot);
  const stamp = stampOf(packages, await domainDigest(projectRoot, own));
  const stampFile = join(recordFolder(projectRoot), "libraries.sha256");
  if ((await readFile(stampFile, "utf8").catch(() => "")) === stamp) return false;

  // Framework takes the highest version that it finds, so a former one has to go.
  for (const place of ["_npm", "_node"]) await rm(join(cache, place), { recursive: true, force: true });
  await Promise.all(UNUSED.map((name) => mkdir(join(cache, "_npm", `${name}@0.0.0`), { recursive: true })));
  await Promise.all(LIBRARIES.map((library, index) => place(cache, library, packages[index] as Package)));
  await write(join(cache, "_node", `${own.name}@${own.version}`, `${DOMAIN.path}.js`), await bundle(own));
  await mkdir(dirname(stampFile), { recursive: true });
  await writeFile(stampFile, stamp);
  return true;
}

async function readPackage(projectRoot: string, library: Library): Promise<Package> {
  const require = createRequire(join(projectRoot, "package.json"));
  const folder = packageFolder(require, library.name);
  const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const entry = library.entry ?? manifest.module ?? manifest.main ?? "index.js";
  return {
    folder,
    name: library.name,
    version: String(manifest.version),
    license: String(manifest.license),
    entry: join(folder, entry),
  };
}

/** Not every package exports its package.json, so look along the module paths instead of resolving it. */
function packageFolder(require: NodeJS.Require, name: string): string {
  const resolved = require.resolve(name);
  const marker = join("node_modules", ...name.split("/"));
  const end = resolved.lastIndexOf(marker);
  return end < 0 ? dirname(resolved) : resolved.slice(0, end + marker.length);
}

/** This project, whose entry for pages is {@link DOMAIN}. */
async function ownPackage(projectRoot: string): Promise<Package> {
  const manifest = JSON.parse(await readFile(join(projectRoot, "package.json"), "utf8")) as Record<string, string>;
  return {
    folder: projectRoot,
    name: String(manifest.name),
    version: String(manifest.version),
    license: String(manifest.license),
    entry: join(projectRoot, DOMAIN.folder, DOMAIN.entry),
  };
}

async function domainDigest(projectRoot: string, { name, version }: Package): Promise<string> {
  const hash = createHash("sha256").update(`${name}@${version}\n`);
  for (const file of await sourceFiles(join(projectRoot, DOMAIN.folder))) hash.update(await readFile(file));
  return hash.digest("hex");
}

function stampOf(packages: readonly Package[], domain: string): string {
  const hash = createHash("sha256").update(JSON.stringify([LIBRARIES, UNUSED, domain]));
  for (const { name, version } of packages) hash.update(`${name}@${version}\n`);
  return hash.digest("hex");
}

async function place(cache: string, library: Library, source: Package): Promise<void> {
  const text = await bundle(source, library.also);
  for (const folder of library.places) {
    const file = folder === "_npm" ? "_esm.js" : "index.js";
    await write(join(cache, folder, `${source.name}@${source.version}`, file), text);
  }
  const home = join(cache, "_npm", `${source.name}@${source.version}`);
  await Promise.all((library.packed ?? []).map((file) => pack(join(source.folder, file), join(home, `${file}.gz`))));
}

/** @param also statements beside all that the package exports. */
async function bundle({ folder, name, version, license, entry }: Package, also?: string): Promise<string> {
  // Loaded here, since most builds bundle nothing.
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    ...(also
      ? { stdin: { contents: `export * from ${JSON.stringify(entry)};\n${also};`, resolveDir: folder } }
      : { entryPoints: [entry] }),
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    legalComments: "none",
    sourcemap: false,
    banner: { js: `/*! ${name} ${version}, ${license} */` },
  });
  return outputFiles[0]?.text ?? "";
}

async function pack(source: string, target: string): Promise<void> {
  await write(target, await promisify(gzip)(await readFile(source)));
}

async function write(target: string, content: string | Buffer): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, content);
}
