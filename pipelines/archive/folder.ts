import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { withWorkspace } from "../workspace.ts";
import { unusable } from "./failure.ts";

/** What an export of one layout leaves in its folder, by paths below it with `/` between names. */
export interface Form {
  /** Whether it can have left that. */
  owns(path: string): boolean;
  /** Whether that stands in every one. */
  marks(path: string): boolean;
}

/** The folder after an option, in full. @throws SentinelError exit 2 where none was named. */
export function folderOf(given: string | undefined, flag: string, command: string): string {
  if (given !== undefined) return path.resolve(given);
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `${command} needs ${flag} FOLDER.`,
    remedy: "Name the folder of the export.",
    command: `npm run ${command} -- ${flag} backups/spring`,
  });
}

/** Where the earlier export waits while the new one takes its place. */
const earlierOf = (folder: string): string =>
  path.join(path.dirname(folder), `.${path.basename(folder)}.sentinel-earlier`);

/** Looks whether an export may be written there. @throws SentinelError exit 2 where something else stands there. */
export function refuseOccupied(folder: string, form: Form, mayReplace: boolean): void {
  restoreEarlier(folder);
  const state = lstatSync(folder, { throwIfNoEntry: false });
  if (!state) return;
  if (state.isSymbolicLink())
    throw unusable(folder, "is a symbolic link", "Name the folder itself, or one that is not there yet.");
  if (!state.isDirectory()) throw unusable(folder, "is a file", "Name a folder that is not there yet.");
  const names = readdirSync(folder);
  if (names.length === 0) return;
  // What is below is only looked at where all that is on top may be its own: it could be a whole disk.
  const stranger = names.find((name) => !form.owns(name)) ?? below(folder).find((name) => !form.owns(name));
  if (stranger !== undefined || !below(folder).some((name) => form.marks(name))) {
    const what = stranger === undefined ? "files of no export" : JSON.stringify(stranger);
    throw unusable(
      folder,
      `is not empty: it holds ${what}`,
      "Name an empty folder, or one that is not there yet; nothing was changed.",
    );
  }
  if (!mayReplace)
    throw unusable(folder, "holds an export already", "Name another folder, or replace that export with --replace.");
}

const below = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => name.replaceAll(path.sep, "/"));

/** An export that was killed between its last two steps has moved the earlier one away and put nothing in its place. */
function restoreEarlier(folder: string): void {
  const earlier = lstatSync(earlierOf(folder), { throwIfNoEntry: false });
  if (!earlier?.isDirectory()) return;
  if (lstatSync(folder, { throwIfNoEntry: false })) rmSync(earlierOf(folder), { recursive: true });
  else renameSync(earlierOf(folder), folder);
}

/**
 * Works in a folder beside the one that is wanted, and puts what it made there in its place at the end: it is whole, or not there.
 * @param work gets a folder for the export, and one for what is needed meanwhile.
 */
export async function inPlaceOf<T>(
  folder: string,
  form: Form,
  mayReplace: boolean,
  work: (into: string, scratch: string) => Promise<T>,
): Promise<T> {
  const parent = path.dirname(folder);
  return withWorkspace(
    parent,
    async (workspace) => {
      const [into, scratch] = [path.join(workspace, "export"), path.join(workspace, "scratch")];
      for (const made of [into, scratch]) mkdirSync(made, { mode: 0o700 });
      const result = await work(into, scratch);
      refuseOccupied(folder, form, mayReplace);
      putInPlace(into, folder);
      return result;
    },
    ".sentinel-export-",
  );
}

function putInPlace(from: string, folder: string): void {
  const occupied = lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
  const isEmpty = occupied && readdirSync(folder).length === 0;
  if (isEmpty) rmdirSync(folder);
  const replaces = occupied && !isEmpty;
  if (replaces) renameSync(folder, earlierOf(folder));
  renameSync(from, folder);
  if (replaces) rmSync(earlierOf(folder), { recursive: true });
}

/** Has the disk keep a file before anything says that it is there. */
export function flush(file: string): void {
  const handle = openSync(file, "r+");
  fsyncSync(handle);
  closeSync(handle);
}
