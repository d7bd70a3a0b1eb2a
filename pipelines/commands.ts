import type { OptionName } from "./cli/options.ts";
import {
  type Context,
  runStage,
  type StageEnd,
  type StageRun,
  withDatabase,
  withWorkers,
  withWriter,
  workerCount,
} from "./context.ts";
import { corrupt } from "./corrupt.ts";
import { generate } from "./generate.ts";
import { pipeline } from "./pipeline.ts";
import { recover } from "./recover.ts";
import { status } from "./status.ts";
import { triage } from "./triage.ts";
import { validate } from "./validate.ts";
import { settingsOf } from "./watch/settings.ts";

/** DuckDB takes a tenth of a second to load, which only those commands pay that use it. */
const reporting = () => import("./report.ts");

/** One word of `npm run`. */
export interface Command {
  readonly name: string;
  readonly help: string;
  readonly options: readonly OptionName[];
  /** Words that it takes beside its options, as help shows them. */
  readonly words?: readonly string[];
  /** How many of them there can be (0). */
  readonly mostWords?: number;
  run(context: Context): Promise<void>;
}

const CAMPAIGN = ["campaign", "databaseUrl"] as const satisfies OptionName[];
const WORK = [...CAMPAIGN, "workers", "batchSize", "resume"] as const satisfies OptionName[];

const FILTERS = ["rule", "field", "region", "model", "state", "limit"] as const satisfies OptionName[];
const DECIDING = ["all", "yes", "proposed", "why", "by", "action", "version"] as const satisfies OptionName[];
const CLOUD = [
  "lifetime",
  "tier",
  "disk",
  "hours",
  "sslMode",
  "protect",
  "finalBackup",
  "noBackup",
] as const satisfies OptionName[];
const GENERATE = ["devices", "seed", "from", "format", "map", "replace"] as const satisfies OptionName[];
const WATCH = ["watch", "every", "metrics"] as const satisfies OptionName[];

