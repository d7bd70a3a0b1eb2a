import { existsSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { readSnapshot, type Snapshot } from "../loaders/mart.ts";
import { rebuildWarehouse } from "../loaders/rebuild.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { commandLine } from "./cli/again.ts";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count, seconds } from "./cli/format.ts";
import type { StageResult } from "./cli/reporter.ts";
import type { Context } from "./context.ts";
import type { Target } from "./db/connect.ts";
import { martInputs } from "./reference.ts";

/** Folder with one DuckDB file a campaign. */
export function warehouseHome(projectRoot: string): string {
  return path.join(projectRoot, "data", "local", "warehouse");
}

/**
 * Pulls the campaign into DuckDB, builds the marts, and from them the site. Reads the database and writes nothing there.
 * @param campaign its name; the current one where it is left out.
 * @param settled no rows are read, and no time counted, before it is kept.
 */
export async function report(
  context: Context,
  target: Target,
  campaign: string | undefined = context.options.campaign,
  settled?: Promise<void>,
): Promise<StageResult> {
  const { projectRoot, reference, reporter, signal, options } = context;
  let began = performance.now();
  const restart = (): void => {
    began = performance.now();
  };
  // What fails before it is waited for fails the report already.
  settled?.then(restart, () => {});
  let progress: ReturnType<typeof reporter.stage> | undefined;
  const snapshot = await refreshWarehouse({
    connection: target.config,
    campaign,
    settled,
    home: warehouseHome(projectRoot),
    ...martInputs(reference, options.roi),
    signal,
    onProgress: (rows, total) => {
      progress ??= reporter.stage("report", campaign ?? "current", total, "devices");
      progress.update([{ batches: 0, rows }]);
    },
    onNote: (line) => reporter.note(line),
  });
  const pulled = (performance.now() - began) / 1000;
  const site = options.noSite ? undefined : await build(context, snapshot);
  const took = (performance.now() - began) / 1000;
  const marts = `${count(snapshot.devices)} devices pulled into marts in ${seconds(pulled)}`;
  return {
    stage: "report",
    campaign: snapshot.campaignName,
    done: snapshot.devices,
    unit: "devices",
    seconds: took,
    text: site ? `${marts}, site ready after ${seconds(took)}: ${site}` : `${marts}: ${snapshot.path}`,
    facts: { snapshot: snapshot.id, warehouse: snapshot.path, site: site ?? null },
  };
}

/** Builds the site from a snapshot. Returns the path of its first page. */
export async function build({ projectRoot, reporter, signal }: Context, snapshot: Snapshot): Promise<string> {
  const { buildSite } = await import("./site/build.ts");
  const { dir } = await buildSite({
    projectRoot,
    warehouse: snapshot.path,
    snapshotId: snapshot.id,
    outDir: path.join(projectRoot, "dist"),
    note: (line) => reporter.note(line),
    signal,
  });
  return path.join(dir, "index.html");
}

/** The snapshot that was made last; of the campaign, if one is named. */
export async function latestSnapshot({ projectRoot, options }: Context): Promise<Snapshot> {
  const home = warehouseHome(projectRoot);
  const files = existsSync(home) ? readdirSync(home).filter((file) => file.endsWith(".duckdb")) : [];
  const byAge = files.map((file) => path.join(home, file)).sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  for (const file of byAge) {
    const snapshot = await readSnapshot(file);
    if (options.campaign === undefined || snapshot.campaignName === options.campaign) return snapshot;
  }
  throw new SentinelError({
    exitCode: EXIT.site,
    cause: options.campaign
      ? `Campaign ${options.campaign} was never pulled.`
      : "Nothing was pulled from a database yet.",
    remedy: "Make the marts first:",
    command: options.campaign ? commandLine("report", { campaign: options.campaign }) : "npm run pipeline",
  });
}

/** Shows the pages live, and the marts as their SQL is edited, from the rows that were pulled last. */
export async function dev(context: Context): Promise<void> {
  const { projectRoot, options, reporter, reference, signal } = context;
  const { path: warehouse } = await latestSnapshot(context);
  const { devSite } = await import("./site/dev.ts");
  await devSite({
    ...{ projectRoot, warehouse, port: options.port, signal },
    note: (line) => reporter.result(line),
    rebuild: (from, target) =>
      rebuildWarehouse({
        ...{ warehouse: from, target, spill: path.dirname(target) },
        ...martInputs(reference),
        roi: reference.roi,
      }),
  });
}
