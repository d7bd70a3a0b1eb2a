import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count, printable, table } from "../cli/format.ts";
import type { Context } from "../context.ts";
import type { Campaign } from "../db/campaigns.ts";
import { sql } from "../db/sql.ts";
import { bucketOf } from "../domain/bucket.ts";
import { expectation } from "../domain/expectation.ts";
import type { Proposed } from "../domain/propose.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { type ListedPlace, listPlaces, placesAndTotal } from "./filter.ts";
import { differences, type ProposedPlace, withProposed } from "./proposed.ts";

const SHOWN = 50;

/** The queue, by rule and device. */
export async function list(context: Context, client: pg.Client, campaign: Campaign): Promise<void> {
  const { reporter, options } = context;
  const limit = options.json ? {} : { limit: SHOWN };
  const { places: listed, total } = await placesAndTotal(client, campaign.campaign_id, { ...limit, ...options });
  const places = await withProposed(context, client, campaign, listed);
  for (const { bucket: _, ...place } of places) reporter.event({ event: "triage", ...place });
  if (places.length === 0) return reporter.result(nothing(campaign));
  reporter.result(tableOf(places, options.state !== undefined));
  if (total > places.length)
    reporter.result(`${count(places.length)} of ${count(total)}; all of them: npm run triage -- list --json`);
}

/** What rules propose has a column where they propose anything. */
function tableOf(places: readonly ProposedPlace[], withState: boolean): string {
  const isProposed = places.some(({ proposed }) => proposed.length > 0);
  const cells = places.map(({ device_id, region, state, rule, field, raw, proposed }) => [
    ...[printable(device_id), printable(region ?? ""), ...(withState ? [state] : []), rule, field, shown(raw)],
    ...(isProposed ? [differences(proposed)] : []),
  ]);
  const head = ["device", "region", ...(withState ? ["state"] : []), "rule", "field", "as received"];
  return table([...head, ...(isProposed ? ["proposed"] : [])], cells);
}

/** How many wait, by rule; and what has become of the others. */
export async function stats({ reporter }: Context, client: pg.Client, campaign: Campaign): Promise<void> {
  const id = [campaign.campaign_id];
  const { rows: rules } = await client.query<{ rule: string; field: string; devices: number }>(
    sql("triage.by_rule"),
    id,
  );
  const { rows: states } = await client.query<{ state: string; update_status: string; devices: number }>(
    sql("triage.by_state"),
    id,
  );
  for (const row of rules) reporter.event({ event: "triage_rule", ...row });
  for (const row of states) reporter.event({ event: "triage_state", ...row });
  const byRule = rules.map(({ rule, field, devices }) => [rule, field, count(devices)]);
  reporter.result(rules.length === 0 ? nothing(campaign) : table(["rule", "field", "devices"], byRule));
  const byState = states.map(({ state, update_status, devices }) => [state, update_status, count(devices)]);
  if (states.some(({ state }) => state !== "open"))
    reporter.result(`\n${table(["state", "device is", "devices"], byState)}`);
}

/** All that there is to know of a device in the queue, with what is proposed for it and what was decided on it. Returns what is proposed. */
export async function show(
  context: Context,
  client: pg.Client,
  campaign: Campaign,
  id: string,
): Promise<readonly Proposed[]> {
  const { reporter, reference } = context;
  const key = [campaign.campaign_id, bucketOf(id), id];
  const { rows } = await client.query<DeviceRow>(sql("triage.device"), key);
  const row = rows[0] ?? notThere(id, campaign);
  const [{ proposed } = { proposed: [] }] = await withProposed(context, client, campaign, [row]);
  const { rows: entries } = await client.query<AuditEntry>(sql("triage.audit"), key);
  const field = REPORT_COLUMNS.find((known) => known === row.field);
  const expected = field ? expectation(reference.rules(campaign.rules), field) : "what the server takes";
  reporter.event({ event: "triage", ...row, expected, proposed, decisions: entries });
  const difference = proposed.length > 0 ? { proposed: differences(proposed) } : {};
  const facts = Object.entries({ ...row, expected, ...difference }).map(([name, value]) => [name, shown(value)]);
  reporter.result(table(["column", "value"], facts));
  if (entries.length > 0) reporter.result(`\n${auditTable(entries)}`);
  return proposed;
}

function notThere(id: string, campaign: Campaign): never {
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: `Device ${JSON.stringify(id)} is not in the triage queue of campaign ${campaign.name}.`,
    remedy: "See which are:",
    command: "npm run triage -- list",
  });
}

/** A place in the queue with the report beside. */
type DeviceRow = Readonly<Record<string, unknown>> & ListedPlace;

interface AuditEntry {
  readonly version: number;
  readonly verb: string;
  readonly decided_by: string;
  readonly decided_at: Date;
  readonly why: string | null;
  readonly before: unknown;
  readonly after: { readonly state: string; readonly amendments: unknown; readonly action?: string };
}

function auditTable(entries: readonly AuditEntry[]): string {
  const cells = entries.map(({ version, verb, decided_by, decided_at, why, after }) => [
    ...[
      String(version),
      verb,
      printable(decided_by),
      decided_at.toISOString(),
      shown(after.action ?? after.amendments),
    ],
    printable(why ?? ""),
  ]);
  return table(["version", "decision", "by", "at", "what", "why"], cells);
}

/** The first place that waits, and what can be done with it. */
export async function next(context: Context, client: pg.Client, campaign: Campaign): Promise<void> {
  const { reporter, options } = context;
  const [place] = await listPlaces(client, campaign.campaign_id, { ...options, limit: 1 });
  if (!place) return reporter.result(nothing(campaign));
  const proposed = await show(context, client, campaign, place.device_id);
  reporter.result(`\n${whatNext(place, proposed.length > 0)}`);
}

function whatNext({ device_id, field, version }: ListedPlace, isProposed: boolean): string {
  const of = (verb: string, more = "") =>
    `  npm run triage -- ${verb} '${printable(device_id).replaceAll("'", "'\\''")}'${more} --version ${version} --why "..."`;
  const known = REPORT_COLUMNS.some((name) => name === field);
  return [
    ...(isProposed ? [of("fix", " --proposed")] : []),
    ...(known ? [of("fix", ` ${field}=...`), of("accept")] : []),
    of("reject"),
    of("release"),
  ].join("\n");
}

function nothing(campaign: Campaign): string {
  return `Nothing waits for a person in campaign ${campaign.name}.`;
}

/** A value that a hostile device may have sent: control characters must not reach the terminal. */
function shown(value: unknown): string {
  if (value === null || value === undefined) return "(none)";
  const text =
    value instanceof Date ? value.toISOString() : typeof value === "object" ? JSON.stringify(value) : String(value);
  return printable(text).slice(0, 80);
}
