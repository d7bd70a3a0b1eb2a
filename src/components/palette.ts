/** Colours are CSS variables, so that one drawing serves light and dark. Blue is well, orange wants a person; never red or green. */

export const STATUS_COLOR: Readonly<Record<string, string>> = {
  Success: "var(--success)",
  Recovered: "var(--recovered)",
  Partial: "var(--partial)",
  Quarantined: "var(--quarantined)",
};

export const ACTION_COLOR: Readonly<Record<string, string>> = {
  RETRY_UPDATE: "var(--recovered)",
  FORCE_ROLLBACK: "var(--success)",
  MANUAL_TRIAGE: "var(--quarantined)",
};

/** Colours that text can stand on in its own contrast colour. */
export const ON_COLOR: Readonly<Record<string, string>> = {
  RETRY_UPDATE: "var(--on-recovered)",
  FORCE_ROLLBACK: "var(--ink)",
  MANUAL_TRIAGE: "var(--on-quarantined)",
};

export const VERDICT_COLOR: Readonly<Record<string, string>> = {
  worse: "var(--worse)",
  better: "var(--better)",
};

/** A colour between blue (better) and orange (worse) for a difference; `limit` is the difference that gets the full colour. */
export function diverging(difference: number | null, limit: number): string {
  if (difference === null || limit === 0) return "var(--neutral)";
  const strength = Math.round(100 * Math.min(1, Math.abs(difference) / limit));
  return `color-mix(in srgb, var(${difference > 0 ? "--cell-worse" : "--cell-better"}) ${strength}%, var(--neutral))`;
}

/** A shade of blue for a share from 0 to 1. */
export const sequential = (share: number | null): string =>
  `color-mix(in srgb, var(--cell-better) ${Math.round(100 * Math.min(1, Math.max(0, share ?? 0)))}%, var(--neutral))`;
