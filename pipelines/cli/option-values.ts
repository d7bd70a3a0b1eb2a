import { count } from "./format.ts";

/** What values options can have: how each is read, and what is said of it where it is refused. */

export const whole = (min: number, max: number) => ({
  parse: (text: string) => {
    const value = /^[0-9]+(e[0-9]{1,2})?$/i.test(text.replaceAll("_", ""))
      ? Number(text.replaceAll("_", ""))
      : Number.NaN;
    return Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;
  },
  expects: `a whole number from ${count(min)} to ${count(max)}`,
});
export const word = {
  parse: (text: string) => (/^[\w][\w .-]{0,99}$/.test(text) ? text : undefined),
  expects: "a name of letters, digits, spaces, dots, dashes and underscores, 100 at most",
};
export const path = { parse: (text: string) => (text === "" ? undefined : text), expects: "a file" };
export const share = {
  parse: (text: string) => {
    const value = text.trim() === "" ? Number.NaN : Number(text);
    return value >= 0 && value <= 1 ? value : undefined;
  },
  expects: "a number from 0 to 1, for example 0.015 for 1.5 %",
};

export const oneOf = (words: readonly string[]) => ({
  parse: (text: string) => words.find((known) => known === text),
  expects: `one of ${words.join(", ")}`,
});
/** What a person writes: kept, and shown to others. */
export const sentence = (longest: number) => ({
  parse: (text: string) => (text.trim() !== "" && text.length <= longest && !text.includes("\0") ? text : undefined),
  expects: `a text of ${count(longest)} characters at most`,
});

/** Folders between slashes, of characters that mean themselves in an address. */
const BASE = /^\/?([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/)*([A-Za-z0-9_~-][A-Za-z0-9._~-]*\/?)?$/;

/** A path below which a site is served, with a slash at both ends. */
export const basePath = {
  parse: (text: string) => (text !== "" && BASE.test(text) ? `/${text}/`.replaceAll(/\/{2,}/g, "/") : undefined),
  expects: "a path of letters, digits, dots, dashes and underscores, for example /reports/june/",
};

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A time as `500ms`, `5s`, `2m` or `1h`, in milliseconds; undefined where it is none. */
export function milliseconds(text: string): number | undefined {
  const [, digits = "", unit = ""] = /^([0-9]{1,6})(ms|s|m|h)$/.exec(text) ?? [];
  const ms = Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
  return ms > 0 ? ms : undefined;
}

/** Kept as it was written, so that a command line can be shown again. */
export const interval = (most: string) => ({
  parse: (text: string) => {
    const ms = milliseconds(text);
    return ms !== undefined && ms <= (milliseconds(most) ?? 0) ? text : undefined;
  },
  expects: `a time such as 500ms, 5s or 2m, ${most} at most`,
});
