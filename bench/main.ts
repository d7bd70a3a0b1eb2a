import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { EXIT } from "../pipelines/cli/errors.ts";
import { Reporter } from "../pipelines/cli/reporter.ts";
import { explain } from "../pipelines/db/explain.ts";
import { reference } from "../pipelines/reference.ts";
import { chart } from "./chart.ts";
import { compare } from "./compare.ts";
import type { Figure } from "./figures.ts";
import { type BenchOptions, HELP, readBenchOptions, roundsFor } from "./options.ts";
import { growthOf } from "./pipeline.ts";
import { printed } from "./print.ts";
import { benchServer, withOwnDatabase } from "./server.ts";
import type { Work } from "./work.ts";

const projectRoot = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs the bench. Returns its exit code: a goal that is missed is a result, not a failure. */
async function main(args: readonly string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  let json = args.includes("--json");
  try {
    const options = readBenchOptions(args);
    json = options.json;
    if (options.help) process.stdout.write(HELP);
    else await bench(options, stop.signal);
    return EXIT.ok;
  } catch (error) {
    if (stop.signal.aborted) return EXIT.interrupted;
    return fail(error, json);
  }
}

async function bench(options: BenchOptions, signal: AbortSignal): Promise<void> {
  const note = (line: string): void => void process.stderr.write(`${line}\n`);
  const tell = (figures: readonly Figure[]): void => {
    all.push(...figures);
    if (options.json) for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`);
  };
  const all: Figure[] = [];
  const server = await benchServer(options.databaseUrl, signal);
  try {
    for (const { work, devices } of planned(options)) {
      const rounds = roundsFor(options, devices);
      const plan = { work, devices, rounds, projectRoot, reference: reference(projectRoot), signal, note };
      tell(await withOwnDatabase(server.target, (target) => compare(target, plan)));
    }
    tell(growthOf(all));
  } catch (error) {
    throw explain(error, server.target);
  } finally {
    await server.release();
  }
  if (options.chart !== undefined) writeFileSync(options.chart, chart(all));
  if (!options.json) process.stdout.write(printed(all));
}

/** Every work with every size that it takes, size by size. */
function planned({ works, devices: asked }: BenchOptions): { work: Work; devices: number }[] {
  const pairs = works.flatMap((work) => (work.sizes?.(asked) ?? asked).map((devices) => ({ work, devices })));
  return pairs.toSorted((a, b) => a.devices - b.devices);
}

function fail(error: unknown, json: boolean): number {
  const { stdout, stderr } = process;
  return new Reporter({ stdout, stderr, json, quiet: false, color: false, now: () => performance.now() }).failure(
    error,
  );
}

process.exitCode = await main(process.argv.slice(2));
