import { Misfit, refuseStrangers } from "./condition.ts";
import { isNumber, NUMBER_LENGTH } from "./predicate.ts";

/**
 * What a rule proposes for a value that it finds fault with. The set is closed: each kind has one evaluator here and one translation to SQL
 * in `repair-sql.ts`, and a test runs both over the same hostile values.
 */
export type Repair = (
  | { readonly kind: "scale"; readonly factor: number; readonly digits: number }
  | { readonly kind: "map"; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: "number" | "trim" }
) & {
  /** Recovery may do it by itself. Only a person may have written so, for this rule. */
  readonly auto?: boolean;
};

/** Characters that nobody means at the ends of a text, as the regular expressions of JavaScript and PostgreSQL name them. */
const BLANK = "[\\u0001-\\u0020\\u007f-\\u00a0\\u2000-\\u200b\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff]";
export const BLANK_ENDS = `^${BLANK}+|${BLANK}+$`;
/** A number with what people write around it: a decimal comma, a unit. */
export const WRITTEN_NUMBER = `^${BLANK}*(-?[0-9]+([.,][0-9]+)?)${BLANK}*[%A-Za-z]*${BLANK}*$`;
const ENDS = new RegExp(BLANK_ENDS, "g");
const WRITTEN = new RegExp(WRITTEN_NUMBER);

/** Characters of a value that may stand instead of a reported one. */
export const LONGEST_VALUE = 1_000;
export const isTooLong = (value: string): boolean => value.length > LONGEST_VALUE && [...value].length > LONGEST_VALUE;

/** The repaired value; undefined where the repair has nothing to say of it. Whether any rule accepts it is another question. */
export function repaired(repair: Repair, raw: string | null): string | undefined {
  if (raw === null) return undefined;
  const value = attempt(repair, raw);
  return value === undefined || value === "" || value === raw || isTooLong(value) ? undefined : value;
}

function attempt(repair: Repair, raw: string): string | undefined {
  switch (repair.kind) {
    case "scale":
      return isNumber(raw) ? scaled(raw, repair.factor, repair.digits) : undefined;
    case "map":
      return Object.hasOwn(repair.values, raw) ? repair.values[raw] : undefined;
    case "number":
      return WRITTEN.exec(raw)?.[1]?.replace(",", ".");
    case "trim":
      return raw.replace(ENDS, "");
  }
}

/** A decimal as a whole number of powers of ten: 12.5 is 125 times 10 to the power of -1. */
interface Decimal {
  readonly whole: bigint;
  readonly power: number;
}

/** Reads what JavaScript writes of a number, and what counts as one in a report, to the last digit. */
function decimal(text: string): Decimal {
  const [mantissa = "", exponent = "0"] = text.toLowerCase().split("e");
  const [before = "", after = ""] = mantissa.split(".");
  return { whole: BigInt(before + after), power: Number(exponent) - after.length };
}

/** The factor to the last digit that it is written with, of which there are 17 at most: no whole ends with zeros. */
export function factorOf(factor: number): Decimal {
  const { whole, power } = decimal(String(factor));
  const zeros = /0*$/.exec(String(whole))?.[0].length ?? 0;
  return { whole: whole / 10n ** BigInt(zeros), power: power + zeros };
}

/** The product, rounded to so many digits behind the point, halves away from zero, as PostgreSQL's numeric does: exact, since no double is involved. */
function scaled(raw: string, factor: number, digits: number): string | undefined {
  const [value, by] = [decimal(raw), factorOf(factor)];
  const product = value.whole * by.whole;
  const power = value.power + by.power + digits;
  const size = product < 0n ? -product : product;
  const units = power >= 0 ? size * 10n ** BigInt(power) : rounded(size, 10n ** BigInt(-power));
  const text = String(units).padStart(digits + 1, "0");
  const [before, after] = [text.slice(0, text.length - digits), text.slice(text.length - digits).replace(/0+$/, "")];
  const written = `${product < 0n && units > 0n ? "-" : ""}${before}${after === "" ? "" : `.${after}`}`;
  return written.length <= NUMBER_LENGTH ? written : undefined;
}

const rounded = (size: bigint, unit: bigint): bigint => (2n * size + unit) / (2n * unit);

const MOST_DIGITS = 20;
const KEYS: Readonly<Record<Repair["kind"], readonly string[]>> = {
  scale: ["factor", "digits"],
  map: ["values"],
  number: [],
  trim: [],
};

/** Checks a repair that came from a file. @throws Misfit where and how it is wrong. */
export function checkRepair(value: unknown, at: readonly (string | number)[]): asserts value is Repair {
  const repair = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const kind = Object.keys(KEYS).find((known) => known === repair.kind) as Repair["kind"] | undefined;
  if (!kind) throw new Misfit(at, `a repair needs a "kind", one of ${Object.keys(KEYS).join(", ")}`);
  refuseStrangers(repair, ["kind", ...KEYS[kind], "auto"], at);
  if (repair.auto !== undefined && typeof repair.auto !== "boolean")
    throw new Misfit([...at, "auto"], '"auto" must be true or false');
  if (kind === "scale") checkScale(repair, at);
  if (kind === "map" && !isMap(repair.values))
    throw new Misfit([...at, "values"], '"values" must say what becomes of texts, as {"old": "new"}');
}

function checkScale({ factor, digits }: Readonly<Record<string, unknown>>, at: readonly (string | number)[]): void {
  if (!Number.isFinite(factor) || factor === 0)
    throw new Misfit([...at, "factor"], '"factor" must be a number other than 0');
  if (!Number.isInteger(digits) || (digits as number) < 0 || (digits as number) > MOST_DIGITS)
    throw new Misfit([...at, "digits"], `"digits" must be a whole number from 0 to ${MOST_DIGITS}`);
}

const isValue = (text: string): boolean => text !== "" && !text.includes("\0") && !isTooLong(text);

function isMap(value: unknown): boolean {
  const pairs = typeof value === "object" && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  return pairs.length > 0 && pairs.every(([old, fresh]) => old !== "" && typeof fresh === "string" && isValue(fresh));
}
