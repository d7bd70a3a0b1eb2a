import { parseArgs } from "node:util";
import { EXIT, SentinelError } from "./errors.ts";
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
  campaign?: string;
  databaseUrl?: string;
  resume?: boolean;
  replace?: boolean;
  undo?: boolean;
  noSite?: boolean;
  dryRun?: boolean;
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

export const OPTIONS: readonly OptionSpec[] = [
  {
    name: "devices",
    flag: "devices",
    env: "SENTINEL_DEVICES",
    value: "N",
    help: "devices to generate (10000)",
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
    help: "devices that commit together (generate: by the link and the fleet, 500 to 50000; corrupt and recover: about 200000)",
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
    help: "delete the campaign of that name first; export: the export that is there",
  },
  { name: "undo", flag: "undo", env: "SENTINEL_UNDO", help: "take all faults of the campaign back" },
  { name: "noSite", flag: "no-site", env: "SENTINEL_NO_SITE", help: "make the marts, but not the site" },
  { name: "dryRun", flag: "dry-run", env: "SENTINEL_DRY_RUN", help: "say what would be done, and change nothing" },
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

/**
 * Reads a command's arguments and its part of the environment; an argument outweighs the environment.
 * @throws SentinelError exit 2, where an option is unknown, means nothing to the command, or has a value that it can't have.
 */
export function readOptions(
  command: { readonly name: string; readonly options: readonly OptionName[]; readonly words?: number },
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { options: Options; words: string[] } {
  const allowed = OPTIONS.filter(({ name }) => command.options.includes(name) || COMMON.includes(name));
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      OPTIONS.map(({ flag, value }) => [flag, { type: value ? "string" : "boolean" } as const]),
    ),
    strict: false,
    tokens: true,
  });
  const options: Record<string, unknown> = fromEnvironment(allowed, env);
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const spec = allowed.find(({ flag }) => flag === token.name);
    if (!spec) throw unknownOption(command.name, token.rawName, allowed);
    options[spec.name] = optionValue(spec, token.rawName, token.value);
  }
  const extra = words[command.words ?? 0];
  if (extra !== undefined)
    throw usage(command.name, `"${extra}" means nothing here.`, "Options begin with two dashes.");
  return { options: options as Options, words };
}

function fromEnvironment(allowed: readonly OptionSpec[], env: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const spec of allowed) {
    const text = env[spec.env];
    if (!spec.env || text === undefined || text === "" || spec.name === "databaseUrl") continue;
    if (spec.value) found[spec.name] = optionValue(spec, spec.env, text);
    else if (text !== "0" && text !== "false") found[spec.name] = true;
  }
  return found;
}

function optionValue(spec: OptionSpec, as: string, text: string | undefined): unknown {
  if (!spec.value) {
    if (text === undefined) return true;
    throw usage(undefined, `${as} takes no value.`, `Write ${as} alone.`);
  }
  const value = text === undefined ? undefined : spec.parse?.(text);
  if (value !== undefined) return value;
  const got = text === undefined ? "nothing" : spec.name === "databaseUrl" ? "something else" : `"${text}"`;
  throw usage(undefined, `${as} needs ${spec.expects}; it got ${got}.`, `Write ${as} ${spec.value}.`);
}

function unknownOption(command: string, raw: string, allowed: readonly OptionSpec[]): SentinelError {
  const known = OPTIONS.some(({ flag }) => `--${flag}` === raw);
  return usage(
    command,
    known ? `${raw} means nothing to ${command}.` : `There is no option ${raw}.`,
    `${command} takes ${allowed.map(({ flag }) => `--${flag}`).join(", ")}.`,
  );
}

function usage(command: string | undefined, cause: string, remedy: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause,
    remedy,
    ...(command ? { command: `npm run ${command} -- --help` } : {}),
  });
}
