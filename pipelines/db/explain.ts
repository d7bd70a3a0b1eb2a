import { EXIT, SentinelError, type SentinelErrorParts } from "../cli/errors.ts";
import { explainCloudSql } from "./cloud-sql/explain.ts";
import type { Target } from "./connect.ts";
import { explainTls } from "./explain-tls.ts";
import { isTransient } from "./retry.ts";

interface Answer {
  readonly when: RegExp;
  readonly cause: (target: Target, message: string) => string;
  readonly remedy: string;
  readonly command?: string;
  readonly exitCode?: SentinelErrorParts["exitCode"];
}

/** What the user is told, by SQLSTATE or by the error code of Node. The first that matches answers. */
const ANSWERS: readonly Answer[] = [
  {
    when: /^28/,
    cause: ({ label }) => `The server refused the user or the password of ${label}.`,
    remedy: "Check user and password in DATABASE_URL, DB_PASS or PGPASSWORD.",
  },
  {
    when: /^3D000$/,
    cause: ({ label }) => `The database of ${label} does not exist.`,
    remedy: "Create it first, or name another one.",
  },
  {
    when: /^42501$/,
    cause: ({ label }, message) => `The user of ${label} lacks a right: ${message}.`,
    remedy: "Grant it CREATE on the schema, or connect as the owner of the database.",
  },
  {
    when: /^25006$/,
    cause: ({ label }) => `The server of ${label} is read-only.`,
    remedy: "Connect to the primary, or make the database writable (default_transaction_read_only, standby).",
  },
  {
    when: /^08P01$/,
    cause: ({ label }, message) =>
      `What stands before the server of ${label} lets no session begin as Sentinel begins one: ${message}.`,
    remedy: "A connection pooler does that. Give the server's own address instead (docs/servers.md).",
  },
  {
    when: /^53100$/,
    cause: ({ label }) => `The disk of the server of ${label} is full.`,
    remedy: "Make room, then continue; committed batches are safe.",
    command: "npm run pipeline -- --resume",
    exitCode: EXIT.resumable,
  },
  {
    when: /^53300$|^57P03$/,
    cause: ({ label }, message) => `The server of ${label} takes no session now: ${message}.`,
    remedy: "Wait a moment or use fewer --workers, then try again.",
  },
  {
    when: /^42/,
    cause: ({ label }, message) => `The schema of ${label} is not as this version makes it: ${message}.`,
    remedy:
      "Take back what was changed there by hand, or start over with --replace; committed batches are safe. Then continue:",
    command: "npm run pipeline -- --resume",
    exitCode: EXIT.resumable,
  },
  {
    when: /^SO001$/,
    cause: ({ label }) => `Another command took over writing to ${label}, since this one had lost its session.`,
    remedy: "What this one had committed is safe. See what is left to do:",
    command: "npm run status",
    exitCode: EXIT.resumable,
  },
  {
    when: /^57014$/,
    cause: ({ label }, message) => `The server of ${label} ended a statement: ${message}.`,
    remedy: "It took longer than that server allows, or a person cancelled it; committed batches are safe. Continue:",
    command: "npm run pipeline -- --resume",
    exitCode: EXIT.resumable,
  },
  {
    when: /^(22|23|54)/,
    cause: ({ label }, message) => `The server of ${label} refuses what Sentinel stores: ${message}.`,
    remedy:
      "Take away the trigger, constraint or setting of that database which forbids it; committed batches are safe. Then continue:",
    command: "npm run pipeline -- --resume",
    exitCode: EXIT.resumable,
  },
  {
    when: /^(ENOTFOUND|EAI_AGAIN)$/,
    cause: ({ config }) => `There is no host named ${config.host}.`,
    remedy: "Check the host in DATABASE_URL, DB_HOST or PGHOST.",
  },
  {
    when: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOENT)$/,
    cause: ({ config }) => `Nothing answers at ${config.host}:${config.port}.`,
    remedy: "Start the server, check host and port, or unset DATABASE_URL, DB_* and PG* to use the embedded one.",
  },
];

/** Turns an error of the driver into one that the user can act on. What cannot be explained is passed on as it is. */
export function explain(error: unknown, target: Target): unknown {
  if (error instanceof SentinelError) return error;
  const { code, message } = describe(error);
  const { cloudSql: plan } = target.config;
  const cloud = plan && explainCloudSql({ code, message }, plan, target.label);
  if (cloud) return new SentinelError({ exitCode: EXIT.database, ...cloud }, { cause: error });
  const tls = explainTls(error, target);
  if (tls) return new SentinelError({ exitCode: EXIT.database, ...tls }, { cause: error });
  const answer = ANSWERS.find(({ when }) => when.test(code));
  if (!answer && !isTransient(error)) return error;
  const lost = !/^(40|55|25|53)/.test(code);
  return new SentinelError(
    answer
      ? {
          exitCode: answer.exitCode ?? EXIT.database,
          cause: answer.cause(target, message),
          remedy: answer.remedy,
          ...(answer.command ? { command: answer.command } : {}),
        }
      : {
          exitCode: EXIT.database,
          cause: lost
            ? `The connection to ${target.label} was lost or never answered (${code || message}).`
            : `The server of ${target.label} could not do it now: ${message} (${code}).`,
          remedy: lost
            ? "Check that the server runs, then continue: committed batches are safe."
            : "Others work on the same rows, or it is short of something. Continue; committed batches are safe:",
          command: "npm run pipeline -- --resume",
        },
    { cause: error },
  );
}

function describe(error: unknown): { code: string; message: string } {
  const inner = error instanceof AggregateError ? error.errors[0] : error;
  const { code, message } = inner as { code?: unknown; message?: unknown };
  return { code: typeof code === "string" ? code : "", message: typeof message === "string" ? message : String(inner) };
}
