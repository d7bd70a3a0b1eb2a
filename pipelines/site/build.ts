import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { type BuiltSite, finishPages, measureSite } from "./built-pages.ts";
import { siteFingerprint } from "./fingerprint.ts";
import { type FrameworkResult, runFramework } from "./framework.ts";
import { cacheFolder, prepareLibraries } from "./libraries.ts";
import { withBuildLock } from "./lock.ts";
import { assertReplaceable, nextFolder, swapIn } from "./publish.ts";

export interface SiteOptions {
  readonly projectRoot: string;
  /** DuckDB file with the marts. */
  readonly warehouse: string;
  /** Identity of what the warehouse holds; another one makes the data be read again. */
  readonly snapshotId: string;
  readonly outDir: string;
  readonly note?: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface SiteResult {
  readonly dir: string;
  readonly bytes: number;
  readonly pages: number;
  /** False where the site that was there already is the one that was asked for. */
  readonly rebuilt: boolean;
}

/** What the last build of an output folder was made from. */
interface Record {
  readonly fingerprint: string;
  readonly outDir: string;
  readonly bytes: number;
}

/**
 * Builds the static site from a warehouse, without a network. The former site stays whole until the new one is complete.
 *
 * @throws SentinelError with exit code 6 and the page's or loader's own lines where it cannot be built; the signal's reason
 * where it was aborted.
 */
export async function buildSite(options: SiteOptions): Promise<SiteResult> {
  const projectRoot = resolve(options.projectRoot);
  const outDir = resolve(projectRoot, options.outDir);
  options.signal?.throwIfAborted();
  return withBuildLock(projectRoot, options.signal, async () => {
    await assertReplaceable(outDir);
    const recordFile = join(cacheFolder(projectRoot), "site.json");
    const fingerprint = await siteFingerprint(projectRoot, options.snapshotId);
    const former = await measureSite(outDir);
    const record = await readRecord(recordFile);
    if (former && record?.fingerprint === fingerprint && record.outDir === outDir && record.bytes === former.bytes) {
      options.note?.("The site is up to date.");
      return { dir: outDir, ...former, rebuilt: false };
    }
    const built = await buildBeside({ ...options, projectRoot, outDir });
    await writeFile(recordFile, JSON.stringify({ fingerprint, outDir, bytes: built.bytes } satisfies Record));
    return { dir: outDir, bytes: built.bytes, pages: built.pages, rebuilt: true };
  });
}

async function buildBeside(options: SiteOptions): Promise<BuiltSite> {
  const next = nextFolder(options.outDir);
  try {
    if (await prepareLibraries(options.projectRoot)) options.note?.("Bundled the client libraries.");
    await clearData(options.projectRoot);
    await rm(next, { recursive: true, force: true });
    await mkdir(next, { recursive: true });
    const result = await runFramework({
      projectRoot: options.projectRoot,
      args: ["build"],
      warehouse: resolve(options.warehouse),
      output: next,
      signal: options.signal,
    });
    if (result.code !== 0) throw siteError("The site could not be built", reasons(result));
    const built = await finishPages(next);
    if (built.errors.length > 0) throw siteError("A page of the site has an error", built.errors);
    await swapIn(next, options.outDir);
    options.note?.(`Built ${built.pages} pages.`);
    return built;
  } finally {
    await rm(next, { recursive: true, force: true });
  }
}

/** Framework never runs a loader again whose result it has, whatever changed in the warehouse. */
async function clearData(projectRoot: string): Promise<void> {
  await rm(join(cacheFolder(projectRoot), "data"), { recursive: true, force: true });
}

async function readRecord(file: string): Promise<Partial<Record> | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Partial<Record>;
  } catch {
    return undefined;
  }
}

function siteError(what: string, lines: readonly string[]): SentinelError {
  return new SentinelError({
    exitCode: EXIT.site,
    cause: `${what}: ${lines.join(" | ")}`,
    remedy:
      "Put right what it says and build again; the former site is untouched. The dev server shows it as you edit.",
    command: "npm run dev",
  });
}

const FRAME = /^\s*at |^\s*\^+\s*$|^Node\.js v|^\s*$|^npm warn|^node:internal|^Tip:|^If you think this is a bug|^↳/i;
/** Lines of an error that are enough to act on. */
const MOST_LINES = 8;

/** Loaders and Framework both give their reason on the error stream; a progress line that ends in an error is the rest. */
function reasons({ output, errors }: FrameworkResult): string[] {
  const said = errors.filter((line) => !FRAME.test(line)).map((line) => line.trim());
  if (said.length > 0) return [...new Set(said)].slice(-MOST_LINES);
  const failed = output.filter((line) => /\berror\b/i.test(line)).map((line) => line.trim());
  return failed.length > 0 ? failed.slice(-MOST_LINES) : ["it gave no reason"];
}
