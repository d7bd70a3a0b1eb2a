import { count } from "../cli/format.ts";
import type { Context } from "../context.ts";
import { type Campaign, campaignFor } from "../db/campaigns.ts";
import { type Target, withClient } from "../db/connect.ts";
import { refuseOtherSchema } from "../db/migrate.ts";
import { expectation } from "../domain/expectation.ts";
import type { RuleSet } from "../domain/rules.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { COLUMNS, type Row, writeCsv } from "./csv.ts";
import { writeText } from "./file.ts";
import { listPlaces } from "./filter.ts";
import { type ProposedPlace, withProposed } from "./proposed.ts";

/** Writes the queue as CSV: a row a finding, with empty columns for what a person decides. */
export async function exportQueue(context: Context, target: Target, file: string): Promise<void> {
  const { reporter, options } = context;
  const { campaign, places } = await withClient(target, async (client) => {
    await refuseOtherSchema(client);
    const found = await campaignFor(client, options.campaign);
    const listed = await listPlaces(client, found.campaign_id, options);
    return { campaign: found, places: await withProposed(context, client, found, listed) };
  });
  const rules = context.reference.rules(campaign.rules);
  const rows = places.flatMap((place) => rowsOf(rules, place));
  const written = writeText(file, writeCsv(rows, COLUMNS), options.replace ?? false);
  const facts = { campaign: campaign.name, devices: places.length, rows: rows.length };
  reporter.event({ event: "triage_exported", ...facts });
  reporter.result(`${written}: ${whatIsThere(facts, campaign)}`);
}

function whatIsThere({ devices, rows }: { devices: number; rows: number }, campaign: Campaign): string {
  const found = `${count(rows)} ${rows === 1 ? "finding" : "findings"}`;
  return `${found} on ${count(devices)} ${devices === 1 ? "device" : "devices"} of campaign ${campaign.name}`;
}

function rowsOf(rules: RuleSet, place: ProposedPlace): Row[] {
  const { device_id: device, region, model, version, proposed } = place;
  const expected = (name: string): string => {
    const field = REPORT_COLUMNS.find((known) => known === name);
    return field ? expectation(rules, field) : "what the server takes";
  };
  return place.findings.map(({ rule, field, raw }) => ({
    ...{ device, region, model, rule, field, raw_value: raw, expected: expected(field), version: String(version) },
    proposed: proposed.find((one) => one.field === field)?.to ?? null,
    ...{ decision: null, new_value: null, why: null },
  }));
}
