// Compiling TypeScript at every start of the program, and once more in every worker thread, costs more than a small command does;
// so it is compiled once and kept in data/local/build until a source changes.
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const HOUR_MS = 3_600_000;

/** What a compiled part begins with: it has V8 keep what it makes of the text beside it. */
const BEGINNING = `require(${JSON.stringify(path.join(ROOT, "pipelines", "warm.cjs"))})(__filename);\n`;

/** What is compiled together: its parts, and where what they are made of lies. */
const PROGRAMS = [
  {
    parts: { main: "pipelines/main.ts", entry: "pipelines/workers/worker.ts", baker: "pipelines/site/bake/main.ts" },
    folders: ["pipelines", "loaders"],
  },
  { parts: { door: "src/data/marts.tar.ts" }, folders: ["pipelines", "loaders", "src/data"] },
];

/**
 * A part of the compiled program: `main`, the `entry` of its worker threads, the `baker` of pages; or the `door` of the project in `root`.
 * Undefined where it can't be made or kept: in a read-only folder, or with an error in a source; and where details are asked for, since a stack
 * trace is to name lines of the sources.
 */
export async function compiled(part, root = ROOT) {
  if (process.env.SENTINEL_DEBUG) return undefined;
  const program = PROGRAMS.find(({ parts }) => part in parts);
  const folder = path.join(homeOf(root), fingerprint(program, root));
  const file = path.join(folder, `${part}.cjs`);
  if (!fs.existsSync(file)) {
    await compile(program, root, folder).catch(() => {});
    if (!fs.existsSync(file)) return undefined;
  }
  try {
    const now = new Date();
    fs.utimesSync(folder, now, now);
  } catch {
    // Another user's: that one keeps it alive.
  }
  return pathToFileURL(file).href;
}

const homeOf = (root) => path.join(root, "data", "local", "build");

/** Changes with every source, with what compiles and starts it, with the packages that are installed and with the place of it all. */
function fingerprint({ folders }, root) {
  const hash = createHash("sha256").update(`${root} ${folders}`);
  const others = ["pipelines/compile.mjs", "pipelines/warm.cjs", "package.json", "node_modules/.package-lock.json"];
  for (const name of [...others, ...folders.flatMap((folder) => sources(root, folder))]) {
    const { size, mtimeMs } = fs.statSync(path.join(root, name), { throwIfNoEntry: false }) ?? {};
    hash.update(`\n${name} ${size} ${mtimeMs}`);
  }
  return hash.digest("hex").slice(0, 32);
}

/** The TypeScript below a folder. (`readdirSync`'s own recursion takes ten milliseconds more.) */
function sources(root, folder) {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(root, name);
    return name.endsWith(".ts") && !name.endsWith(".test.ts") ? [name] : [];
  });
}

/** These find their own files, the first is of `pg` and never wanted; Google's are large, and few commands load them. */
const EXTERNAL = [
  "pg-native",
  "@duckdb/node-bindings",
  "@google-cloud/cloud-sql-connector",
  "@googleapis/sqladmin",
  "jsdom",
];

/** Compiles into a folder of its own and renames that: neither a kill nor a second command leaves or sees half a program. */
async function compile({ parts }, root, folder) {
  const home = homeOf(root);
  fs.mkdirSync(home, { recursive: true });
  const unfinished = path.join(home, randomUUID());
  fs.mkdirSync(unfinished);
  try {
    const { build, stop } = await import("esbuild");
    const { outputFiles } = await build({
      absWorkingDir: root,
      entryPoints: parts,
      outdir: unfinished,
      write: false,
      bundle: true,
      format: "cjs",
      // A script's own would need an experimental loader, which Node warns of.
      supported: { "dynamic-import": false },
      platform: "node",
      target: "node20",
      logLevel: "silent",
      external: EXTERNAL,
      // Without one `pg` makes a Response to learn where it runs, for which Node 20 loads its HTTP client: 18 ms a thread.
      define: { navigator: '{"userAgent":"Node.js"}' },
      banner: { js: "(function (require) {" },
      footer: { js: "})" },
      plugins: [{ name: "sentinel", setup: (build) => places(build, folder) }],
    });
    await stop();
    // A machine that loses power could else keep a file's name and lose its text: an empty program does nothing and is content.
    for (const file of outputFiles) fs.writeFileSync(file.path, inAscii(file.text), { flush: true });
    for (const part of Object.keys(parts))
      fs.writeFileSync(path.join(unfinished, `${part}.cjs`), BEGINNING, { flush: true });
    fs.renameSync(unfinished, folder);
  } finally {
    // Still there if it failed, or if another command was first.
    fs.rmSync(unfinished, { recursive: true, force: true });
  }
  removeOld(home);
}

/** esbuild leaves comments and regular expressions as they are; a text of one byte a character is read fifteen times as fast. */
function inAscii(text) {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** Lets compiled code find what lies beside its source, and a compiled thread in the folder of the compiled program. */
function places(build, folder) {
  const entry = JSON.stringify(pathToFileURL(path.join(folder, "entry.cjs")).href);
  build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
    loader: "ts",
    contents: fs
      .readFileSync(file, "utf8")
      .replaceAll('"./entry.mjs", import.meta.url', entry)
      .replace(/\bimport\.meta\.url\b/g, JSON.stringify(pathToFileURL(file).href)),
  }));
  build.onResolve({ filter: /^esbuild$/ }, () => ({
    path: fileURLToPath(import.meta.resolve("esbuild")),
    external: true,
  }));
}

/** Removes what no command has begun with for an hour: one that runs may still have to import a part of its own. */
function removeOld(home) {
  for (const name of fs.readdirSync(home)) {
    const folder = path.join(home, name);
    const { mtimeMs } = fs.statSync(folder, { throwIfNoEntry: false }) ?? {};
    if (mtimeMs < Date.now() - HOUR_MS) fs.rmSync(folder, { recursive: true, force: true });
  }
}
