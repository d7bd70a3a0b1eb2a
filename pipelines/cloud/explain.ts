import { EXIT, SentinelError, type SentinelErrorParts } from "../cli/errors.ts";
import type { ApiError } from "../db/cloud-sql/api-error.ts";
import { fullName, type InstanceName } from "./instance-name.ts";

type Answer = Omit<SentinelErrorParts, "exitCode">;
type Case = readonly [code: RegExp, answer: (name: string, message: string, project: string) => Answer];

const LOGIN = "gcloud auth application-default login";
const CASES: readonly Case[] = [
  [
    /^CLOUD_CREDENTIALS$/,
    () => ({
      cause: "There are no Google credentials on this machine.",
      remedy: "Log in, or point GOOGLE_APPLICATION_CREDENTIALS at a file of credentials:",
      command: LOGIN,
    }),
  ],
  [
    /^CLOUD_401$/,
    (_, message) => ({
      cause: `Google does not accept the credentials of this machine: ${message}.`,
      remedy: "Log in again:",
      command: LOGIN,
    }),
  ],
  [
    /^CLOUD_403$/,
    (name, message, project) => ({
      cause: `The account of this machine may not do that with ${name}: ${message}.`,
      remedy: "Grant it roles/cloudsql.admin, and enable the API:",
      command: `gcloud services enable sqladmin.googleapis.com --project ${project}`,
    }),
  ],
  [
    /^CLOUD_(429|5\d\d)$|^CLOUD$|^ABORT|^E[A-Z]+$|TIMEOUT/,
    (_, message) => ({
      cause: `The Cloud SQL Admin API could not do it now: ${message}.`,
      remedy: "Wait a minute, then run the same command again: what is done is not done twice.",
    }),
  ],
  [
    /^CLOUD_4\d\d$/,
    (name, message) => ({
      cause: `Cloud SQL refuses that for ${name}: ${message}.`,
      remedy: "See how the instance is:",
      command: `npm run cloud -- status --instance ${name}`,
    }),
  ],
];

/** Turns an error of the API into one that the user can act on. What cannot be explained is passed on as it is. */
export function explainApi(error: unknown, name: InstanceName): unknown {
  if (error instanceof SentinelError) return error;
  const { code, message } = error as Partial<ApiError>;
  const text = String(message)
    .replace(/\s+/g, " ")
    .replace(/[. ]+$/, "")
    .slice(0, 300);
  const found = CASES.find(([when]) => when.test(String(code)));
  if (!found) return error;
  return new SentinelError(
    { exitCode: EXIT.database, ...found[1](fullName(name), text, name.project) },
    { cause: error },
  );
}
