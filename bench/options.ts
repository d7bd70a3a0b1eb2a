import { parseArgs } from "node:util";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";

export interface BenchOptions {
  readonly devices: readonly number[];
  /** Undefined: fewer for a large fleet, see {@link roundsFor}. */
  readonly rounds: number | undefined;
  readonly databaseUrl: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

const DEVICES = [100_000, 1_000_000];
const FEWEST_DEVICES = 1_000;
const MOST_DEVICES = 10_000_000;
const MOST_ROUNDS = 100;

export const HELP = `npm run bench -- [options]
  ingest and recovery as ratios to what the server itself can do, measured in turn in the same run

  --devices N         size of the fleet; several by comma or by repeating (100000,1000000)
  --rounds N          rounds, of which the median counts (5; 3 from 1,000,000 devices)
  --database-url URL  server to measure on, in a database made for it and dropped again; needs a superuser
                      (an embedded server of its own)
  --json              newline-delimited JSON on standard output, one line a figure
  --help              this text
`;

/** @throws SentinelError exit 2, where an option is unknown or has a value that it can't have. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { devices, rounds, json = false, help = false, "database-url": databaseUrl } = parsed(args);
  const sizes = devices?.flatMap((list) => list.split(","));
  return {
    devices: sizes?.map((text) => whole("--devices", text, FEWEST_DEVICES, MOST_DEVICES)) ?? DEVICES,
    rounds: rounds === undefined ? undefined : whole("--rounds", rounds, 1, MOST_ROUNDS),
    databaseUrl,
    json,
    help,
  };
}

/** How many rounds a fleet of this size gets. */
export function roundsFor({ rounds }: BenchOptions, devices: number): number {
  return rounds ?? (devices < 1_000_000 ? 5 : 3);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        devices: { type: "string", multiple: true },
        rounds: { type: "string" },
        "database-url": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function whole(flag: string, text: string, min: number, max: number): number {
  const value = /^[0-9]+$/.test(text.replaceAll("_", "")) ? Number(text.replaceAll("_", "")) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw usage(`${flag} needs a whole number from ${min} to ${max}; it got "${text}".`);
}

function usage(cause: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause,
    remedy: "See what the bench takes:",
    command: "npm run bench -- --help",
  });
}
