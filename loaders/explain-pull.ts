import type pg from "pg";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import type { SessionConfig } from "../pipelines/db/client.ts";
import { explain } from "../pipelines/db/explain.ts";

const NO_SUCH_TABLE = "42P01";
const NO_SUCH_COLUMN = "42703";
const CANCELED = "57014";

/** Turns an error of the pull into one that the user can act on. */
export function explainPull(error: unknown, client: pg.Client | undefined, config: SessionConfig): unknown {
  const { user, host, port, database } = client ?? config;
  const { code } = error as { code?: unknown };
  if (code === NO_SUCH_TABLE) {
    return new SentinelError(
      {
        exitCode: EXIT.database,
        cause: `The database ${database} holds no campaign: Sentinel's tables are not there.`,
        remedy: "Generate a campaign first, or connect to the database that has one.",
        command: "npm run generate",
      },
      { cause: error },
    );
  }
  if (code === NO_SUCH_COLUMN) {
    return new SentinelError(
      {
        exitCode: EXIT.database,
        cause: `The database ${database} was made by another version of Sentinel OTA: ${(error as Error).message}.`,
        remedy: "A command that writes brings an older one up to date, for example:",
        command: "npm run validate",
      },
      { cause: error },
    );
  }
  if (code === CANCELED) {
    return new SentinelError(
      {
        exitCode: EXIT.database,
        cause: "The server stopped reading the fleet: it took longer than 15 minutes, or an administrator ended it.",
        remedy: "Try again when the server is less busy; the last report is still whole.",
        command: "npm run report",
      },
      { cause: error },
    );
  }
  const place = config.cloudSql ? host : `${host}:${port}`;
  return explain(error, {
    config: { ...config, ...(host === undefined ? {} : { host }), ...(port === undefined ? {} : { port }) },
    label: `${user}@${place}/${database}`,
    source: "the connection",
  });
}