export const COMMANDS: readonly Command[] = [
  {
    name: "pipeline",
    help: "everything: generate, corrupt, recover, validate, report",
    options: [...GENERATE, "faultRate", "profile", "policy", "rules", "roi", ...WORK, "noSite", ...WATCH, "stopAfter"],
    run: async (context) => {
      if (!context.options.stopAfter) return pipelineOrWatch(context);
      const { stoppingAfter } = await import("./cloud/stop-after.ts");
      await stoppingAfter(context, () => pipelineOrWatch(context));
    },
  },
  {
    name: "generate",
    help: "store a fleet, generated from a seed or imported with --from",
    options: [...GENERATE, ...WORK, "dryRun"],
    // A file is read and stored by this thread, over as many sessions as there may be workers.
    run: (context) => stageOrPreview(context, "generate", generate, context.options.from === undefined ? undefined : 0),
  },
  {
    name: "corrupt",
    help: "inject faults into the stored telemetry, or take them back with --undo",
    options: ["seed", "faultRate", "profile", "undo", ...WORK, "dryRun"],
    run: (context) => stageOrPreview(context, "corrupt", corrupt),
  },
  {
    name: "recover",
    help: "decide every Partial device; quarantine what cannot be trusted",
    options: ["policy", "rules", ...WORK, "dryRun"],
    run: (context) => stageOrPreview(context, "recover", recover),
  },
  {
    name: "validate",
    help: "prove every promise on the current campaign",
    options: [...CAMPAIGN],
    run: async (context) => {
      const { breach } = await stage(context, "validate", validate, 0);
      if (breach) throw breach;
    },
  },
  {
    name: "triage",
    help: "what a person must look at, and decides",
    words: [
      "list|show|next|fix|accept|reject|release|reopen|export|import|stats|work",
      "[DEVICE.. | FIELD=VALUE.. | FILE]",
    ],
    mostWords: 10_000,
    options: [...CAMPAIGN, ...FILTERS, ...DECIDING, "dryRun", "rejects", "replace", "batchSize"],
    run: (context) => withDatabase(context, (target) => triage(context, target)),
  },
  {
    name: "status",
    help: "what is there, what is left to do, and with which command",
    options: [...CAMPAIGN],
    run: (context) => status(context),
  },
  {
    name: "export",
    help: "write a campaign into a folder of Parquet: to back it up, or with --layout lake for other engines to read",
    options: [...CAMPAIGN, "to", "layout", "replace"],
    run: async (context) => {
      const { exportCampaign } = await import("./archive/export.ts");
      await withDatabase(context, (target) => exportCampaign(context, target));
    },
  },
  {
    name: "import",
    help: "bring a campaign back from such a folder",
    options: [...CAMPAIGN, "from", "replace"],
    run: async (context) => {
      const { importCampaign, verified } = await import("./archive/import.ts");
      const archive = await verified(context);
      await stage(context, "import", (run) => importCampaign(run, archive), 0);
    },
  },
  {
    name: "report",
    help: "pull the campaign into DuckDB and build the site",
    options: [...CAMPAIGN, "roi", "noSite"],
    run: async (context) => {
      const { report } = await reporting();
      await withDatabase(context, async (target) => context.reporter.ended(await report(context, target)));
    },
  },
  {
    name: "chaos",
    help: "experiments with the outside world, each on a server of its own that is made for it and removed afterwards",
    words: ["list|run", "[NAME]"],
    mostWords: 2,
    options: ["devices", "seed", "workers"],
    run: async (context) => {
      const { chaos } = await import("./chaos.ts");
      await chaos(context);
    },
  },
  {
    name: "dev",
    help: "show the pages live while you edit them",
    options: ["campaign", "port"],
    run: async (context) => (await reporting()).dev(context),
  },
  {
    name: "build",
    help: "build the site again from the last snapshot, without a database",
    options: ["campaign"],
    run: async (context) => {
      const { build, latestSnapshot } = await reporting();
      context.reporter.result(await build(context, await latestSnapshot(context)));
    },
  },
  {
    name: "preview",
    help: "serve the built site on this machine",
    options: ["port", "base"],
    run: preview,
  },
  {
    name: "deploy",
    help: "make the built site ready for a host, and say how to upload it",
    options: ["target", "base", "to", "campaign", "dryRun"],
    run: async (context) => {
      const { latestSnapshot } = await reporting();
      const { deploy } = await import("./deploy.ts");
      await deploy(context, async () => (await latestSnapshot(context)).id);
    },
  },
  {
    name: "cloud",
    help: "an instance of Cloud SQL: make it, let networks in, start, stop, know its price, delete it",
    words: ["status|create|allow|deny|start|stop|cost|destroy", "[NETWORK|me|expired]"],
    mostWords: 3,
    options: ["instance", "databaseUrl", ...CLOUD, "force", "by", "yes", "dryRun"],
    run: async (context) => (await import("./cloud.ts")).cloud(context),
  },
  {
    name: "new",
    help: "make a notebook, or a mart with its check, that runs as it is",
    words: ["notebook|mart", "TITLE|NAME"],
    mostWords: 40,
    options: [],
    run: async (context) => (await import("./scaffold.ts")).scaffold(context),
  },
  {
    name: "docs",
    help: "write the documents that are made from the code",
    options: ["databaseUrl"],
    run: async (context) => {
      const { writeDocs } = await import("./docs.ts");
      await withDatabase(context, (target) => writeDocs(context, target));
    },
  },
];

/** Runs one writing stage with workers and a lease of its own. */
function stage<T extends StageEnd>(
  context: Context,
  name: string,
  work: (run: StageRun) => Promise<T>,
  workers = workerCount(context),
): Promise<T> {
  return withWorkers(workers, (pool) =>
    withDatabase(context, (target) => withWriter(context, target, pool, (writer) => runStage(writer, name, work))),
  );
}

async function stageOrPreview(
  context: Context,
  name: "generate" | "corrupt" | "recover",
  work: (run: StageRun) => Promise<StageEnd>,
  workers?: number,
): Promise<void> {
  if (!context.options.dryRun) return void (await stage(context, name, work, workers));
  const { dryRun } = await import("./dry-run.ts");
  await withDatabase(context, (target) => dryRun(context, target, name));
}

async function pipelineOrWatch(context: Context): Promise<void> {
  const settings = settingsOf(context.options);
  if (!settings) return pipeline(context);
  const { watch } = await import("./watch.ts");
  await watch(context, settings);
}

async function preview({ projectRoot, options, reporter, signal }: Context): Promise<void> {
  const { previewSite } = await import("./site/preview.ts");
  const server = await previewSite({ dir: `${projectRoot}/dist`, port: options.port, base: options.base });
  reporter.result(server.url);
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await server.close();
}
