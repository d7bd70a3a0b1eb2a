import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import { SCHEMA } from "../db/migrate.ts";
import { damagedRanges, fingerprint } from "./blocks.ts";
import { unusable } from "./failure.ts";
import { LAKE } from "./layouts.ts";
import { type ArchivedFile, BadManifest, MANIFEST, MANIFEST_HASH, type Manifest, parseManifest } from "./manifest.ts";
import { FILE_NAMES, type FileName, fileOf, type TableName } from "./tables.ts";

/** An export whose every byte is what its manifest says. */
export interface Archive {
  readonly folder: string;
  readonly manifest: Manifest;
  /** The file of a table. */
  path(table: TableName): string;
}

const ANOTHER = "Nothing was sent to the database. Take another copy of the export.";

/**
 * Opens an export and verifies all of it.
 * @throws SentinelError exit 2 with the place of all damage.
 */
export async function openArchive(folder: string, signal: AbortSignal): Promise<Archive> {
  refuseOther(folder);
  const manifest = readManifest(folder);
  const found: string[] = [];
  for (const name of FILE_NAMES) found.push(...(await damageOf(folder, name, manifest.files[name], signal)));
  if (found.length > 0)
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `The export in ${folder} is not as it was written: ${found.join("; ")}.`,
      remedy: ANOTHER,
    });
  return { folder, manifest, path: (table) => path.join(folder, fileOf(table)) };
}

/** What is no folder of an export is told apart by what the user may have meant. */
function refuseOther(folder: string): void {
  const state = lstatSync(folder, { throwIfNoEntry: false });
  if (!state) throw unusable(folder, "is not there", "Check the path after --from.");
  if (state.isSymbolicLink()) throw unusable(folder, "is a symbolic link", "Name the folder itself.");
  if (!state.isDirectory()) throw isFile(folder);
  const names = readdirSync(folder);
  if (names.length === 0) throw unusable(folder, "is empty", "Name the folder that npm run export wrote.");
  if (names.includes(MANIFEST) || names.includes(MANIFEST_HASH)) return;
  if (names.every((name) => LAKE.owns(name)))
    throw unusable(
      folder,
      "is a lake, which other engines read: nothing brings it back",
      "Export the campaign without --layout lake to back it up.",
    );
  throw unusable(folder, `is no export: ${MANIFEST} is missing`, "Name the folder that npm run export wrote.");
}

function isFile(file: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: `${file} is a file; an export is a folder.`,
    remedy: "To store the devices of a file of telemetry, generate from it:",
    command: `npm run generate -- --from ${path.relative(process.cwd(), file)}`,
  });
}

/** Of the largest fleets a manifest has a few hundred kilobytes. */
const LARGEST_MANIFEST = 1 << 24;

function readManifest(folder: string): Manifest {
  const bytes = readSmall(folder, MANIFEST);
  const hash = /^([0-9a-f]{64}) {2}manifest\.json\n$/.exec(readSmall(folder, MANIFEST_HASH).toString("latin1"))?.[1];
  const where = path.join(folder, MANIFEST);
  if (hash !== createHash("sha256").update(bytes).digest("hex"))
    throw unusable(where, `was altered since it was written: ${MANIFEST_HASH} has another hash`, ANOTHER);
  try {
    return parseManifest(bytes.toString("utf8"), SCHEMA);
  } catch (error) {
    if (error instanceof BadManifest) throw unusable(where, error.message, error.remedy, error);
    throw error;
  }
}

function readSmall(folder: string, name: string): Buffer {
  const file = path.join(folder, name);
  const size = sizeOf(file);
  if (typeof size === "string") throw unusable(file, size, ANOTHER);
  if (size > LARGEST_MANIFEST) throw unusable(file, `is too large (${count(size)} bytes)`, ANOTHER);
  return readFileSync(file);
}

/** The bytes of a regular file, or why there is none. A link could lead anywhere. */
function sizeOf(file: string): number | string {
  const state = lstatSync(file, { throwIfNoEntry: false });
  if (!state) return "is missing";
  if (state.isSymbolicLink()) return "is a symbolic link, which no export holds";
  return state.isFile() ? state.size : "is no file";
}

async function damageOf(
  folder: string,
  name: FileName,
  expected: ArchivedFile,
  signal: AbortSignal,
): Promise<string[]> {
  const size = sizeOf(path.join(folder, name));
  if (typeof size === "string") return [`${name} ${size}`];
  const says = `the manifest says ${count(expected.bytes)}`;
  if (size < expected.bytes) return [`${name} is cut after byte ${count(size)} (${says})`];
  if (size > expected.bytes) return [`${name} goes on to byte ${count(size)} (${says})`];
  const found = await fingerprint(path.join(folder, name), signal);
  const places = damagedRanges(found, expected).map(
    ({ from, to }) => `${name} is damaged between byte ${count(from)} and ${count(to)}`,
  );
  const isSame = found.sha256 === expected.sha256 && found.blocks.length === expected.blocks.length;
  return places.length > 0 || isSame ? places : [`${name} has another hash than the manifest says`];
}
