import { type Amendment, judgeAmended, NO_AMENDMENT } from "./amend.ts";
import type { Judge, Report } from "./judge.ts";
import { repaired } from "./repair.ts";
import type { Rule } from "./rules.ts";
import type { RuleField } from "./vocabulary.ts";

/** A value that a rule proposes instead of the one that it finds fault with. */
export interface Proposed {
  readonly field: RuleField;
  readonly rule: string;
  readonly from: string | null;
  readonly to: string;
}

/**
 * What the rules that a report breaks propose for it, field by field, as it counts after what a person said of it. A value that a rule still
 * finds fault with is proposed by none.
 */
export function proposedFor(judge: Judge, report: Report, said: Amendment = NO_AMENDMENT): readonly Proposed[] {
  const { broken } = judgeAmended(judge, report, said);
  let proposed = repairsOf(broken, { ...report, ...Object.fromEntries(said.values) });
  while (proposed.length > 0) {
    const left = judgeAmended(judge, report, taking(said, proposed)).broken;
    // What was sound may have come to break a rule by what became of another field.
    if (left.some(({ field }) => !broken.some((before) => before.field === field))) return [];
    const sound = proposed.filter(({ field }) => !left.some((rule) => rule.field === field));
    if (sound.length === proposed.length) return sound;
    proposed = sound;
  }
  return [];
}

/** A repair that needs nobody, and the place in the policy of the rule that decides the repaired device. */
export interface Alone {
  readonly proposed: readonly Proposed[];
  readonly place: number;
}

/** What recovery may repair by itself; undefined, where that leaves anything for a person to look at. */
export function repairedAlone(judge: Judge, report: Report, broken: readonly Rule[]): Alone | undefined {
  const alone = repairsOf(
    broken.filter(({ repair }) => repair?.auto),
    report,
  );
  if (alone.length === 0) return undefined;
  const { broken: left, place } = judgeAmended(judge, report, taking(NO_AMENDMENT, alone));
  return left.length === 0 ? { proposed: alone, place } : undefined;
}

/** The amendment, with the proposed values taken. */
function taking({ values, waived }: Amendment, proposed: readonly Proposed[]): Amendment {
  return { values: new Map([...values, ...proposed.map(({ field, to }) => [field, to] as const)]), waived };
}

function repairsOf(broken: readonly Rule[], report: Report): Proposed[] {
  return broken.flatMap(({ id: rule, field, repair }) => {
    const from = report[field] ?? null;
    const to = repair && repaired(repair, from);
    return to === undefined ? [] : [{ field, rule, from, to }];
  });
}
