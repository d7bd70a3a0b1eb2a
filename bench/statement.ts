import { readFileSync } from "node:fs";
import pg from "pg";

/** The text of one of the bench's own statements: `queries/NAME.sql`. */
export function statement(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8").trim();
}

/** One of them that names a file of the server's. */
export function withFile(name: string, file: string): string {
  return statement(name).replace(":file", () => pg.escapeLiteral(file));
}
