import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import type { Home } from "./home.ts";

export function readPassword(home: Home): string | undefined {
  if (!existsSync(home.password)) return undefined;
  const password = readFileSync(home.password, "utf8").trim();
  return password === "" ? undefined : password;
}

/** A new random password, kept in a file that only we can read. Letters, digits, - and _ only: safe in a URL and in SQL. */
export function makePassword(home: Home): string {
  const password = randomBytes(24).toString("base64url");
  const unfinished = `${home.password}.new`;
  rmSync(unfinished, { force: true });
  const descriptor = openSync(unfinished, "wx", 0o600);
  try {
    writeSync(descriptor, `${password}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, home.password);
  return password;
}
