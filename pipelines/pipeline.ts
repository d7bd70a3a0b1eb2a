import { awaited } from "./awaited.ts";
import { count, seconds, table } from "./cli/format.ts";
import type { StageResult } from "./cli/reporter.ts";
import {
  type Context,
  runStage,
  type StageEnd,
  type Writer,
  withDatabase,
  withWorkers,
  withWriter,
  workerCount,
} from "./context.ts";
import { corrupt } from "./corrupt.ts";
import type { Target } from "./db/connect.ts";
import { generate } from "./generate.ts";
import { recover } from "./recover.ts";
import { validate } from "./validate.ts";

/**
 * All stages, one after another. The workers load while the database is opened, and end with the last stage that they work for; DuckDB is opened while
 * the server validates. A broken promise is told after the site that shows it was built.
 */
export async function pipeline(context: Context): Promise<void> {
  const began = performance.now();
  await withWorkers(workerCount(context), (pool) =>
    withDatabase(context, (target) =>
      withReport(context, target, async (report) => {
        const { ends, campaign, breach } = await withWriter(context, target, pool, (writer) =>
          allStages(writer, report.prepare),
        );
        const reported = await report.of(campaign.name);
        context.reporter.ended(reported);
        summary(context, [...ends, reported], (performance.now() - began) / 1000);
        if (breach) throw breach;
      }),
    ),
  );
}

async function allStages(writer: Writer, onRecovered: (campaign: string) => void) {
  const generated = await runStage(writer, "generate", generate);
  const corrupted = await runStage(writer, "corrupt", (run) => corrupt(run, generated.campaign));
  const recovered = await runStage(writer, "recover", (run) => recover(run, corrupted.campaign));
  // What the workers hold is given back before it is needed elsewhere: they end while the server validates, which nobody waits for.
  void writer.pool.close();
  onRecovered(recovered.campaign.name);
  const validated = await runStage(writer, "validate", (run) => validate(run, recovered.campaign));
  return { ...validated, ends: resultsOf([generated, corrupted, recovered, validated]) };
}

const resultsOf = (ends: readonly StageEnd[]): StageResult[] => ends.map(({ result }) => result);

/** A report that can be made ready before there is anything to be read. */
interface Upcoming {
  /** Opens what it is made in, and makes ready what the campaign is judged by; reads no rows. */
  prepare(campaign: string): void;
  /** Makes it of the campaign, the one that was named before. */
  of(campaign: string): Promise<StageResult>;
}

/** Works with a report in sight; one that was made ready and is not wanted leaves nothing behind. */
async function withReport<T>(context: Context, target: Target, work: (report: Upcoming) => Promise<T>): Promise<T> {
  const settled = awaited<void>();
  let made: Promise<StageResult> | undefined;
  const make = async (campaign: string): Promise<StageResult> => {
    // It takes a tenth of a second to load.
    const { report } = await import("./report.ts");
    return report(context, target, campaign, settled.promise);
  };
  const begin = (campaign: string): Promise<StageResult> => {
    made ??= make(campaign);
    made.catch(() => {});
    return made;
  };
  try {
    return await work({
      prepare: (campaign) => void begin(campaign),
      of(campaign) {
        settled.resolve();
        return begin(campaign);
      },
    });
  } finally {
    settled.reject(new Error("no report is wanted"));
    await made?.catch(() => {});
  }
}

function summary({ reporter }: Context, ends: readonly StageResult[], total: number): void {
  const rows = ends.map(({ stage: name, done, unit, seconds: took }) => [
    name,
    count(done),
    unit,
    seconds(took),
    done > 0 && took > 0 ? `${count(done / took)}/s` : "",
  ]);
  reporter.result(
    `\n${table(["stage", "done", "of", "time", "rate"], [...rows, ["total", "", "", seconds(total), ""]])}`,
  );
  const last = ends.at(-1);
  const place = last?.facts.site ?? last?.facts.warehouse;
  if (place) reporter.result(`\nReport: ${place}`);
  reporter.event({ event: "summary", campaign: last?.campaign, seconds: total, report: place ?? null });
}
