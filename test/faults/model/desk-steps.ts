import fc from "fast-check";
import type { PolicyAction } from "../../../pipelines/domain/vocabulary.ts";
import { playAlone, playTogether } from "./acts.ts";
import { type Place, type Proposal, type Said, SOUND, UNSOUND } from "./desk.ts";
import { corrected, playExport, playKilledDeciding } from "./desk-acts.ts";
import { openOf, queueOf } from "./desk-plan.ts";
import type { Ask, Campaign } from "./model.ts";
import { choice, type Draw, nth, Step } from "./step.ts";
import type { Turn } from "./turn.ts";

/** A campaign with a queue, the current one rather than another; undefined where none has any. */
function worked({ model }: Turn, no: number): Campaign | undefined {
  const all = model.campaigns.filter((campaign) => queueOf(campaign).length > 0);
  const current = all.find(({ name }) => name === model.current);
  return no % 3 > 0 && current ? current : nth(all, no);
}

const by = fc.constantFrom("anna", "ben");
const batchSize = fc.constantFrom(undefined, 1, 2, 5);
/** Something is missing, or too much, or out of its bounds, in one of six. */
const fault = fc.constantFrom("none", "none", "none", "none", "unsound", "partly");
const action = fc.constantFrom<(PolicyAction | undefined)[]>(undefined, "RETRY_UPDATE", "FORCE_ROLLBACK");

/** What is said of fields: the same choice makes the same of them. */
function saidOf(fields: readonly string[], no: number, what: string): Said {
  const value = (field: string, at: number): string =>
    what === "unsound" && at === 0 ? UNSOUND : nth(SOUND[field] ?? [], no);
  const all = fields.map((field, at) => [field, value(field, at)] as const);
  return Object.fromEntries(what === "partly" && all.length > 1 ? all.slice(1) : all);
}

interface Decision {
  readonly verb: Proposal["verb"];
  readonly fault: string;
  readonly by: string;
  readonly action: PolicyAction | undefined;
  readonly devices: readonly number[];
  /** Of the place that is named: none, the right one, or another. */
  readonly version: number | undefined;
  readonly campaign: number;
  readonly value: number;
  readonly batchSize: number | undefined;
  readonly yes: boolean;
}

const decision: fc.Arbitrary<Decision> = fc.record({
  verb: fc.constantFrom("fix", "fix", "accept", "release", "release", "reject", "reopen", "reopen"),
  ...{ fault, by, action, batchSize, campaign: choice, value: choice },
  devices: fc.array(choice, { minLength: 1, maxLength: 4 }),
  version: fc.constantFrom(undefined, undefined, 0, 0, -1, 1),
  yes: fc.constantFrom(true, true, true, false),
});

/** What is asked by it; undefined where no campaign has a queue. */
function drawn(turn: Turn, one: Decision, all: boolean): Ask | undefined {
  const campaign = worked(turn, one.campaign);
  if (!campaign) return undefined;
  const queue = queueOf(campaign);
  const places = all ? openOf(campaign) : [...new Set(one.devices.map((no) => nth(fitting(queue, one.verb), no)))];
  const fields = [...new Set((places.length > 0 ? places : queue).flatMap((place) => place.fields))];
  const { verb } = one;
  const said = verb === "fix" ? saidOf(fields, one.value, one.fault) : verb === "accept" ? ("all" as const) : undefined;
  const words = Object.entries(typeof said === "object" ? said : {}).map(([field, value]) => `${field}=${value}`);
  if (verb === "fix" && words.length === 0) return undefined;
  const asked = { verb, by: one.by, said, ...(verb === "reject" && { action: one.action }) };
  const version =
    places.length === 1 && one.version !== undefined ? (places[0] as Place).version + one.version : undefined;
  const named = [...places.map(({ device }) => device), ...(one.fault === "partly" ? ["nobody"] : [])];
  const options: Ask["options"] = {
    ...{ campaign: campaign.name, by: one.by, why: "tried", batchSize: one.batchSize },
    ...(verb === "reject" && { action: one.action }),
    ...(all ? { all, yes: one.yes } : { version: version === 0 ? undefined : version }),
  };
  if (all) return { command: "triage", words: [verb, ...words], options, desk: asked };
  const proposals = named.map((device) => ({ ...asked, device, version: options.version }));
  return { command: "triage", words: [verb, ...named, ...words], options, desk: proposals };
}

