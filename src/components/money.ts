import { percent } from "./format.js";

/** Money as a reckoning on assumptions deserves it: three digits that count, the sign of a loss, the currency by its letters. */
export function money(amount: number, currency: string): string {
  if (!Number.isFinite(amount)) return "–";
  const digits = Math.abs(amount) < 0.005 ? "0" : THREE.format(Math.abs(amount));
  return `${amount < 0 && digits !== "0" ? "−" : ""}${currency} ${digits}`;
}

const THREE = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
const EXACT = new Intl.NumberFormat("en-US", { maximumFractionDigits: 4 });

const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 4 });

/** Its range: the unit once, where it stands behind. */
export function rangeWithUnit([low, high]: readonly [number, number], unit: string, currency: string): string {
  const first = unit === "share" || unit === currency ? valueWithUnit(low, unit, currency) : EXACT.format(low);
  return `${first} to ${valueWithUnit(high, unit, currency)}`;
}

/** An assumption's value with its unit: a share in percent, money with its currency. */
export function valueWithUnit(value: number, unit: string, currency: string): string {
  if (unit === "share") return percent(value);
  if (unit === currency)
    return `${currency} ${Number.isInteger(value) ? value.toLocaleString("en-US") : CENTS.format(value)}`;
  return `${EXACT.format(value)} ${unit}`;
}
