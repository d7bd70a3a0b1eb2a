import type pg from "pg";
import { SCAN_BATCH } from "./batches.ts";
import { count, percent, printable, table } from "./cli/format.ts";
import type { Context } from "./context.ts";
import { askedOf, chaosOn } from "./corrupt.ts";
import { campaignFor } from "./db/campaigns.ts";
import { isComplete, lastPass } from "./db/ledger.ts";
import { FAULT_KIND_SPECS } from "./domain/fault-kinds.ts";
import type { FaultProfile } from "./domain/fault-profile.ts";
import type { Fault } from "./domain/faults.ts";
import { shardAt, shardCount } from "./domain/shards.ts";
import { FAULT_KINDS, type FaultKind } from "./domain/vocabulary.ts";
import { victims } from "./workers/victims.ts";

const EXAMPLES = 5;

/** What chaos would do to a campaign, device by device as it would do it, and counted. */
export async function previewChaos(context: Context, client: pg.ClientBase): Promise<string> {
  const campaign = await campaignFor(client, context.options.campaign);
  const last = await lastPass(client, campaign.campaign_id, "corrupt");
  if (context.options.undo) return `It would take ${count(last?.rows ?? 0)} faults back in campaign ${campaign.name}.`;
  if (last && isComplete(last)) return `Campaign ${campaign.name} has its ${count(last.rows)} faults.`;
  const asked = askedOf(context, campaign);
  const { struckAmong } = victims(await chaosOn(client, campaign, asked), campaign.campaign_id);
  const tally = new Tally();
  const shards = shardCount(campaign.device_count, context.options.batchSize ?? SCAN_BATCH);
  for (let shard = 0; shard < shards && asked.rate > 0; shard++)
    for (const { deviceId, faults } of await struckAmong(client, shardAt(shard, shards).buckets, { everyReport: true }))
      tally.add(deviceId, faults);
  for (const row of tally.rows()) context.reporter.event({ event: "dry_run_faults", ...row });
  const share = campaign.device_count > 0 ? tally.devices / campaign.device_count : 0;
  return [
    ...(tally.devices > 0 ? [tally.print(), ""] : []),
    ...termsOf(asked.profile, share),
    `It would corrupt ${count(tally.devices)} devices, ${percent(share, 2)} of campaign ${campaign.name}, by profile ${asked.profile.name} and seed ${asked.seed}.`,
  ].join("\n");
}

interface Row {
  readonly kind: FaultKind;
  readonly field: string;
  readonly faults: number;
}

class Tally {
  devices = 0;
  readonly #faults = new Map<string, number>();
  readonly #examples: string[][] = [];

  add(deviceId: string, faults: readonly Fault[]): void {
    this.devices += 1;
    for (const { kind, field, after } of faults) {
      const key = `${kind} ${field}`;
      const before = this.#faults.get(key) ?? 0;
      this.#faults.set(key, before + 1);
      if (before === 0 && this.#examples.length < EXAMPLES)
        this.#examples.push([
          printable(deviceId),
          kind,
          field,
          after === null ? "nothing" : shortened(printable(after)),
        ]);
    }
  }

  rows(): Row[] {
    const order = (kind: FaultKind): number => FAULT_KINDS.indexOf(kind);
    return [...this.#faults]
      .map(([key, faults]): Row => {
        const [kind = "", field = ""] = key.split(" ");
        return { kind: kind as FaultKind, field, faults };
      })
      .sort((a, b) => order(a.kind) - order(b.kind) || a.field.localeCompare(b.field));
  }

  print(): string {
    const rows = this.rows().map(({ kind, field, faults }) => [
      ...[kind, FAULT_KIND_SPECS[kind].layer, field, count(faults), FAULT_KIND_SPECS[kind].what],
    ]);
    return [
      table(["fault kind", "layer", "field", "faults", "what is wrong then"], rows),
      "",
      table(["for example", "fault kind", "field", "would say"], this.#examples),
    ].join("\n");
  }
}

const LONGEST = 40;
const shortened = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${count(text.length)})` : text;

/** The profile's own words on how far it may go. */
function termsOf({ blast_radius: radius, stop, rollback, hypothesis = {} }: FaultProfile, share: number): string[] {
  const lines: string[] = [];
  const within = [
    ...(radius?.region ? [`region ${radius.region.join(" or ")}`] : []),
    ...(radius?.model ? [`model ${radius.model.join(" or ")}`] : []),
    ...(radius?.share === undefined ? [] : [`${percent(radius.share)} of the devices`]),
  ];
  if (within.length > 0) lines.push(`Blast radius: ${printable(within.join(", "))}.`);
  const believed = Object.entries(hypothesis).map(
    ([name, value]) => `${name.replaceAll("_", " ")} ${percent(value, 2)}`,
  );
  if (believed.length > 0) lines.push(`Hypothesis, which validate holds the outcome to: ${believed.join(", ")}.`);
  if (stop) {
    const now = share > stop.struck_share ? ": this would go further" : "";
    const then = rollback === "undo" ? "taken back" : "left to be looked at";
    lines.push(`It stops above ${percent(stop.struck_share)} of the fleet${now}; the faults are ${then} then.`);
  }
  return lines;
}
