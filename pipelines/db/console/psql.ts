import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import type pg from "pg";
import { EXIT } from "../../cli/errors.ts";

/** The psql on the path, or undefined. */
export function findPsql(env: NodeJS.ProcessEnv): string | undefined {
  const name = process.platform === "win32" ? "psql.exe" : "psql";
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.map((folder) => join(folder, name)).find(isProgram);
}

/** Hands the terminal to psql. The password travels in the environment, which other users can't see; never in argv. */
export function runPsql(
  psql: string,
  config: pg.ClientConfig,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  // Ctrl-C reaches psql too, where it cancels a statement: it is psql's to answer.
  const ignore = () => {};
  process.on("SIGINT", ignore);
  const child = spawn(psql, [...args], { stdio: "inherit", env: { ...env, ...connectionVariables(config, env) } });
  return new Promise<number>((settle, fail) => {
    child.on("error", fail);
    child.on("close", (code) => settle(code === 0 ? EXIT.ok : code === null ? EXIT.interrupted : EXIT.database));
  }).finally(() => process.off("SIGINT", ignore));
}

/** libpq's names for the connection; beyond this machine the server's certificate and name are verified. */
export function connectionVariables(config: pg.ClientConfig, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const variables: NodeJS.ProcessEnv = {
    PGHOST: config.host,
    PGPORT: String(config.port),
    PGUSER: config.user,
    PGDATABASE: config.database,
  };
  if (typeof config.password === "string") variables.PGPASSWORD = config.password;
  if (!config.ssl) return variables;
  return { ...variables, PGSSLMODE: "verify-full", PGSSLROOTCERT: env.PGSSLROOTCERT ?? "system" };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
