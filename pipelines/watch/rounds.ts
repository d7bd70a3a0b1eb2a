import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { printable } from "../cli/format.ts";
import { type Context, runStage, withWorkers, withWriter, workerCount } from "../context.ts";
import { findCampaign } from "../db/campaigns.ts";
import type { Target } from "../db/connect.ts";
import { generate } from "../generate.ts";
import { regular } from "../import/source-file.ts";
import { importedName } from "../import/stage.ts";
import { recover } from "../recover.ts";
import { report } from "../report.ts";
import { isStored } from "../stored-fleet.ts";
import { validate } from "../validate.ts";
import type { Vitals } from "./vitals.ts";

/** What a round works with. */
export interface Round {
  readonly context: Context;
  readonly target: Target;
  /** The watcher's own session, to ask. */
  readonly client: pg.Client;
  readonly vitals: Vitals;
}

/** Stores a file as `generate --from` does, unless it is known. Returns whether it was news. */
export async function storeFile(round: Round, file: string): Promise<boolean> {
  const { context, target, client } = round;
  const { metrics } = round.vitals;
  if (await isKnown(client, file, context.signal)) {
    metrics.add("files", 1, "known");
    return false;
  }
  const asked = { ...context, options: { ...context.options, from: file } };
  const { result } = await withWorkers(0, (pool) =>
    withWriter(asked, target, pool, (writer) => runStage(writer, "generate", generate)),
  );
  metrics.add("files", 1, result.done > 0 ? "stored" : "known");
  metrics.add("stored", result.done);
  metrics.add("seconds", result.seconds, "generate");
  return result.done > 0;
}

/** Whether the file's campaign is stored whole. One that is read by a map is known only once it was read: its name hangs on the map, too. */
async function isKnown(client: pg.Client, file: string, signal: AbortSignal): Promise<boolean> {
  regular(file, "--from");
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash, { signal });
  const sha256 = hash.digest("hex");
  const found = await findCampaign(client, importedName({ name: printable(path.basename(file)), sha256 }));
  return found !== undefined && found.source_sha256 === sha256 && (await isStored({ client }, found));
}

/** Decides what is undecided of a campaign, and validates it. A broken promise is thrown once that is entered. */
export async function settleCampaign({ context, target, vitals: { metrics } }: Round, name: string): Promise<true> {
  const named = { ...context, options: { ...context.options, campaign: name } };
  const { recovered, validated } = await withWorkers(workerCount(context), (pool) =>
    withWriter(named, target, pool, async (writer) => {
      const recovered = await runStage(writer, "recover", (run) => recover(run));
      await pool.close();
      const validated = await runStage(writer, "validate", (run) => validate(run));
      return { recovered: recovered.result, validated };
    }),
  );
  const { result, breach } = validated;
  metrics.add("decided", recovered.done);
  metrics.add("seconds", recovered.seconds, "recover");
  metrics.add("seconds", result.seconds, "validate");
  metrics.add("validations", 1, breach ? "broken" : "held");
  if (breach) throw breach;
  return true;
}

/** Shows the current campaign as it is now. */
export async function makeReport({ context, target, vitals: { metrics } }: Round): Promise<void> {
  const result = await report(context, target);
  context.reporter.ended(result);
  metrics.add("reports");
  metrics.add("seconds", result.seconds, "report");
}
