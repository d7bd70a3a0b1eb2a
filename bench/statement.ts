import { readFileSync } from "node:fs";

/** The text of one of the bench's own statements: `queries/NAME.sql`. */
export function statement(name: string): string {
  return readFileSync(new URL(`./queries/${name}.sql`, import.meta.url), "utf8").trim();
}
