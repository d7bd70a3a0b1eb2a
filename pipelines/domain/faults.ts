import { type Change, FAULT_KIND_SPECS, type SoundReport, WORD_VARIANTS } from "./fault-kinds.ts";
import { type FaultProfile, fieldsOf, type Missingness, weightOf } from "./fault-profile.ts";
import { picker, type Weighted } from "./fleet.ts";
import { holds } from "./predicate.ts";
import { hashText, hexHasher, seed32, sourceOf, unitOf } from "./random.ts";
import { FAULT_KINDS, type FaultKind, OUTCOME_COLUMNS, PROFILE_COLUMNS, type ReportColumn } from "./vocabulary.ts";

/** A corruption of one field of one device; with what it replaces it is the ground truth that detection is scored against. */
export interface Fault extends Change {
  readonly kind: FaultKind;
  /** Of a word: tells this corruption of it from all others, 1 to 1,022. Of a value of the device's own: 0. */
  readonly variant: number;
}

/** Says what befalls devices, if anything: by the seed, the id and the report alone, so that neither order nor workers matter. */
export interface Injector {
  /** Whether anything can befall a device, as far as its id tells. */
  chooses(idHash: number): boolean;
  /** Whether the report of a chosen device has to be known. */
  reads(idHash: number): boolean;
  /** What befalls a chosen device; nothing, where the report says that already, or leaves no room for it. */
  strike(idHash: number, report?: SoundReport): readonly Fault[];
}

const STREAM = { chosen: 0, kind: 1, field: 2, value: 3, radius: 4, missing: 8 } as const;

/** What {@link Injector.strike} gets where nothing is read. */
const UNREAD = {} as SoundReport;

/**
 * Prepares chaos.
 * @param rate share of devices, 0 to 1, instead of the profile's.
 * @param reported the columns that the source has; no other can be corrupted.
 * @param versions those that the fleet ran before the rollout, in any order that stays: what a false success reports.
 */
export function injector(
  profile: FaultProfile,
  rate: number,
  seed: number,
  reported: readonly ReportColumn[],
  versions: readonly string[],
): Injector {
  const key = seed32(seed);
  const { missing = [], blast_radius: radius = {} } = profile;
  const kinds = FAULT_KINDS.filter((kind) => weightOf(profile.weights[kind]) > 0);
  const pickKind = picker(
    kinds.map((kind): Weighted<FaultKind> => ({ value: kind, weight: weightOf(profile.weights[kind]) })),
  );
  const fields = new Map(
    kinds.map((kind) => [kind, fieldsOf(kind, profile.weights[kind]).filter((field) => reported.includes(field))]),
  );
  const losses = missing.filter(({ field }) => reported.includes(field));
  const mostOf = ({ rate: share, times = 1 }: Missingness): number => share * Math.max(1, times);
  const within = (source: number): boolean =>
    radius.share === undefined || unitOf(source, STREAM.radius) < radius.share;
  const isHit = (source: number): boolean => unitOf(source, STREAM.chosen) < rate;
  const isLost = (source: number, no: number, share: number): boolean => unitOf(source, STREAM.missing + no) < share;
  const mostLost = losses.map(mostOf);
  /** Asked of every device of a fleet, so it makes no function of its own. */
  const mayLose = (source: number): boolean => {
    for (let no = 0; no < mostLost.length; no++) if (isLost(source, no, mostLost[no] as number)) return true;
    return false;
  };
  const asks = radius.region !== undefined || radius.model !== undefined;

  /** What kind strikes which field of a device. */
  function aimed(source: number): { kind: FaultKind; field: ReportColumn | undefined } {
    const kind = pickKind(unitOf(source, STREAM.kind));
    const among = fields.get(kind) ?? [];
    return { kind, field: among[Math.floor(unitOf(source, STREAM.field) * among.length)] };
  }

  return {
    chooses(idHash) {
      const source = sourceOf(key, idHash);
      return within(source) && (isHit(source) || mayLose(source));
    },
    reads(idHash) {
      const source = sourceOf(key, idHash);
      if (asks || losses.some((loss, no) => loss.when && isLost(source, no, mostLost[no] as number))) return true;
      const { kind, field } = aimed(source);
      return isHit(source) && field !== undefined && FAULT_KIND_SPECS[kind].reads;
    },
    strike(idHash, report = UNREAD) {
      const source = sourceOf(key, idHash);
      const { region, model } = radius;
      if (region && !region.includes(report.region ?? "")) return [];
      if (model && !model.includes(report.model ?? "")) return [];
      const hit = isHit(source) ? struck(source, report) : [];
      if (hit.length > 0) return hit;
      const lost = losses.find((loss, no) => isLost(source, no, lossRate(loss, report)));
      return lost ? faultsOf("null", [{ field: lost.field, after: null }], 0, report) : [];
    },
  };

  function struck(source: number, report: SoundReport): readonly Fault[] {
    const { kind, field } = aimed(source);
    if (field === undefined) return [];
    const drawn = unitOf(source, STREAM.value);
    const u = isWord(field) ? Math.floor(drawn * WORD_VARIANTS) / WORD_VARIANTS : drawn;
    return faultsOf(kind, FAULT_KIND_SPECS[kind].strike(field, u, report), u, report);
  }

  function faultsOf(kind: FaultKind, changes: readonly Change[], u: number, report: SoundReport): Fault[] {
    const faults: Fault[] = [];
    for (const change of changes) {
      const { field, after } = change;
      if (!reported.includes(field) || report[field] === after) continue;
      const variant = variantOf(kind, change, u, versions);
      if (variant >= 0) faults.push({ field, after, kind, variant });
    }
    return faults;
  }
}

function lossRate({ rate, when, times = 1 }: Missingness, report: SoundReport): number {
  return when && holds(when.test, report[when.field as ReportColumn] ?? null) ? rate * times : rate;
}

/** The words of a report, in the order in which corruptions of them are numbered. */
const WORDS: readonly string[] = [...PROFILE_COLUMNS, ...OUTCOME_COLUMNS];
const isWord = (field: ReportColumn): boolean => WORDS.includes(field);

const MOST_VARIANTS = 1_022;

/** -1 where there is no number left: of all fleets, those with more than three hundred versions. */
function variantOf(kind: FaultKind, { field, after }: Change, u: number, versions: readonly string[]): number {
  if (!isWord(field)) return 0;
  const place = FAULT_KINDS.indexOf(kind) * WORDS.length + WORDS.indexOf(field);
  if (kind !== "false_success") return 1 + place * WORD_VARIANTS + u * WORD_VARIANTS;
  const version = versions.indexOf(after ?? "");
  const variant = 1 + FAULT_KINDS.length * WORDS.length * WORD_VARIANTS + version;
  return version < 0 || variant > MOST_VARIANTS ? -1 : variant;
}

/** What {@link injector} knows a device by; prepared, since ids are many and their beginning is the same. */
export function idHasher(seed: number): { ofText: (id: string) => number; ofNumber: (number: number) => number } {
  const key = seed32(seed);
  return { ofText: (id) => hashText(id, key), ofNumber: hexHasher("DEV-", key) };
}
