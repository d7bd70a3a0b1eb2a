import { isDeepStrictEqual } from "node:util";
import {
  BUCKET_COUNT,
  type PolicyAction,
  type TriageState,
  type TriageVerb,
} from "../../../pipelines/domain/vocabulary.ts";

/** What was said of fields, by name: another value; null where the reported one is right. */
export type Said = Readonly<Record<string, string | null>>;

/** What a place is once it was decided. */
export interface After {
  readonly state: TriageState;
  readonly said: Said;
  /** What a person chose. */
  readonly action?: PolicyAction | undefined;
}

/** An entry of the audit. */
export interface Entry {
  readonly version: number;
  readonly verb: TriageVerb;
  readonly by: string;
  readonly before: Said;
  readonly after: After;
}

/** A place in the queue. */
export interface Place {
  readonly device: string;
  readonly bucket: number;
  /** Fields that a rule finds fault with. */
  readonly fields: readonly string[];
  readonly state: TriageState;
  readonly version: number;
  readonly said: Said;
  readonly action?: PolicyAction | undefined;
  readonly entries: readonly Entry[];
  /** Released, and recovery has not decided since. */
  readonly waits: boolean;
}

/** What a person asks for one device. */
export interface Proposal {
  readonly device: string;
  readonly verb: TriageVerb;
  readonly by: string;
  /** Of corrections, and of fields whose value is right; `all` whatever is found. */
  readonly said?: Said | "all" | undefined;
  readonly action?: PolicyAction | undefined;
  readonly version?: number | undefined;
}

export type Outcome = "decided" | "already" | "refused";

/** Values that the shipped rules take, two of each field, and one that they don't. */
export const SOUND: Readonly<Record<string, readonly string[]>> = {
  battery_voltage: ["12.9", "12.1"],
  signal_strength: ["61", "0"],
  storage_free_mb: ["513", "0"],
};
export const UNSOUND = "-5";

/** What docs/triage.md says becomes of a proposal. */
export function decided(place: Place | undefined, proposal: Proposal): { outcome: Outcome; place: Place | undefined } {
  const last = place?.entries.at(-1);
  if (place && last && isDone(place, last, proposal)) return { outcome: "already", place };
  const after = place && afterwards(place, last, proposal);
  if (!after) return { outcome: "refused", place };
  const { verb, by } = proposal;
  const entry: Entry = { version: place.version, verb, by, before: place.said, after };
  return {
    outcome: "decided",
    place: {
      ...place,
      ...{ state: after.state, said: after.said, action: after.action, version: place.version + 1 },
      ...{ entries: [...place.entries, entry], waits: after.state === "released" },
    },
  };
}

/** Asked for once more, where nothing has happened since. */
function isDone(place: Place, last: Entry, { verb, version, ...proposal }: Proposal): boolean {
  if (last.verb !== verb || place.version !== last.version + 1) return false;
  if (version !== undefined && version !== last.version) return false;
  if (verb === "reopen") return true;
  const before: Place = { ...place, state: "open", said: last.before };
  return isDeepStrictEqual(afterwards(before, undefined, { verb, ...proposal }), last.after);
}

/** Undefined where it is refused. */
function afterwards(place: Place, last: Entry | undefined, proposal: Proposal): After | undefined {
  const { verb, version, action, said } = proposal;
  if (version !== undefined && version !== place.version) return undefined;
  if (verb === "reopen")
    return place.state === "open" || !last ? undefined : { state: "open", said: last.before, action: undefined };
  if (place.state !== "open") return undefined;
  if (verb === "reject") return { state: "rejected", said: {}, action: action ?? "FORCE_ROLLBACK" };
  if (verb === "release") return { state: "released", said: place.said, action: undefined };
  const all = said === "all" ? Object.fromEntries(place.fields.map((field) => [field, null])) : said;
  return isHeld(place, all) ? undefined : { state: "released", said: { ...place.said, ...all }, action: undefined };
}

/** Whether a rule finds fault with what was said, or with a field of which nothing was; or with a field that is said to be right. */
function isHeld({ fields, said }: Place, more: Said = {}): boolean {
  const told = { ...said, ...more };
  const isWrong = ([field, value]: [string, string | null]): boolean =>
    value === null ? !fields.includes(field) : value === UNSOUND;
  return fields.some((field) => told[field] === undefined) || Object.entries(more).some(isWrong);
}

/** A released place that recovery has looked at. */
export function looked(place: Place): Place {
  const back = isHeld(place);
  return { ...place, waits: false, ...(back && { state: "open", version: place.version + 1 }) };
}

/** Whether the shards of a stage that are done have the bucket: a shard is a run of neighbouring buckets. */
export function isWithin(
  bucket: number,
  done: { whole: boolean; committed: number; batches: number | undefined },
): boolean {
  return done.whole || (done.committed > 0 && bucket < (done.committed * BUCKET_COUNT) / (done.batches ?? Number.NaN));
}

/** The places of a campaign by what stands for them in the database. */
export function rowOf({ device, state, version, said, action, entries, waits }: Place): Record<string, unknown> {
  const status = state === "open" ? "Quarantined" : waits ? "Partial" : "Recovered";
  const battery = said.battery_voltage;
  const chosen = typeof battery === "string" ? (Number(battery) > 12.5 ? "RETRY_UPDATE" : "FORCE_ROLLBACK") : undefined;
  return {
    ...{ device, state, version, status, said: told(said) },
    action: { Quarantined: "MANUAL_TRIAGE", Partial: null, Recovered: action ?? chosen }[status],
    audit: entries.map(({ version: at, verb, by, before, after }) => ({
      ...{ version: at, verb, by, before: told(before), state: after.state, after: told(after.said) },
      action: after.action ?? null,
    })),
  };
}

/** As a text: values as they are, and what is right. */
const told = (said: Said): Record<string, string> =>
  Object.fromEntries(Object.entries(said).map(([field, value]) => [field, value === null ? "is right" : value]));
