import { readdirSync } from "node:fs";
import { join } from "node:path";
import { MARTS_FOLDER } from "./door.ts";

/** What each mart can be had as; what describes them all, and where their regions lie. */
const FORMATS = ["csv", "json", "parquet", "sql"];
const DESCRIPTIONS = ["datapackage.json", "dictionary.json", "world.json"];

/** Where a file of the door is published under a name that stays, whatever the data: programs of others fetch it from there. */
export const downloadPath = (name: string): string => `${MARTS_FOLDER}/${name}`;

/** Whether a file of a site is published under a name that stays. */
export const isDownload = (path: string): boolean => path.startsWith(`${MARTS_FOLDER}/`);

/** The paths that Framework is to write beside the pages: every file of the door, for every mart that the project has. */
export function downloads(projectRoot: string): string[] {
  const marts = readdirSync(join(projectRoot, "loaders", "marts"))
    .filter((file) => file.endsWith(".sql"))
    .map((file) => file.slice(0, -".sql".length))
    .sort();
  const names = [...marts.flatMap((mart) => FORMATS.map((format) => `${mart}.${format}`)), ...DESCRIPTIONS];
  return names.map((name) => `/${downloadPath(name)}`);
}
