import type { SentinelErrorParts } from "../../cli/errors.ts";
import type { CloudSqlPlan } from "./url.ts";

type Answer = Pick<SentinelErrorParts, "cause" | "remedy" | "command">;

interface Failure {
  readonly code: string;
  readonly message: string;
}

interface Case {
  readonly when: RegExp;
  readonly answer: (plan: CloudSqlPlan, message: string, label: string) => Answer;
}

/** What the API or the way to an instance answers, and what to do about it. The first whose code matches answers. */
const CASES: readonly Case[] = [
  {
    when: /^CLOUD_CREDENTIALS$/,
    answer: () => ({
      cause: "There are no Google credentials on this machine, which asking for an instance of Cloud SQL needs.",
      remedy: "Log in, or point GOOGLE_APPLICATION_CREDENTIALS at a file of credentials:",
      command: "gcloud auth application-default login",
    }),
  },
  {
    when: /^CLOUD_401$/,
    answer: (_, message) => ({
      cause: `Google does not accept the credentials of this machine: ${message}.`,
      remedy: "Log in again:",
      command: "gcloud auth application-default login",
    }),
  },
  {
    when: /^CLOUD_403$/,
    answer: ({ instance, iam }, message) => ({
      cause: `The account of this machine may not connect to ${instance}: ${message}.`,
      remedy: `Enable the API (gcloud services enable sqladmin.googleapis.com) and grant the account roles/cloudsql.client${iam ? " and roles/cloudsql.instanceUser" : ""}.`,
    }),
  },
  {
    when: /^(CLOUD_404|EBADSQLADMINREGION)$/,
    answer: ({ instance }, message) => ({
      cause: `There is no instance ${instance} that this account may see: ${message}.`,
      remedy: "Check project, region and instance in the address; the names that there are:",
      command: "gcloud sql instances list --format='value(connectionName)'",
    }),
  },
  {
    when: /^CLOUD_4(00|09|12)$/,
    answer: ({ instance }, message) => ({
      cause: `${instance} lets nobody connect now: ${message}.`,
      remedy: "See how it is, and start it if it is stopped:",
      command: "npm run cloud -- status",
    }),
  },
  {
    when: /^(CLOUD_(429|5\d\d|LATE)|CLOUD)$/,
    answer: (_, message) => ({
      cause: `The Cloud SQL Admin API could not do it now: ${message}.`,
      remedy: "Wait a moment, then continue: committed batches are safe.",
      command: "npm run pipeline -- --resume",
    }),
  },
  {
    when: /^ENO(PUBLIC|PRIVATE|PSC)?SQLADMINIPADDRESS$/,
    answer: ({ instance, way }) => ({
      cause: `${instance} has no ${way} address.`,
      remedy: "Name the one that it has in the address: ip=public, ip=private or ip=psc.",
    }),
  },
  {
    when: /VERIFYCERT$|^(SELF_SIGNED|DEPTH_ZERO|UNABLE_TO|CERT_|ERR_TLS|ERR_SSL|ERR_OSSL|EPROTO)/,
    answer: ({ instance }, message) => ({
      cause: `No secured connection to ${instance} came about: ${message}.`,
      remedy:
        "Something between here and Cloud SQL answers in its place, or this machine's clock is wrong; nothing was sent to it.",
    }),
  },
  {
    when: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/,
    answer: ({ instance, way, api }, message) => ({
      cause: `Nothing answers for ${instance} at its ${way} address${api === undefined ? "" : ` or at ${api}`}: ${message}.`,
      remedy: `Start it if it is stopped, and let TCP port 3307 out${way === "public" ? "" : "; its network has to be this machine's"}:`,
      command: "npm run cloud -- status",
    }),
  },
  {
    when: /^28/,
    answer: ({ iam }, message, label) => ({
      cause: `The server refused the user${iam ? "" : " or the password"} of ${label}: ${message}.`,
      remedy: iam
        ? "With iam=true the user is the account of the Google credentials, and has to be a user of the database (without .gserviceaccount.com)."
        : "Check user and password in DATABASE_URL or PGPASSWORD.",
    }),
  },
];

/** A server that wants a password says so to the driver, which has none. */
const NO_PASSWORD = /client password must be a string/;

/** What the user is told; undefined where the answer is that of any server. */
export function explainCloudSql({ code, message }: Failure, plan: CloudSqlPlan, label: string): Answer | undefined {
  if (NO_PASSWORD.test(message)) {
    return {
      cause: `The server asks ${label} for a password, and none is given.`,
      remedy: "Give it in PGPASSWORD; an account of Google's needs none with iam=true in the address.",
    };
  }
  const short = message
    .replace(/\s+/g, " ")
    .replace(/[. ]+$/, "")
    .slice(0, 300);
  return CASES.find(({ when }) => when.test(code))?.answer(plan, short, label);
}
