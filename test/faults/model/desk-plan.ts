import { decided, isWithin, type Outcome, type Place, type Proposal } from "./desk.ts";
import { type Ask, type Campaign, type Model, type Plan, refused, unfinished, withCampaign } from "./model.ts";

/** The places that are in the queue by now. */
export const queueOf = ({ places, pass, recover }: Campaign): readonly Place[] =>
  places.filter(({ bucket }) => pass > 1 || isWithin(bucket, recover));

export const openOf = (campaign: Campaign): readonly Place[] =>
  queueOf(campaign).filter(({ state }) => state === "open");

/** What is asked for, device by device: `--all` looks before it has the right to write, and says what it saw. */
export function proposalsOf({ desk }: Ask, campaign: Campaign): readonly Proposal[] {
  if (desk === undefined || Array.isArray(desk)) return (desk as readonly Proposal[] | undefined) ?? [];
  const asked = desk as Omit<Proposal, "device">;
  return queueOf(campaign)
    .filter(({ state }) => (state === "open") === (asked.verb !== "reopen"))
    .map(({ device, version }) => ({ ...asked, device, version }));
}

/** The same, as one that has looked already. */
export function bound({ campaigns, current }: Model, ask: Ask): Ask {
  const campaign = campaigns.find(({ name }) => name === (ask.options.campaign ?? current));
  return campaign ? { ...ask, desk: proposalsOf(ask, campaign) } : ask;
}

/** What a command about triage must do. */
export function planDesk(model: Model, ask: Ask, campaign: Campaign): Plan {
  const proposals = proposalsOf(ask, campaign);
  if (proposals.length === 0) return { model, exit: 0 };
  if (proposals.length > 1 && ask.options.all && !ask.options.yes) return refused(model, /devices match in campaign/);
  const { committed, whole } = campaign.recover;
  const now: Model = { ...model, openRuns: 0 };
  if (committed > 0 && !whole) return { ...unfinished(now, "recover", campaign), run: "failed" };
  const { places, outcomes } = acted(campaign, proposals);
  return {
    model: withCampaign(now, campaign.name, (found) => ({ ...found, places })),
    exit: outcomes.includes("refused") ? 2 : 0,
    run: "succeeded",
    outcomes,
  };
}

/** The places once proposals were decided on, and what became of each. */
export function acted(
  campaign: Campaign,
  proposals: readonly Proposal[],
): Pick<Campaign, "places"> & { outcomes: Outcome[] } {
  const queue = new Map(queueOf(campaign).map((place) => [place.device, place]));
  const outcomes = proposals.map((proposal) => {
    const { outcome, place } = decided(queue.get(proposal.device), proposal);
    if (place) queue.set(place.device, place);
    return outcome;
  });
  return { places: campaign.places.map((place) => queue.get(place.device) ?? place), outcomes };
}
