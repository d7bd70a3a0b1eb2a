import { Misfit, refuseStrangers } from "./condition.ts";

/**
 * What a reckoning of the return rests on. Shares are 0 to 1 of devices, money is in the currency of the file, sizes in megabytes. What raises
 * the return is +1, what lowers it -1.
 */
const DIRECTIONS = {
  retry_success: 1,
  rollback_success: 1,
  truck_share: 1,
  truck_cost: 1,
  ticket_share: 1,
  ticket_cost: 1,
  replace_share: 1,
  hardware_cost: 1,
  shipping_cost: 1,
  downtime_hours: 1,
  hour_cost: 1,
  attempts: -1,
  action_cost: -1,
  image_mb: -1,
  mb_cost: -1,
  triage_minutes: -1,
  labour_cost: -1,
} as const;
export type AssumptionId = keyof typeof DIRECTIONS;
export const ASSUMPTION_IDS = Object.keys(DIRECTIONS) as AssumptionId[];

/** One value for each assumption. */
export type Values = Readonly<Record<AssumptionId, number>>;

/** An assumption with its range, and where that comes from. */
export interface Assumption {
  readonly id: AssumptionId;
  readonly label: string;
  readonly unit: string;
  readonly low: number;
  readonly mid: number;
  readonly high: number;
  /** Null where it is nobody's but the file's own. */
  readonly source: string | null;
  readonly note: string;
}

export interface Assumptions {
  readonly name: string;
  readonly version: number;
  readonly currency: string;
  readonly assumptions: readonly Assumption[];
}

/** The devices that count, as the campaign's data say. */
export interface RoiBase {
  /** Devices that recovery, or a person, decided to retry. */
  readonly retried: number;
  /** Devices that are rolled back. */
  readonly rolled_back: number;
  /** Devices that a person looked at, or has to. */
  readonly worked_by_person: number;
}

/** A part of the return, in money: what is avoided is above zero, what recovery costs below. */
export interface Part {
  readonly id: "trucks" | "tickets" | "replacements" | "downtime" | "actions" | "data" | "labour";
  readonly amount: number;
}

const MINUTES_PER_HOUR = 60;

/** The parts of the return, avoided ones first. Devices count by how likely their action is to have worked. */
export function partsOf({ retried, rolled_back, worked_by_person }: RoiBase, v: Values): Part[] {
  const working = retried * v.retry_success + rolled_back * v.rollback_success;
  const attempts = retried * v.attempts;
  return [
    { id: "trucks", amount: working * v.truck_share * v.truck_cost },
    { id: "tickets", amount: working * v.ticket_share * v.ticket_cost },
    { id: "replacements", amount: working * v.replace_share * (v.hardware_cost + v.shipping_cost) },
    { id: "downtime", amount: working * v.downtime_hours * v.hour_cost },
    { id: "actions", amount: -(attempts + rolled_back) * v.action_cost },
    { id: "data", amount: -attempts * v.image_mb * v.mb_cost },
    { id: "labour", amount: (-worked_by_person * v.triage_minutes * v.labour_cost) / MINUTES_PER_HOUR },
  ];
}

/** What recovery saved, less what it cost. */
export const returnOf = (base: RoiBase, values: Values): number =>
  partsOf(base, values).reduce((sum, { amount }) => sum + amount, 0);

/** The values of a file: the middle ones, or those at the end that gives the least or the most return. */
export function valuesOf({ assumptions }: Pick<Assumptions, "assumptions">, which: "least" | "mid" | "most"): Values {
  const raises = which === "most" ? 1 : -1;
  const entries = assumptions.map((one) => {
    if (which === "mid") return [one.id, one.mid] as const;
    return [one.id, DIRECTIONS[one.id] === raises ? one.high : one.low] as const;
  });
  return Object.fromEntries(entries) as Values;
}

/** What an assumption alone does to the return, the others as they are given. */
export interface Swing {
  readonly id: AssumptionId;
  /** Return with the assumption at its low and at its high end. */
  readonly low: number;
  readonly high: number;
}

/** Every assumption at its ends, the widest first. */
export function swingsOf(base: RoiBase, assumptions: readonly Assumption[], values: Values): Swing[] {
  const width = ({ low, high }: Swing): number => Math.abs(high - low);
  return assumptions
    .map(({ id, low, high }) => ({
      id,
      low: returnOf(base, { ...values, [id]: low }),
      high: returnOf(base, { ...values, [id]: high }),
    }))
    .sort((a, b) => width(b) - width(a));
}

const KEYS = ["id", "label", "unit", "low", "mid", "high", "source", "note"] as const;
const TEXTS = ["label", "unit", "note"] as const;

/** Checks assumptions that came from a file. @throws Misfit where and how they are wrong. */
export function parseAssumptions(value: unknown): Assumptions {
  const { name, version, currency, assumptions } = (value ?? {}) as Partial<Record<keyof Assumptions, unknown>>;
  if (typeof name !== "string" || !Number.isInteger(version) || !Array.isArray(assumptions))
    throw new Misfit([], 'assumptions need "name", a whole "version" and a list "assumptions"');
  refuseStrangers(value as object, ["name", "version", "currency", "assumptions"], []);
  if (typeof currency !== "string" || !/^[A-Z]{3}$/.test(currency))
    throw new Misfit(["currency"], '"currency" must be three letters, as USD');
  for (const [no, one] of assumptions.entries()) checkAssumption(one, ["assumptions", no]);
  const ids = assumptions.map(({ id }: Assumption) => id);
  for (const [no, id] of ids.entries())
    if (ids.indexOf(id) < no) throw new Misfit(["assumptions", no, "id"], `the id "${id}" stands twice`);
  const missing = ASSUMPTION_IDS.filter((id) => !ids.includes(id));
  if (missing.length > 0) throw new Misfit(["assumptions"], `there is no assumption ${missing.join(", ")}`);
  return value as Assumptions;
}

function checkAssumption(value: unknown, at: readonly (string | number)[]): void {
  if (typeof value !== "object" || value === null) throw new Misfit(at, "write an object here");
  refuseStrangers(value, KEYS, at);
  const one = value as Partial<Record<(typeof KEYS)[number], unknown>>;
  if (!ASSUMPTION_IDS.includes(one.id as AssumptionId))
    throw new Misfit([...at, "id"], `"id" must be one of ${ASSUMPTION_IDS.join(", ")}`);
  for (const key of TEXTS)
    if (typeof one[key] !== "string" || one[key] === "") throw new Misfit([...at, key], `"${key}" must be a text`);
  if (one.source !== null && (typeof one.source !== "string" || one.source === ""))
    throw new Misfit([...at, "source"], '"source" must be a text, or null where there is none');
  const { low, mid, high } = one as Assumption;
  for (const [key, number] of Object.entries({ low, mid, high }))
    if (!Number.isFinite(number) || number < 0) throw new Misfit([...at, key], `"${key}" must be a number, 0 or more`);
  if (low > mid || mid > high) throw new Misfit([...at, "mid"], '"low", "mid" and "high" must stand in that order');
  if (/_(share|success)$/.test(String(one.id)) && high > 1) throw new Misfit([...at, "high"], "a share is 1 at most");
}
