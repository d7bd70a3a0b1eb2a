import type { PolicyAction } from "../domain/vocabulary.ts";
import { CLOUD_OPTIONS, type SslMode } from "./cloud-options.ts";
import { LAYOUTS, type Layout } from "./layouts.ts";
import { basePath, interval, oneOf, path, share, whole, word } from "./option-values.ts";
import { TARGET_NAMES, type TargetName } from "./targets.ts";
import { TRIAGE_OPTIONS } from "./triage-options.ts";

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
  layout?: Layout;
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
  watch?: boolean;
  every?: string;
  metrics?: number;
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
  target?: TargetName;
  base?: string;
  instance?: string;
  /** Seconds. */
  lifetime?: number;
  force?: boolean;
  tier?: string;
  disk?: number;
  hours?: number;
  sslMode?: SslMode;
  protect?: "on" | "off";
  finalBackup?: number;
  noBackup?: boolean;
  stopAfter?: boolean;
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
    help: "import a CSV, NDJSON, JSON or Parquet file instead of generating; with --watch: the folder that they come into; import: the folder of an export",
    ...path,
    expects: "a file, or for --watch and import a folder",
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
    help: "folder to write into: an empty one, or one that is not there yet; deploy: or its own (data/local/deploy/HOST)",
    ...path,
    expects: "a folder",
  },
  {
    name: "layout",
    flag: "layout",
    env: "SENTINEL_LAYOUT",
    value: "NAME",
    help: "tables, to be imported again, or lake: one wide table in Hive partitions, for BigQuery, Trino and Spark (tables)",
    ...oneOf(LAYOUTS),
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
  {
    name: "watch",
    flag: "watch",
    env: "SENTINEL_WATCH",
    help: "go on until Ctrl-C: recover what comes into the database, and into the folder of --from",
  },
  {
    name: "every",
    flag: "every",
    env: "SENTINEL_EVERY",
    value: "TIME",
    help: "with --watch: how often to look (5s)",
    ...interval("1h"),
  },
  {
    name: "metrics",
    flag: "metrics",
    env: "SENTINEL_METRICS",
    value: "PORT",
    help: "with --watch: port of this machine that serves /metrics for Prometheus, and /health",
    ...whole(1, 65_535),
  },
  { name: "dryRun", flag: "dry-run", env: "SENTINEL_DRY_RUN", help: "say what would be done, and change nothing" },
  ...TRIAGE_OPTIONS,
  {
    name: "port",
    flag: "port",
    env: "SENTINEL_PORT",
    value: "N",
    help: "port to serve on (a free one)",
    ...whole(1, 65_535),
  },
  {
    name: "target",
    flag: "target",
    env: "SENTINEL_TARGET",
    value: "HOST",
    help: "deploy: the host to make the site ready for",
    ...oneOf(TARGET_NAMES),
  },
  {
    name: "base",
    flag: "base",
    env: "SENTINEL_BASE",
    value: "PATH",
    help: "path that the site is served below, for example /reports/june/ (/)",
    ...basePath,
  },
  ...CLOUD_OPTIONS,
  { name: "json", flag: "json", env: "SENTINEL_JSON", help: "newline-delimited JSON on standard output" },
  { name: "quiet", flag: "quiet", env: "SENTINEL_QUIET", help: "no progress, results alone" },
  { name: "noColor", flag: "no-color", env: "NO_COLOR", help: "no colours" },
  { name: "help", flag: "help", env: "", help: "this text" },
];

/** Options that every command takes. */
export const COMMON: readonly OptionName[] = ["json", "quiet", "noColor", "help"];
