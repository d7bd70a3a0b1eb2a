import { userInfo } from "node:os";
import { commandLine } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count, printable } from "../cli/format.ts";
import { type Context, runStage, type StageEnd, withWorkers, withWriter } from "../context.ts";
import type { Campaign } from "../db/campaigns.ts";
import type { Target } from "../db/connect.ts";
import type { TriageVerb } from "../domain/vocabulary.ts";
import { type Asked, decide, type Told } from "./decide.ts";

/** Where anything was refused, what to throw once the rest is stored. */
export interface TriageEnd extends StageEnd {
  readonly told: readonly Told[];
}

/** Who decides: as they name themselves, else the user of this machine. */
export function personOf({ options }: Pick<Context, "options">): string {
  if (options.by !== undefined) return options.by;
  try {
    return userInfo().username;
  } catch {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: "This machine does not say who you are.",
      remedy: "Name yourself with --by NAME, or in SENTINEL_BY.",
    });
  }
}

/** Decides as one run of stage triage, under the right to write. */
export function write(
  context: Context,
  target: Target,
  campaign: Campaign,
  asked: readonly Asked[],
): Promise<TriageEnd> {
  return withWorkers(0, (pool) =>
    withWriter(context, target, pool, (writer) =>
      runStage(writer, "triage", async (run) => {
        const { told, seconds } = await decide(run, campaign, asked, personOf(context));
        return { campaign, told, result: resultOf(campaign, told, seconds) };
      }),
    ),
  );
}

function resultOf(campaign: Campaign, told: readonly Told[], seconds: number): StageEnd["result"] {
  const devices = countsOf(told);
  return {
    stage: "triage",
    campaign: campaign.name,
    done: devices.decided,
    unit: "devices",
    seconds,
    text: `${wordsOf(told)} in campaign ${campaign.name}`,
    facts: devices,
  };
}

function countsOf(told: readonly Told[]): Readonly<Record<"decided" | "already" | "refused", number>> {
  const of = (kind: Told["outcome"]["kind"]) => told.filter(({ outcome }) => outcome.kind === kind).length;
  return { decided: of("decided"), already: of("already"), refused: of("refused") };
}

const DONE: Readonly<Record<TriageVerb, string>> = {
  fix: "fixed and released",
  accept: "accepted and released",
  release: "released",
  reject: "rejected",
  reopen: "opened again",
};

/** What became of all, as a person reads it: "3 released, 1 rejected; 2 were so already, 1 refused". */
export function wordsOf(told: readonly Told[]): string {
  const { already, refused } = countsOf(told);
  const done = (Object.keys(DONE) as TriageVerb[]).flatMap((verb) => {
    const devices = told.filter(({ asked, outcome }) => asked.verb === verb && outcome.kind === "decided").length;
    return devices > 0 ? [`${count(devices)} ${DONE[verb]}`] : [];
  });
  const beside = [
    ...(already > 0 ? [`${count(already)} as asked for already`] : []),
    ...(refused > 0 ? [`${count(refused)} refused`] : []),
  ];
  return [...(done.length > 0 ? done : ["nothing decided"]), ...beside].join(", ");
}

const REFUSALS_SHOWN = 20;

/** Tells what became of each device; refusals in words, as far as one reads them. */
export function tell({ reporter }: Pick<Context, "reporter">, told: readonly Told[]): void {
  for (const { asked, outcome, changes } of told) {
    const reason = outcome.kind === "refused" ? outcome.reason : null;
    reporter.event({
      event: "triage_decision",
      device_id: asked.deviceId,
      verb: asked.verb,
      outcome: outcome.kind,
      reason,
      changes,
    });
  }
  const refused = refusals(told);
  for (const { deviceId, reason } of refused.slice(0, REFUSALS_SHOWN))
    reporter.result(`${printable(deviceId)}: ${printable(reason)}`);
  if (refused.length > REFUSALS_SHOWN)
    reporter.result(`and ${count(refused.length - REFUSALS_SHOWN)} more; all of them with --json`);
}

function refusals(told: readonly Told[]): { deviceId: string; reason: string }[] {
  return told.flatMap(({ asked: { deviceId }, outcome }) =>
    outcome.kind === "refused" ? [{ deviceId, reason: outcome.reason }] : [],
  );
}

/** What to throw where devices were refused; the others are stored then. */
export function breachOf({ options }: Context, campaign: Campaign, told: readonly Told[]): SentinelError | undefined {
  const refused = refusals(told);
  const [only] = refused;
  if (!only) return undefined;
  const { databaseUrl } = options;
  return new SentinelError({
    exitCode: EXIT.usage,
    cause:
      told.length === 1
        ? `Device ${JSON.stringify(only.deviceId)} of campaign ${campaign.name}: ${only.reason}.`
        : `${count(refused.length)} of ${count(told.length)} devices ${refused.length === 1 ? "was" : "were"} refused.`,
    remedy:
      told.length === 1 ? "Nothing was changed. Look at the queue:" : "The others are decided. Look at the queue:",
    command: commandLine("triage", { campaign: campaign.name, ...(databaseUrl === undefined ? {} : { databaseUrl }) }, [
      "list",
    ]),
  });
}
