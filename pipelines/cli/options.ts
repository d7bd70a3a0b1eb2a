import { POLICY_ACTIONS, type PolicyAction, RULE_FIELDS, TRIAGE_STATES } from "../domain/vocabulary.ts";
import { count } from "./format.ts";

/** Every value that an option can set. What was not given is absent. */
export interface Options {
  devices?: number;
  seed?: number;
  workers?: number;
  batchSize?: number;
  from?: string;
  format?: string;
  map?: string;
  to?: string;
  faultRate?: number;
  profile?: string;
  policy?: string;
  rules?: string;
  roi?: string;
  campaign?: string;
  databaseUrl?: string;
  resume?: boolean;
  replace?: boolean;
  undo?: boolean;
  noSite?: boolean;
  dryRun?: boolean;
  rule?: string;
  field?: string;
  region?: string;
  model?: string;
  state?: string;
  limit?: number;
  all?: boolean;
  yes?: boolean;
  proposed?: boolean;
  why?: string;
  by?: string;
  action?: PolicyAction;
  version?: number;
  rejects?: string;
  port?: number;
  json?: boolean;
  quiet?: boolean;
  noColor?: boolean;
  help?: boolean;
}

export type OptionName = keyof Options;

/** One option: the only place where it is declared. Help, environment names, checks and the README's table come from here. */
export interface OptionSpec {
  readonly name: OptionName;
  readonly flag: string;
  readonly env: string;
  /** Absent: a switch. */
  readonly value?: string;
  readonly help: string;
  readonly parse?: (text: string) => number | string | undefined;
  readonly expects?: string;
}

const whole = (min: number, max: number) => ({
  parse: (text: string) => {
    const value = /^[0-9]+(e[0-9]{1,2})?$/i.test(text.replaceAll("_", ""))
      ? Number(text.replaceAll("_", ""))
      : Number.NaN;
    return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
  },
  expects: `a whole number from ${count(min)} to ${count(max)}`,
});
const word = {
  parse: (text: string) => (/^[\w][\w .-]{0,99}$/.test(text) ? text : undefined),
  expects: "a name of letters, digits, spaces, dots, dashes and underscores, 100 at most",
};
const path = { parse: (text: string) => (text === "" ? undefined : text), expects: "a file" };
const share = {
  parse: (text: string) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    return value >= 0 && value <= 1 ? value : undefined;
  },
  expects: "a number from 0 to 1, for example 0.015 for 1.5 %",
};

const oneOf = (words: readonly string[]) => ({
  parse: (text: string) => words.find((known) => known === text),
  expects: `one of ${words.join(", ")}`,
});
/** What a person writes: kept, and shown to others. */
const sentence = (longest: number) => ({
  parse: (text: string) => (text.trim() !== "" && text.length <= longest && !text.includes("\0") ? text : undefined),
  expects: `a text of ${count(longest)} characters at most`,
});