/** The places that a verb is meant for, where there are any. */
function fitting(queue: readonly Place[], verb: Proposal["verb"]): readonly Place[] {
  const meant = queue.filter(({ state }) => (state === "open") === (verb !== "reopen"));
  return meant.length > 0 ? meant : queue;
}

/** Decisions on devices by name: whoever is in the way, they ask for the right to write. Without a queue, `otherwise`. */
export const naming = (otherwise: fc.Arbitrary<Draw>): fc.Arbitrary<Draw> =>
  fc.tuple(decision, otherwise).map(
    ([one, other]) =>
      (turn) =>
        drawn(turn, one, false) ?? other(turn),
  );

const deciding = (otherwise: fc.Arbitrary<Draw>): fc.Arbitrary<Draw> =>
  fc.tuple(decision, fc.boolean(), otherwise).map(
    ([one, all, other]) =>
      (turn) =>
        drawn(turn, one, all) ?? other(turn),
  );

const ofSheet = fc.record({
  by,
  fresh: fc.constantFrom(true, false, false),
  campaign: choice,
  rows: fc.array(
    fc.record({
      verb: fc.constantFrom("fix", "fix", "accept", "mixed", "release", "reject", "none"),
      value: choice,
      fault,
      action,
    }),
    {
      minLength: 6,
      maxLength: 6,
    },
  ),
});
type OfSheet = typeof ofSheet extends fc.Arbitrary<infer T> ? T : never;

/** Goes on with the queue that was exported last, however old that is by now; or exports it first. */
async function playSheet(
  turn: Turn,
  { fresh, campaign: no, rows, by: person }: OfSheet,
  otherwise: Draw,
): Promise<void> {
  const campaign = worked(turn, no);
  if (!campaign) return playNow(turn, otherwise(turn));
  const known = turn.model.campaigns.some(({ name }) => name === turn.sheet?.campaign);
  if (fresh || !turn.sheet || !known) {
    turn.plays("exported", { command: "triage", words: ["export"], options: { campaign: campaign.name } });
    turn.sheet = await playExport(turn, campaign);
  }
  const devices = [...new Set(turn.sheet.rows.map(({ device }) => device ?? ""))];
  const proposals = devices.flatMap((device, at): Proposal[] => {
    const { verb, value, fault: what, action: chosen } = nth(rows, at);
    if (verb === "none") return [];
    const own = (turn.sheet?.rows ?? []).filter((row) => row.device === device);
    const fields = own.map(({ field }) => field ?? "");
    const version = Number(own[0]?.version);
    const asked = { device, version, by: person };
    if (verb === "release") return [{ ...asked, verb }];
    if (verb === "reject") return [{ ...asked, verb, action: chosen }];
    const said = Object.fromEntries(
      Object.entries(saidOf(fields, value, what === "unsound" ? what : "none")).map(([field, text], place) => [
        field,
        verb === "accept" || (verb === "mixed" && place > 0) ? null : text,
      ]),
    );
    return [{ ...asked, verb: verb === "accept" ? "accept" : "fix", said }];
  });
  await playNow(turn, corrected(turn.sheet, proposals));
}

function playNow(turn: Turn, ask: Ask): Promise<void> {
  turn.plays("alone", ask);
  return playAlone(turn, ask);
}

/** Steps at the queue; where no campaign has one, what is due. */
export const deskSteps = (due: fc.Arbitrary<Draw>): { weight: number; arbitrary: fc.Arbitrary<Step> }[] => [
  { weight: 14, arbitrary: deciding(due).map((draw) => new Step((turn) => playNow(turn, draw(turn)))) },
  {
    weight: 6,
    arbitrary: fc.tuple(ofSheet, due).map(([sheet, other]) => new Step((turn) => playSheet(turn, sheet, other))),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(deciding(due), deciding(due)).map(
      ([one, other]) =>
        new Step((turn) => {
          const asks = [one(turn), other(turn)] as const;
          turn.plays("together", ...asks);
          return playTogether(turn, asks);
        }),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(deciding(due), choice).map(
      ([draw, at]) =>
        new Step((turn) => {
          const ask = draw(turn);
          turn.plays("killed", ask);
          return playKilledDeciding(turn, ask, at);
        }),
    ),
  },
];
