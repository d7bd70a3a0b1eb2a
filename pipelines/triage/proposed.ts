import type pg from "pg";
import { printable } from "../cli/format.ts";
import type { Context } from "../context.ts";
import type { Campaign } from "../db/campaigns.ts";
import { Judge } from "../domain/judge.ts";
import { type Proposed, proposedFor } from "../domain/propose.ts";
import { amendmentOf } from "../domain/triage.ts";
import type { ListedPlace } from "./filter.ts";
import { placesOf } from "./places.ts";

/** A listed place, with what the rules propose for it. */
export interface ProposedPlace extends ListedPlace {
  readonly proposed: readonly Proposed[];
}

/** Places that are looked up together. */
const TOGETHER = 5_000;

/** Finds what the campaign's rules propose for open places. Where no rule proposes anything, the database is not asked. */
export async function withProposed(
  { reference }: Pick<Context, "reference">,
  client: pg.ClientBase,
  { campaign_id: id, rules: name, reported_columns }: Campaign,
  places: readonly ListedPlace[],
): Promise<ProposedPlace[]> {
  const rules = reference.rules(name);
  const found = new Map<string, readonly Proposed[]>();
  const open = rules.rules.some(({ repair }) => repair) ? places.filter(({ state }) => state === "open") : [];
  const judge = new Judge(rules, undefined, reported_columns);
  for (let at = 0; at < open.length; at += TOGETHER) {
    const devices = open.slice(at, at + TOGETHER).map(({ device_id }) => device_id);
    for (const [device, { reported, amendments }] of await placesOf(client, id, devices))
      found.set(device, proposedFor(judge, reported, amendmentOf(amendments)));
  }
  return places.map((place) => ({ ...place, proposed: found.get(place.device_id) ?? [] }));
}

/** Changes as a person reads them, for example "battery_voltage 12650 -> 12.65". What a device sent is kept from the terminal. */
export function differences(changes: readonly Pick<Proposed, "field" | "from" | "to">[]): string {
  return changes
    .map(({ field, from, to }) => `${field} ${from === null ? "(none)" : printable(from)} -> ${printable(to)}`)
    .join(", ");
}
