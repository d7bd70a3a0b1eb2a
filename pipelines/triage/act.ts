import { commandLine } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count, printable } from "../cli/format.ts";
import type { Context } from "../context.ts";
import { type Campaign, campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { refuseOtherSchema } from "../db/migrate.ts";
import { REPORT_COLUMNS, type ReportColumn, type TriageState, type TriageVerb } from "../domain/vocabulary.ts";
import { type Asked, preview, type Told } from "./decide.ts";
import { listPlaces } from "./filter.ts";
import { differences } from "./proposed.ts";
import { breachOf, tell, wordsOf, write } from "./write.ts";

const CLOSED: readonly TriageState[] = ["released", "rejected"];

/** Decides on the devices that were named, or on all that the filters leave. */
export async function act(context: Context, target: Target, verb: TriageVerb, words: readonly string[]): Promise<void> {
  const { values: given, devices } = verb === "fix" ? corrections(words) : { values: new Map(), devices: words };
  const values = verb === "fix" && context.options.proposed ? "proposed" : given;
  refuseVague(context, verb, devices, given);
  const { campaign, asked } = await withClient(target, async (client) => {
    await refuseOtherSchema(client);
    const found = await campaignFor(client, context.options.campaign);
    const chosen = context.options.all ? await matching(context, client, found, verb) : named(context, devices);
    return { campaign: found, asked: chosen.map((one) => proposal(context, verb, values, one)) };
  });
  if (context.options.dryRun) return tellPreview(context, target, campaign, asked);
  if (asked.length === 0) return context.reporter.result(`No device of campaign ${campaign.name} matches.`);
  const { told } = await write(context, target, campaign, asked);
  tell(context, told);
  const breach = breachOf(context, campaign, told);
  if (breach) throw breach;
}

type Chosen = Pick<Asked, "deviceId" | "version">;

function named({ options }: Context, devices: readonly string[]): Chosen[] {
  return [...new Set(devices)].map((deviceId) => ({ deviceId, version: options.version }));
}

/** What the filters leave, in the version in which it was counted. */
async function matching(
  context: Context,
  client: Parameters<typeof listPlaces>[0],
  campaign: Campaign,
  verb: TriageVerb,
): Promise<Chosen[]> {
  const { options, reporter, words } = context;
  const places = await listPlaces(client, campaign.campaign_id, options, verb === "reopen" ? CLOSED : ["open"]);
  const devices = `${count(places.length)} ${places.length === 1 ? "device matches" : "devices match"}`;
  reporter.note(`triage: ${devices} in campaign ${campaign.name}`);
  if (places.length > 1 && !options.yes && !options.dryRun) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: `${devices} in campaign ${campaign.name}; nothing was changed.`,
      remedy: "Look at what would become of them with --dry-run, or go ahead:",
      command: commandLine("triage", { ...options, yes: true }, words),
    });
  }
  return places.map(({ device_id: deviceId, version }) => ({ deviceId, version }));
}

function proposal({ options }: Context, verb: TriageVerb, values: Asked["values"], chosen: Chosen): Asked {
  const accepted: Asked["accepted"] = verb === "accept" ? "all" : new Set();
  return { ...chosen, verb, values, accepted, action: options.action ?? "FORCE_ROLLBACK", why: options.why ?? null };
}

const VALUE = /^([a-z_]+)=(.*)$/s;

/** The words of `fix`: what has the form FIELD=VALUE is a value, everything else a device. */
function corrections(words: readonly string[]): { values: Map<ReportColumn, string>; devices: string[] } {
  const values = new Map<ReportColumn, string>();
  const devices: string[] = [];
  for (const word of words) {
    const [, name, value = ""] = VALUE.exec(word) ?? [];
    const field = REPORT_COLUMNS.find((known) => known === name);
    if (name === undefined) devices.push(word);
    else if (field) values.set(field, value);
    else throw usage(`There is no field "${name}".`, `Use ${REPORT_COLUMNS.join(", ")}.`);
  }
  return { values, devices };
}

function refuseVague(
  { options }: Context,
  verb: TriageVerb,
  devices: readonly string[],
  values: ReadonlyMap<string, string>,
): void {
  if (options.all && devices.length > 0) throw usage("--all and devices by name say two things.", "Use one of them.");
  if (!options.all && devices.length === 0)
    throw usage(`${verb} needs a device.`, "Name devices, or choose them with filters and --all.");
  if (!options.all && FILTERS.some((name) => options[name] !== undefined))
    throw usage("Filters mean nothing where devices are named.", "Leave them out, or use --all without names.");
  if (options.proposed && values.size > 0) throw usage("--proposed and a value say two things.", "Use one of them.");
  if (verb === "fix" && values.size === 0 && !options.proposed)
    throw usage("fix needs a value.", "Write FIELD=VALUE behind the device, or --proposed for what the rule proposes.");
  if (verb !== "reopen" && options.why === undefined)
    throw usage(`${verb} needs a reason, which the audit keeps.`, "Say it with --why TEXT.");
  if (options.all && options.version !== undefined)
    throw usage(
      "--version is of one device.",
      "With --all each device is decided on in the version in which it was counted.",
    );
}

const FILTERS = ["rule", "field", "region", "model", "state"] as const;

function usage(cause: string, remedy: string): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy, command: "npm run triage -- --help" });
}

const CHANGES_SHOWN = 20;

/** What would stand instead of what was reported, as far as one reads it. */
function changeLines(told: readonly Told[]): string[] {
  const changed = told.filter(({ changes }) => changes.length > 0);
  const shown = changed
    .slice(0, CHANGES_SHOWN)
    .map(({ asked, changes }) => `${printable(asked.deviceId)}: ${differences(changes)}`);
  const more = changed.length - shown.length;
  return more > 0 ? [...shown, `and ${count(more)} more; all of them with --json`] : shown;
}

async function tellPreview(
  context: Context,
  target: Target,
  campaign: Campaign,
  asked: readonly Asked[],
): Promise<void> {
  const told = await withClient(target, (client) => preview(context, client, campaign, asked));
  tell(context, told);
  for (const line of changeLines(told)) context.reporter.result(line);
  const text = `It would be: ${wordsOf(told)} in campaign ${campaign.name}.`;
  context.reporter.event({ event: "dry_run", stage: "triage", text });
  context.reporter.result(`${text}\nNothing was changed.`);
}
