import { spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { EXIT } from "../../cli/errors.ts";
import type { Target } from "../connect.ts";

/** The psql on the path, or undefined. */
export function findPsql(env: NodeJS.ProcessEnv): string | undefined {
  const name = process.platform === "win32" ? "psql.exe" : "psql";
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** Hands the terminal to psql. The password travels in the environment, which other users can't see; never in argv. */
export async function runPsql(
  psql: string,
  target: Target,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const variables = await connectionVariables(target);
  // Ctrl-C reaches psql too, where it cancels a statement: it is psql's to answer.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  const child = spawn(psql, [...args], { stdio: "inherit", env: { ...env, ...variables } });
  return new Promise<number>((settle, fail) => {
    child.on("error", fail);
    child.on("close", (code) => settle(code === 0 ? EXIT.ok : code === null ? EXIT.interrupted : EXIT.database));
  }).finally(() => process.off("SIGINT", ignore));
}

/** libpq's names for the connection; where it is secured, the server's certificate and name are verified. */
export async function connectionVariables({ config, tls }: Target): Promise<NodeJS.ProcessEnv> {
  const { host = "", port, user, database, password } = config;
  const variables: NodeJS.ProcessEnv = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
  if (typeof password === "string") variables.PGPASSWORD = password;
  if (!tls) return variables;
  variables.PGSSLMODE = "verify-full";
  variables.PGSSLROOTCERT = tls.sslrootcert ?? "system";
  if (tls.sslcert !== undefined) variables.PGSSLCERT = tls.sslcert;
  if (tls.sslkey !== undefined) variables.PGSSLKEY = tls.sslkey;
  if (tls.sslservername === undefined) return variables;
  // libpq verifies the host's name alone, so that it is given the other one, and the address beside; a server is not asked for it by name.
  return {
    ...variables,
    PGHOST: tls.sslservername,
    PGHOSTADDR: (await lookup(host)).address,
    PGSSLSNI: "0",
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
