import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("./sql/", import.meta.url);

/** What each session begins with: how numbers are written, and what a device counts as. */
export const WRITING = readFileSync(new URL("writing.sql", folder), "utf8");

/** Every statement by the name of its file and its own: `overview.headline`. */
export const STATEMENTS: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((file) => file !== "writing.sql")
    .flatMap((file) => {
      const parts = readFileSync(new URL(file, folder), "utf8").split(/^-- name: (\w+)$/m);
      return parts.flatMap((text, at): [string, string][] =>
        at % 2 === 0 && at > 0 ? [[`${file.slice(0, -4)}.${parts[at - 1]}`, text]] : [],
      );
    }),
);
