/**
 * A test of one reported value, which is text or absent. The set is closed: each kind has one evaluator here and one
 * translation to SQL in `predicate-sql.ts`, and a test runs both over the same hostile values. Bounds of numbers are in the unit of the field,
 * those of times ISO 8601 in UTC to the millisecond; they belong to what is `inside`, and not to what is `outside`, `above`, `before` ..
 */
export type Predicate =
  | { readonly kind: "any" | "missing" | "not_number" | "not_time" | "garbled" }
  | { readonly kind: "equals" | "above" | "below" | "longer"; readonly value: number }
  | { readonly kind: "outside"; readonly min: number; readonly max: number }
  | { readonly kind: "inside"; readonly min: number; readonly max: number }
  | { readonly kind: "one_of"; readonly values: readonly string[] }
  | { readonly kind: "not_one_of"; readonly values: readonly string[] }
  | { readonly kind: "before" | "after"; readonly time: string };

export type PredicateKind = Predicate["kind"];

/**
 * What counts as a number: a decimal of at most 64 characters with a two-digit exponent. Narrower than any parser behind it, so
 * that JavaScript, PostgreSQL and DuckDB read the same double and none of them overflows. (Bounded repetition such as {1,30}
 * says the same and costs PostgreSQL's regular expressions many times as much.)
 */
export const NUMBER_PATTERN = "^-?[0-9]+(\\.[0-9]+)?([eE][+-]?[0-9][0-9]?)?$";
export const NUMBER_LENGTH = 64;
const NUMBER = new RegExp(NUMBER_PATTERN);

/** What counts as a time: ISO 8601 in UTC, which as text is in the order of time, so that nothing has to be read as a date. */
export const TIME_PATTERN =
  "^[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9][0-9][0-9])?Z$";
const TIME = new RegExp(TIME_PATTERN);

/** Characters as nobody types them, each as the regular expressions of JavaScript and PostgreSQL, and those of DuckDB, name it. */
const CONTROL = "[\\u0001-\\u001f\\u007f-\\u009f\\ufffd]";
/** UTF-8 that was read as one byte a character. */
const MISREAD = "[\\u00c2\\u00c3][\\u0080-\\u00bf]|\\u00e2\\u20ac";
export const GARBLED_PATTERN = `${CONTROL}|${MISREAD}`;
const GARBLED = new RegExp(GARBLED_PATTERN);

export function isNumber(raw: string): boolean {
  return raw.length <= NUMBER_LENGTH && NUMBER.test(raw);
}

/** Reads a reported value as a number; NaN where it is absent or not one. */
export function readNumber(raw: string | null): number {
  return raw !== null && isNumber(raw) ? Number(raw) : Number.NaN;
}

const isThere = (raw: string | null): raw is string => raw !== null && raw !== "";

/** Whether the value satisfies the predicate. Comparisons are false for what is not a number, or no time. */
export function holds(predicate: Predicate, raw: string | null): boolean {
  switch (predicate.kind) {
    case "any":
      return true;
    case "missing":
      return !isThere(raw);
    case "not_number":
      return isThere(raw) && !isNumber(raw);
    case "equals":
      return readNumber(raw) === predicate.value;
    case "above":
      return readNumber(raw) > predicate.value;
    case "below":
      return readNumber(raw) < predicate.value;
    case "outside": {
      const value = readNumber(raw);
      return value < predicate.min || value > predicate.max;
    }
    case "inside": {
      const value = readNumber(raw);
      return value >= predicate.min && value <= predicate.max;
    }
    case "one_of":
      return isThere(raw) && predicate.values.includes(raw);
    case "not_one_of":
      return isThere(raw) && !predicate.values.includes(raw);
    case "not_time":
      return isThere(raw) && !TIME.test(raw);
    case "before":
      return isThere(raw) && TIME.test(raw) && raw < predicate.time;
    case "after":
      return isThere(raw) && TIME.test(raw) && raw > predicate.time;
    case "longer":
      // Characters are code points, which JavaScript may need two units for.
      return isThere(raw) && raw.length > predicate.value && [...raw].length > predicate.value;
    case "garbled":
      return isThere(raw) && GARBLED.test(raw);
  }
}

/** What a predicate of each kind has beside its kind. */
const NEEDS: Readonly<Record<PredicateKind, Readonly<Record<string, "number" | "time" | "words">>>> = {
  any: {},
  missing: {},
  not_number: {},
  not_time: {},
  garbled: {},
  equals: { value: "number" },
  above: { value: "number" },
  below: { value: "number" },
  longer: { value: "number" },
  outside: { min: "number", max: "number" },
  inside: { min: "number", max: "number" },
  one_of: { values: "words" },
  not_one_of: { values: "words" },
  before: { time: "time" },
  after: { time: "time" },
};
export const PREDICATE_KINDS = Object.keys(NEEDS) as PredicateKind[];

/** Whether a database can hold a text: not NUL, nor half of a pair of UTF-16, for which UTF-8 has no bytes. */
export const isStorable = (text: string): boolean => !text.includes("\0") && !/\p{Surrogate}/u.test(text);

const FORMS = {
  number: { what: "a number", is: (value: unknown) => Number.isFinite(value) },
  time: {
    what: "a time such as 2026-03-02T00:00:00.000Z",
    is: (value: unknown) => typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value)),
  },
  words: {
    what: "a list of texts, without \\u0000 and halves of characters,",
    is: (value: unknown) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((word) => typeof word === "string" && word !== "" && isStorable(word)),
  },
};

/** Checks data from outside against the closed set. Returns the predicate, or a sentence that says what is wrong. */
export function parsePredicate(value: unknown): Predicate | string {
  if (typeof value !== "object" || value === null || !("kind" in value)) return "a test needs a kind";
  const { kind, ...rest } = value as { kind: unknown; [key: string]: unknown };
  if (!Object.hasOwn(NEEDS, String(kind)))
    return `unknown kind "${String(kind)}"; use one of ${PREDICATE_KINDS.join(", ")}`;
  const needs = NEEDS[kind as PredicateKind];
  for (const [key, form] of Object.entries(needs))
    if (!FORMS[form].is(rest[key])) return `kind "${String(kind)}" needs ${FORMS[form].what} "${key}"`;
  for (const key of Object.keys(rest))
    if (!Object.hasOwn(needs, key)) return `kind "${String(kind)}" takes no "${key}"`;
  return value as Predicate;
}
