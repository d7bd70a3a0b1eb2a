import { EXIT, SentinelError } from "../../cli/errors.ts";

/** By which of its addresses an instance is reached. */
export const WAYS = ["public", "private", "psc"] as const;
export type Way = (typeof WAYS)[number];

/** How an instance of Cloud SQL is reached. Plain data: a worker makes its own connection of it. */
export interface CloudSqlPlan {
  /** project:region:instance; the project may be of a domain: example.com:project. */
  readonly instance: string;
  readonly way: Way;
  /** Whether the database user is the account of the Google credentials, and no password is used. */
  readonly iam: boolean;
  /** What stands in for the API; left out: Google's own. */
  readonly api?: string | undefined;
}

export interface CloudSqlPlace {
  readonly user: string;
  readonly password?: string | undefined;
  readonly database: string;
  readonly plan: CloudSqlPlan;
}

export const SCHEME = "cloudsql:";
const GRAMMAR =
  /^cloudsql:\/\/(?<user>[^:@/?#]+)(?::(?<password>[^@/?#]*))?@(?<instance>[^@/?#]+)\/(?<database>[^@/?#]+)(?:\?(?<query>[^@#]*))?$/;
/** A project (perhaps of a domain), a region and an instance, each as Google lets them be named. */
const INSTANCE = /^(?:[a-z0-9][a-z0-9.-]*\.[a-z]+:)?[a-z][a-z0-9-]*[a-z0-9]:[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/;
/** PostgreSQL knows a service account without this. */
const ACCOUNT_TAIL = /\.gserviceaccount\.com$/;

/**
 * Reads cloudsql://USER[:PASSWORD]@PROJECT:REGION:INSTANCE/DATABASE[?ip=public|private|psc][&iam=true|false].
 * It is no URL by the letter of the standard, where what follows a colon is a port.
 * @throws SentinelError exit 2, which shows nothing of what was given: an unencoded password may be anywhere in it.
 */
export function readCloudSqlUrl(text: string, source: string, api: string | undefined): CloudSqlPlace {
  const { user, password, instance, database, query } = GRAMMAR.exec(text)?.groups ?? {};
  if (user === undefined || instance === undefined || database === undefined || !INSTANCE.test(instance)) {
    throw refused(
      `${source} is no address of Cloud SQL.`,
      "Write it as cloudsql://user:password@project:region:instance/database, with special characters percent-encoded (an @ in a user's name as %40).",
    );
  }
  const [name, secret, base] = [user, password, database].map((part) => decoded(part, source));
  const { ip: way = "public", iam = "false", ...others } = Object.fromEntries(new URLSearchParams(query ?? ""));
  const other = Object.keys(others)[0];
  if (other !== undefined) {
    throw refused(
      `${source} has a parameter that Cloud SQL's connections don't take.`,
      "They take ip= and iam=: TLS is theirs.",
    );
  }
  if (!isWay(way)) throw refused(`ip= in ${source} is not one of ${WAYS.join(", ")}.`, "Leave it out for public.");
  if (iam !== "true" && iam !== "false")
    throw refused(`iam= in ${source} is neither true nor false.`, "Leave it out for a password.");
  const isIam = iam === "true";
  if (isIam && secret !== undefined) {
    throw refused(`${source} has a password, and iam=true, which uses none.`, "Leave one of them out.");
  }
  return {
    user: isIam ? String(name).replace(ACCOUNT_TAIL, "") : String(name),
    password: secret,
    database: String(base),
    plan: { instance, way, iam: isIam, ...(api === undefined ? {} : { api }) },
  };
}

/** The same as one URL, password and all. */
export function cloudSqlUrl({ user, password, database, plan }: CloudSqlPlace): string {
  const secret = password === undefined ? "" : `:${encodeURIComponent(password)}`;
  const query = new URLSearchParams({ ip: plan.way, iam: String(plan.iam) });
  return `cloudsql://${encodeURIComponent(user)}${secret}@${plan.instance}/${encodeURIComponent(database)}?${query}`;
}

const isWay = (text: string): text is Way => WAYS.some((way) => way === text);

function decoded(part: string | undefined, source: string): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    throw refused(`${source} has a % that stands for nothing.`, "Write a % of its own as %25.");
  }
}

function refused(cause: string, remedy: string): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy });
}
