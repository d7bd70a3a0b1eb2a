import { parseArgs } from "node:util";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import type { Work } from "./work.ts";
import { WORKS } from "./works.ts";

export interface BenchOptions {
  readonly works: readonly Work[];
  readonly devices: readonly number[];
  /** Undefined: fewer for a large fleet, see {@link roundsFor}. */
  readonly rounds: number | undefined;
  readonly databaseUrl: string | undefined;
  /** File for a chart of the stages by size. */
  readonly chart: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

const DEVICES = [1_000_000];
const FEWEST_DEVICES = 1_000;
const MOST_DEVICES = 10_000_000;
const MOST_ROUNDS = 100;
const LARGE_DEVICES = 1_000_000;
const FEW_ROUNDS = 3;
const USUAL_ROUNDS = 5;

export const HELP = `npm run bench -- [options]
  what Sentinel's work takes, held against what the server itself can do, all measured in turn in the same run

  --only WORK,..      works to measure (all):
${WORKS.map(({ name, help }) => `                        ${name.padEnd(9)} ${help}`).join("\n")}
  --devices N,..      sizes of the fleet, by comma or by repeating (${DEVICES.join(",")})
  --rounds N          rounds, of which the median counts, after one that warms (${USUAL_ROUNDS}; ${FEW_ROUNDS} from ${LARGE_DEVICES} devices)
  --chart FILE        draw devices a second against the size of the fleet, one line a stage, as SVG;
                      needs work pipeline (and marts, to tell pull and marts apart) and two sizes or more
  --database-url URL  server to measure on, in databases made for it and dropped again; needs a superuser, on this
                      machine for work pull (an embedded server of its own)
  --json              newline-delimited JSON on standard output, one line a figure
  --help              this text
`;

/** @throws SentinelError exit 2, where an option is unknown or has a value that it can't have. */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { only, devices, rounds, chart, json = false, help = false, "database-url": databaseUrl } = parsed(args);
  const works = only?.flatMap((list) => list.split(",")).map(workNamed) ?? WORKS;
  const sizes = devices
    ?.flatMap((list) => list.split(","))
    .map((text) => whole("--devices", text, FEWEST_DEVICES, MOST_DEVICES));
  const options = {
    works: WORKS.filter((work) => works.includes(work)),
    devices: [...new Set(sizes ?? DEVICES)],
    rounds: rounds === undefined ? undefined : whole("--rounds", rounds, 1, MOST_ROUNDS),
    ...{ databaseUrl, chart, json, help },
  };
  refuseUncharted(options);
  return options;
}

/** How many rounds a fleet of this size gets. */
export function roundsFor({ rounds }: BenchOptions, devices: number): number {
  return rounds ?? (devices < LARGE_DEVICES ? USUAL_ROUNDS : FEW_ROUNDS);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: "string", multiple: true },
        devices: { type: "string", multiple: true },
        rounds: { type: "string" },
        chart: { type: "string" },
        "database-url": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw usage(error instanceof Error ? error.message : String(error));
  }
}

function workNamed(name: string): Work {
  const found = WORKS.find((work) => work.name === name);
  if (found) return found;
  throw usage(`--only knows no work "${name}"; there are: ${WORKS.map((work) => work.name).join(", ")}.`);
}

/** Better now than after an hour of measuring. */
function refuseUncharted({ works, devices, chart }: Pick<BenchOptions, "works" | "devices" | "chart">): void {
  if (chart === undefined) return;
  if (!works.some(({ name }) => name === "pipeline")) throw usage("--chart needs work pipeline.");
  if (devices.length < 2) throw usage("--chart needs two sizes of --devices or more.");
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