export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "devices",
    flag: "devices",
    env: "SENTINEL_DEVICES",
    value: "N",
    help: "devices to generate (10000; chaos: 20000)",
    ...whole(1, 100_000_000),
  },
  {
    name: "seed",
    flag: "seed",
    env: "SENTINEL_SEED",
    value: "N",
    help: "seed of the fleet and of chaos (42)",
    ...whole(0, Number.MAX_SAFE_INTEGER),
  },
  {
    name: "workers",
    flag: "workers",
    env: "SENTINEL_WORKERS",
    value: "N",
    help: "worker threads, one connection each (processor cores, 4 at most)",
    ...whole(1, 64),
  },
  {
    name: "batchSize",
    flag: "batch-size",
    env: "SENTINEL_BATCH_SIZE",
    value: "N",
    help: "devices that commit together (generate: by the link and the fleet, 500 to 50000; corrupt and recover: about 200000; triage: 5000)",
    ...whole(1, 1_000_000),
  },
  {
    name: "from",
    flag: "from",
    env: "SENTINEL_FROM",
    value: "FILE",
    help: "import a CSV, NDJSON, JSON or Parquet file instead of generating; import: the folder of an export",
    ...path,
    expects: "a file, or for import a folder",
  },
  {
    name: "format",
    flag: "format",
    env: "SENTINEL_FORMAT",
    value: "NAME",
    help: "tool that the file of --from comes from, a name of data/vendors (detected)",
    ...word,
  },
  {
    name: "map",
    flag: "map",
    env: "SENTINEL_MAP",
    value: "FILE",
    help: "JSON that says which columns of the file of --from are which (guessed where that leaves no doubt)",
    ...path,
  },
  {
    name: "to",
    flag: "to",
    env: "SENTINEL_TO",
    value: "FOLDER",
    help: "folder to export into: an empty one, or one that is not there yet",
    ...path,
    expects: "a folder",
  },
  {
    name: "faultRate",
    flag: "fault-rate",
    env: "SENTINEL_FAULT_RATE",
    value: "R",
    help: "share of devices to corrupt (the profile's, 0.015; an import: 0)",
    ...share,
  },
  {
    name: "profile",
    flag: "profile",
    env: "SENTINEL_PROFILE",
    value: "NAME",
    help: "chaos profile, a file in data/chaos (default)",
    ...word,
  },
  {
    name: "policy",
    flag: "policy",
    env: "SENTINEL_POLICY",
    value: "NAME",
    help: "recovery policy, a file in data/policy (default)",
    ...word,
  },
  {
    name: "rules",
    flag: "rules",
    env: "SENTINEL_RULES",
    value: "NAME",
    help: "rule set that judges the campaign from now on, a file in data/rules (the campaign's, at first default)",
    ...word,
  },
  {
    name: "roi",
    flag: "roi",
    env: "SENTINEL_ROI",
    value: "NAME",
    help: "what the return of recovery is reckoned by, a file in data/roi (default)",
    ...word,
  },
  {
    name: "campaign",
    flag: "campaign",
    env: "SENTINEL_CAMPAIGN",
    value: "NAME",
    help: "campaign to make or to work on (the current one)",
    ...word,
  },
  {
    name: "databaseUrl",
    flag: "database-url",
    env: "DATABASE_URL",
    value: "URL",
    help: "PostgreSQL to use (the embedded one)",
    ...path,
    expects: "a PostgreSQL URL",
  },
  { name: "resume", flag: "resume", env: "SENTINEL_RESUME", help: "continue the campaign that was stopped part-way" },
  {
    name: "replace",
    flag: "replace",
    env: "SENTINEL_REPLACE",
    help: "delete the campaign of that name first; export, triage export: what is there",
  },
  { name: "undo", flag: "undo", env: "SENTINEL_UNDO", help: "take all faults of the campaign back" },
  { name: "noSite", flag: "no-site", env: "SENTINEL_NO_SITE", help: "make the marts, but not the site" },
  { name: "dryRun", flag: "dry-run", env: "SENTINEL_DRY_RUN", help: "say what would be done, and change nothing" },
  {
    name: "rule",
    flag: "rule",
    env: "SENTINEL_RULE",
    value: "ID",
    help: "triage: devices that break this rule",
    ...word,
  },
  {
    name: "field",
    flag: "field",
    env: "SENTINEL_FIELD",
    value: "NAME",
    help: "triage: devices with a finding on this field",
    ...oneOf([...RULE_FIELDS, "device"]),
  },
  {
    name: "region",
    flag: "region",
    env: "SENTINEL_REGION",
    value: "NAME",
    help: "triage: devices in this region",
    ...sentence(200),
  },
  {
    name: "model",
    flag: "model",
    env: "SENTINEL_MODEL",
    value: "NAME",
    help: "triage: devices of this model",
    ...sentence(200),
  },
  {
    name: "state",
    flag: "state",
    env: "SENTINEL_STATE",
    value: "STATE",
    help: "triage: places in this state, or all (open; reopen: released and rejected)",
    ...oneOf([...TRIAGE_STATES, "all"]),
  },
  {
    name: "limit",
    flag: "limit",
    env: "SENTINEL_LIMIT",
    value: "N",
    help: "triage: so many devices at most (list: 50; else all)",
    ...whole(1, 100_000_000),
  },
  { name: "all", flag: "all", env: "SENTINEL_ALL", help: "triage: decide on all devices that the filters leave" },
  { name: "yes", flag: "yes", env: "SENTINEL_YES", help: "triage: with --all, for more than one device" },
  {
    name: "proposed",
    flag: "proposed",
    env: "SENTINEL_PROPOSED",
    help: "triage fix: take the values that the rules propose",
  },
  {
    name: "why",
    flag: "why",
    env: "SENTINEL_WHY",
    value: "TEXT",
    help: "triage: the reason, which the audit keeps",
    ...sentence(2_000),
  },
  {
    name: "by",
    flag: "by",
    env: "SENTINEL_BY",
    value: "NAME",
    help: "triage: who decides, which the audit keeps (the user of this machine)",
    ...sentence(200),
  },
  {
    name: "action",
    flag: "action",
    env: "SENTINEL_ACTION",
    value: "ACTION",
    help: "triage reject: what is to be done (FORCE_ROLLBACK)",
    ...oneOf(POLICY_ACTIONS),
  },
  {
    name: "version",
    flag: "version",
    env: "SENTINEL_VERSION",
    value: "N",
    help: "triage: decide only if the place in the queue still has this version",
    ...whole(1, 2_147_483_647),
  },
  {
    name: "rejects",
    flag: "rejects",
    env: "SENTINEL_REJECTS",
    value: "FILE",
    help: "triage import: CSV to write the refused rows into",
    ...path,
  },
  {
    name: "port",
    flag: "port",
    env: "SENTINEL_PORT",
    value: "N",
    help: "port to serve on (a free one)",
    ...whole(1, 65_535),
  },
  { name: "json", flag: "json", env: "SENTINEL_JSON", help: "newline-delimited JSON on standard output" },
  { name: "quiet", flag: "quiet", env: "SENTINEL_QUIET", help: "no progress, results alone" },
  { name: "noColor", flag: "no-color", env: "NO_COLOR", help: "no colours" },
  { name: "help", flag: "help", env: "", help: "this text" },
];

/** Options that every command takes. */
export const COMMON: readonly OptionName[] = ["json", "quiet", "noColor", "help"];
