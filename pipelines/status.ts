import { commandLine } from "./cli/again.ts";
import { count, seconds, table } from "./cli/format.ts";
import { type Context, withDatabase } from "./context.ts";
import { campaignFor, DEFAULT_RULES } from "./db/campaigns.ts";
import { externalTarget, type Target, withClient } from "./db/connect.ts";
import { embeddedStatus } from "./db/embedded/server.ts";
import { explain } from "./db/explain.ts";
import { type Holder, writerNow } from "./db/lease.ts";
import { isMigrated, refuseOtherSchema } from "./db/migrate.ts";
import { sql } from "./db/sql.ts";
import { nextSteps } from "./next-steps.ts";
import { type StageStanding, type Standing, standings, type Verdict } from "./standing.ts";

/** What is there and what is left to do. Only reads: on a read-only server too, and while another command writes. */
export async function status(context: Context): Promise<void> {
  const { options, env, projectRoot } = context;
  const { databaseUrl } = options;
  if (!externalTarget({ databaseUrl, env }) && !(await embeddedStatus({ projectRoot })).dataFolder)
    return nothing(context, "There is no database yet: the embedded server has never been started.");
  await withDatabase(context, (target) => look(context, target));
}

async function look(context: Context, target: Target): Promise<void> {
  await withClient(target, async (client) => {
    try {
      await client.query(sql("status.begin"));
      await refuseOtherSchema(client);
      if (!(await isMigrated(client))) return nothing(context, `Sentinel OTA has never been in ${target.label}.`);
      const found = await standings(client, context.options.campaign);
      // Says which names there are.
      if (found.length === 0 && context.options.campaign) await campaignFor(client, context.options.campaign);
      if (found.length === 0) return nothing(context, `${target.label} holds no campaign yet.`);
      const writer = await writerNow(client);
      await client.query("COMMIT");
      print(context, target, found, writer);
    } catch (error) {
      throw explain(error, target);
    }
  });
}

function nothing({ reporter, options: { databaseUrl } }: Context, what: string): void {
  const next = [commandLine("pipeline", databaseUrl === undefined ? {} : { databaseUrl })];
  reporter.event({ event: "no_campaign", text: what, next });
  reporter.result(`${what}\n\nMake a fleet and take it all the way:\n  ${next[0]}`);
}

function print(
  { reporter, options }: Context,
  target: Target,
  found: readonly Standing[],
  writer: Holder | undefined,
): void {
  reporter.event({ event: "writer", holder: writer?.holder ?? null, seconds: writer?.seconds ?? null });
  reporter.result(`${target.label} (${target.source})`);
  const now = writer && `${writer.holder} is writing, for ${seconds(writer.seconds)} now`;
  if (now) reporter.result(`${now}: what it has begun it also ends.`);
  for (const standing of found) {
    const next = nextSteps(standing, options);
    reporter.event(eventOf(standing, next));
    reporter.result(`\n${describe(standing)}`);
    const heading =
      next.length === 0 ? "Nothing is left to do." : `Left to do${now ? ", if no command does it just now" : ""}:`;
    reporter.result([heading, ...next.map((line) => `  ${line}`)].join("\n"));
    if (standing.openTriage > 0) reporter.result(triageLine(standing, options.databaseUrl));
  }
}

function triageLine({ openTriage, name }: Standing, databaseUrl: string | undefined): string {
  const where = databaseUrl === undefined ? {} : { databaseUrl };
  const devices = `${count(openTriage)} ${openTriage === 1 ? "device waits" : "devices wait"}`;
  return `${devices} for a person:\n  ${commandLine("triage", { campaign: name, ...where })}`;
}

function describe(standing: Standing): string {
  const { name, is_current, source, source_file, device_count, rules, stages, undecided, verdict } = standing;
  const origin = source === "imported" ? `imported from ${source_file}` : "generated";
  const head = `Campaign ${name}${is_current ? ", the current one" : ""}: ${count(device_count)} devices, ${origin}${rules === DEFAULT_RULES ? "" : `, rules ${rules}`}`;
  const rows = stages.map((stage) => [stage.stage, stateOf(stage, undecided), ...batchesOf(stage)]);
  return `${head}\n${table(["stage", "state", "batches", "rows"], [...rows, ["validate", verdictOf(verdict), "", ""]])}`;
}

function stateOf({ stage, state, pass }: StageStanding, undecided: number | null): string {
  if (state === "stopped part-way")
    return `stopped part-way at ${count(pass?.committed ?? 0)} of ${count(pass?.batches ?? 0)}`;
  if (state === "devices undecided") return undecidedText(undecided ?? 0);
  return stage === "recover" && state === "not begun" && undecided !== null
    ? `not begun, ${undecidedText(undecided)}`
    : state;
}

function undecidedText(devices: number): string {
  return `${count(devices)} Partial ${devices === 1 ? "device" : "devices"} undecided`;
}

function batchesOf({ pass }: StageStanding): string[] {
  return pass ? [`${count(pass.committed)} of ${count(pass.batches)}`, count(pass.rows)] : ["", ""];
}

function verdictOf(verdict: Verdict | undefined): string {
  if (!verdict) return "not begun";
  const { promises, broken, is_outdated } = verdict;
  const kept = `${promises - broken.length} of ${promises} promises ${is_outdated ? "held" : "hold"}`;
  const said = broken.length === 0 ? kept : `${kept}, broken: ${broken.join(", ")}`;
  return is_outdated ? `${said}; changed since` : said;
}

function eventOf({ stages, verdict, ...standing }: Standing, next: readonly string[]): Record<string, unknown> {
  return {
    event: "campaign",
    name: standing.name,
    current: standing.is_current,
    source: standing.source,
    devices: standing.device_count,
    rules: standing.rules,
    stages: stages.map(({ stage, state, pass }) => ({
      stage,
      state,
      pass: pass?.pass ?? null,
      batches: pass?.batches ?? null,
      committed: pass?.committed ?? 0,
      rows: pass?.rows ?? 0,
    })),
    undecided: standing.undecided,
    triage_open: standing.openTriage,
    validation: verdict ?? null,
    next,
  };
}
