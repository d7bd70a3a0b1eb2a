import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { done } from "./command.ts";

/** A folder of a test file's own, for exports. */
export interface Shelf {
  readonly path: string;
  /** A place in it that is not taken yet. */
  place(): string;
  /** An export of the campaign, in a place of its own. */
  export(url: string, campaign?: string): Promise<string>;
  /** A copy of an export, to be damaged. */
  copy(archive: string): string;
  remove(): void;
}

export function shelf(): Shelf {
  const root = mkdtempSync(path.join(realpathSync(tmpdir()), "sentinel-archives-"));
  let made = 0;
  const place = (): string => path.join(root, `export-${++made}`);
  return {
    path: root,
    place,
    async export(url, campaign) {
      const to = place();
      await done("export", url, { to, ...(campaign === undefined ? {} : { campaign }) });
      return to;
    },
    copy(archive) {
      const to = place();
      cpSync(archive, to, { recursive: true });
      return to;
    },
    remove: () => rmSync(root, { recursive: true, force: true }),
  };
}

type Json = Record<string, unknown>;

export function manifestOf(archive: string): Json {
  return JSON.parse(readFileSync(path.join(archive, "manifest.json"), "utf8")) as Json;
}

/** Writes a manifest with its right hash: as who forges an export would. */
export function forge(archive: string, change: (manifest: Json) => unknown): void {
  const manifest = manifestOf(archive);
  const made = change(manifest) ?? manifest;
  const text = typeof made === "string" ? made : JSON.stringify(made);
  writeFileSync(path.join(archive, "manifest.json"), text);
  const hash = createHash("sha256").update(text).digest("hex");
  writeFileSync(path.join(archive, "manifest.sha256"), `${hash}  manifest.json\n`);
}

/** Has the manifest say what a file holds now. */
export function admit(archive: string, name: string, rows?: number): void {
  const bytes = readFileSync(path.join(archive, name));
  const hash = (part: Buffer): string => createHash("sha256").update(part).digest("hex");
  const blocks = Array.from({ length: Math.ceil(bytes.length / 1_048_576) }, (_, at) =>
    hash(bytes.subarray(at * 1_048_576, (at + 1) * 1_048_576)),
  );
  forge(archive, (manifest) => {
    const files = manifest.files as Record<string, Json>;
    const known = files[name];
    files[name] = { rows: rows ?? known?.rows, bytes: bytes.length, sha256: hash(bytes), blocks };
  });
}

/** Writes a table of an export anew, from what it holds as `archived`. */
export async function rewrite(archive: string, name: string, select: string, rows?: number): Promise<void> {
  const [from, to] = [path.join(archive, name), path.join(archive, "made")];
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(`COPY (${select.replaceAll("archived", `read_parquet('${from}')`)}) TO '${to}' (FORMAT parquet)`);
  db.closeSync();
  renameSync(to, from);
  admit(archive, name, rows);
}
