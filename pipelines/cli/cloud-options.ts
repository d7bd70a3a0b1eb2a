import { oneOf, whole } from "./option-values.ts";
import type { OptionSpec } from "./options.ts";

const HOURS_A_MONTH = 730;
const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const LONGEST_S = 365 * 86_400;
export const SSL_MODES = [
  "ENCRYPTED_ONLY",
  "TRUSTED_CLIENT_CERTIFICATE_REQUIRED",
  "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** Seconds. */
const duration = {
  parse: (text: string) => {
    const [, number = "", unit = ""] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
    const seconds = Number(number) * (UNITS[unit] ?? Number.NaN);
    return seconds >= 60 && seconds <= LONGEST_S ? seconds : undefined;
  },
  expects: "minutes, hours or days, for example 30m, 2h or 7d, a year at most",
};
const connectionName = {
  parse: (text: string) =>
    /^([a-z0-9.-]+:)?[a-z][a-z0-9-]*:[a-z][a-z0-9-]*:[a-z][a-z0-9-]*$/.test(text) ? text : undefined,
  expects: "the name of an instance, project:region:instance",
};
const tier = {
  parse: (text: string) => (/^db-[A-Za-z0-9-]+$/.test(text) ? text : undefined),
  expects: "a machine type of Cloud SQL, for example db-custom-2-7680",
};

/** The options that `cloud` takes, and the one by which the pipeline stops what it ran on. */
export const CLOUD_OPTIONS: readonly OptionSpec[] = [
  {
    name: "instance",
    flag: "instance",
    env: "SENTINEL_INSTANCE",
    value: "NAME",
    help: "cloud: instance of Cloud SQL, project:region:instance (that of DATABASE_URL)",
    ...connectionName,
  },
  {
    name: "lifetime",
    flag: "for",
    env: "SENTINEL_FOR",
    value: "TIME",
    help: "cloud allow: how long, for example 30m, 2h or 7d (for good)",
    ...duration,
  },
  {
    name: "force",
    flag: "force",
    env: "SENTINEL_FORCE",
    help: "cloud allow: also networks that let far too many in; cloud destroy: turn deletion protection off first",
  },
  {
    name: "tier",
    flag: "tier",
    env: "SENTINEL_TIER",
    value: "TYPE",
    help: "cloud create, cost: machine type (create: db-custom-2-7680; cost: the instance's)",
    ...tier,
  },
  {
    name: "disk",
    flag: "disk",
    env: "SENTINEL_DISK",
    value: "GB",
    help: "cloud create, cost: size of the disk (create: 10; cost: the instance's)",
    ...whole(10, 64_000),
  },
  {
    name: "hours",
    flag: "hours",
    env: "SENTINEL_HOURS",
    value: "N",
    help: "cloud cost: hours of a month in which the instance runs (730, or 0 where it is stopped)",
    ...whole(0, HOURS_A_MONTH),
  },
  {
    name: "sslMode",
    flag: "ssl-mode",
    env: "SENTINEL_SSL_MODE",
    value: "MODE",
    help: "cloud create: which connections the instance takes (a new one: ENCRYPTED_ONLY)",
    ...oneOf(SSL_MODES),
  },
  {
    name: "protect",
    flag: "protect",
    env: "SENTINEL_PROTECT",
    value: "on|off",
    help: "cloud create: deletion protection (a new one: on)",
    ...oneOf(["on", "off"]),
  },
  {
    name: "finalBackup",
    flag: "final-backup",
    env: "SENTINEL_FINAL_BACKUP",
    value: "DAYS",
    help: "cloud destroy: make a last backup, kept so many days",
    ...whole(1, 365),
  },
  {
    name: "noBackup",
    flag: "no-backup",
    env: "SENTINEL_NO_BACKUP",
    help: "cloud destroy: make no last backup, and delete all that are kept: nothing costs anything any more",
  },
  {
    name: "stopAfter",
    flag: "stop-after",
    env: "SENTINEL_STOP_AFTER",
    help: "stop the instance of Cloud SQL when the pipeline ends, also when it fails",
  },
];
