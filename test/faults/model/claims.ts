import { rowsStored } from "./compare.ts";
import { openOf } from "./desk-plan.ts";
import { type Ask, type Campaign, finished, type Model, type Plan, STAGES } from "./model.ts";
import type { Event } from "./output.ts";
import type { Ground } from "./turn.ts";

/** What a command said of what it did that is not so. */
export async function falseClaims(
  ask: Ask,
  events: readonly Event[],
  plan: Plan,
  before: Model,
  ground: Ground,
): Promise<string[]> {
  const { command } = ask;
  const campaignIn = (model: Model): Campaign | undefined => model.campaigns.find(({ name }) => name === plan.campaign);
  const ended = events.find(({ event }) => event === "stage_ended");
  const now = campaignIn(finished(plan));
  if (command === "triage" && plan.exit !== 5) return falseWord(ask, events, plan, now);
  if (!ended || !now) return [];
  if (command === "validate") return otherDigest(now, ended.digest, ground);
  const stage = STAGES.find((known) => known === command);
  if (!stage) return [];
  const old = ask.options.replace ? undefined : campaignIn(before);
  const rows = async (campaign: Campaign | undefined): Promise<number> =>
    campaign ? rowsStored(campaign, stage, ground.facts) : 0;
  const did = Math.abs((await rows(now)) - (await rows(old)));
  return ended.done === did ? [] : [`it says that it did ${ended.done}, and there were ${did} to do`];
}

/** Of triage: what it lists, or what became of each device. */
function falseWord(ask: Ask, events: readonly Event[], { outcomes = [] }: Plan, now: Campaign | undefined): string[] {
  const told = events.filter(({ event }) => event === "triage_decision").map(({ outcome }) => outcome);
  if (String(told) !== String(outcomes)) return [`it says that it ${told}, not ${outcomes}`];
  const listed = events.filter(({ event }) => event === "triage").length;
  const held = ask.words === undefined && now ? openOf(now).length : 0;
  return listed === held ? [] : [`it lists ${listed} devices of ${held}`];
}

/** The same fleet under the same chaos has the same digest, whatever way led there. */
async function otherDigest(campaign: Campaign, digest: unknown, { facts, digests }: Ground): Promise<string[]> {
  const { fleet, chaos, generate, corrupt, recover, places } = campaign;
  if (places.some(({ entries }) => entries.length > 0)) return [];
  const isParted = [corrupt, recover].some(({ whole, committed }) => !whole && committed > 0);
  if (!generate.whole || isParted) return [];
  const struck = corrupt.whole ? chaos : undefined;
  const key = JSON.stringify([fleet.name, struck, recover.whole]);
  const first = recover.whole ? (await facts(fleet, struck)).digest : (digests.get(key) ?? digest);
  digests.set(key, first);
  return first === digest ? [] : [`its digest is ${digest}, and was ${first}`];
}
