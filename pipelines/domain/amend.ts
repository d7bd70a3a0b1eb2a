import type { Values, Verdict } from "./judge.ts";

/** What a person says of a device's telemetry, by field. */
export interface Amendment {
  /** Values that count instead of the reported ones. */
  readonly values: ReadonlyMap<string, string>;
  /** Rules whose finding on the field does not count. */
  readonly waived: ReadonlyMap<string, string>;
}

export const NO_AMENDMENT: Amendment = { values: new Map(), waived: new Map() };

/**
 * The verdicts on a device of which a person said something: corrected values are judged by the same rules, and a waived finding is none. The raw
 * value stays the reported one.
 * @param judge as made by `judges`.
 */
export function amended(
  verdicts: Values<Verdict>,
  judge: Values<(raw: string | null) => Verdict>,
  { values, waived }: Amendment,
): Values<Verdict> {
  const amend = (verdict: Verdict, at: 0 | 1 | 2): Verdict => {
    const { field, raw } = verdict;
    const value = values.get(field);
    if (value !== undefined) return { ...judge[at](value), raw };
    return verdict.rule !== undefined && waived.get(field) === verdict.rule.id
      ? { ...verdict, rule: undefined }
      : verdict;
  };
  return [amend(verdicts[0], 0), amend(verdicts[1], 1), amend(verdicts[2], 2)];
}
