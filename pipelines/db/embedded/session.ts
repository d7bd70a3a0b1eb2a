import pg from "pg";
import { SUPERUSER } from "./cluster.ts";
import { databaseError, programFailure } from "./failure.ts";
import { LOOPBACK } from "./port.ts";

const CONNECT_TIMEOUT_MS = 5_000;
export const DATABASE = "sentinel";

export function connectionString(port: number, password: string, database: string = DATABASE): string {
  return `postgres://${SUPERUSER}:${password}@${LOOPBACK}:${port}/${database}`;
}

/**
 * Whether the server lets us in; false while it starts or stops. Makes our database when it isn't there.
 * SCRAM proves both sides: a server that doesn't know our password can't pass for ours.
 */
export async function letsUsIn(port: number, password: string): Promise<boolean> {
  try {
    await run(connectionString(port, password));
    return true;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    if (code === "3D000") return createDatabase(port, password);
    if (code === "28P01" || code === "28000") {
      throw databaseError(
        "The embedded server does not accept the password in its own password file.",
        "Stop it and remove that file: the next start sets a new password and keeps the data.",
        "npm run db -- stop --force && rm data/local/postgres/password",
        error,
      );
    }
    if (code?.startsWith("57P") || code?.startsWith("E") || /terminated|timeout/.test(message)) return false;
    throw programFailure("The embedded server does not let us in.", `${code ?? "error"}: ${message}`);
  }
}

async function createDatabase(port: number, password: string): Promise<boolean> {
  await run(connectionString(port, password, "postgres"), `CREATE DATABASE ${DATABASE}`);
  return true;
}

async function run(url: string, statement?: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
  client.on("error", () => {});
  try {
    await client.connect();
    if (statement) await client.query(statement);
  } finally {
    await client.end().catch(() => {});
  }
}
