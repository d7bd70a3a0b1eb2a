import { type Decision, decisionOf, type Judge, type Report } from "./judge.ts";

/** What a person says of a device's report, by field. */
export interface Amendment {
  /** Values that count instead of the reported ones. */
  readonly values: ReadonlyMap<string, string>;
  /** Rules whose finding on the field does not count. */
  readonly waived: ReadonlyMap<string, string>;
}

export const NO_AMENDMENT: Amendment = { values: new Map(), waived: new Map() };

/** What is decided on a device of which a person said something: corrected values are judged by the same rules, and a waived finding is none. */
export function judgeAmended(judge: Judge, report: Report, { values, waived }: Amendment): Decision {
  const { broken: found, place } = judge.of({ ...report, ...Object.fromEntries(values) });
  return decisionOf(
    found.filter(({ id, field }) => waived.get(field) !== id),
    place,
  );
}
