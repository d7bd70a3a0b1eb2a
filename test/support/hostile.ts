import fc from "fast-check";

/** Values as a broken or malicious device may send them: what looks like a number and is none, and the other way round. */
const HAND_PICKED: readonly (string | null)[] = [
  ...[null, "", " ", "  ", "\t", "NaN", "nan", "Infinity", "-Infinity", "inf", "null", "NULL", "\\N", "\\", "\\."],
  ...[
    "0",
    "-0",
    "+0",
    "00",
    "-00.0",
    "+5",
    "5.",
    ".5",
    "-.5",
    "5.0",
    "05",
    "--5",
    "5-",
    "1e5",
    "1E+99",
    "1e-99",
    "1e99",
  ],
  ...["1e100", "1e400", "1e-400", "1e", "1e+", "e5", "1e5.0", "1e 5", "0x1F", "0b1", "0o7", "1_000", "1,000", "12,5"],
  ...[
    "１２",
    "१२",
    "١٢",
    "12.5",
    " 12.5",
    "12.5 ",
    " 12.5 ",
    "12.5\n",
    "\n12.5",
    "12.5\r",
    "12.5\t",
    "12\u00a05",
    "12.5\u200b",
  ],
  ...["\u221212", "½", "1.7976931348623157e308", "4.9e-324", "true", "f", "1/2", "12.5V", "$12", "12.5.1", "1..2"],
  ...[
    "🔋",
    "👨‍👩‍👧",
    "e\u0301",
    "é",
    "\u202e12.5",
    "\ufeff12.5",
    "\u0001",
    "\u007f",
    "'",
    "''",
    '"',
    "`",
    "%",
    "_",
    ";",
    "--",
  ],
  ...[
    "'; DROP TABLE device_report; --",
    "' OR '1'='1",
    "$1",
    ":finding_battery_voltage",
    "{}",
    "{1,2}",
    "[]",
    "<script>",
  ],
  ...[
    "=1+1",
    "@SUM(1)",
    "\u2028",
    "12.5'::text",
    "E'\\x41'",
    "$$12$$",
    "12.5/**/",
    "-999",
    "-999.0",
    "-9.99e2",
    "-999.0000001",
  ],
  ...["1".repeat(63), "1".repeat(64), "1".repeat(65), `1.${"0".repeat(62)}`, `1.${"0".repeat(63)}`, "9".repeat(400)],
  ...[
    `0.${"0".repeat(60)}1`,
    `-${"9".repeat(63)}`,
    `-${"9".repeat(64)}`,
    `${"9".repeat(60)}e99`,
    `${"9".repeat(61)}e99`,
  ],
];

/** The bounds of the shipped rules, a hair below and above them, and beyond what a double tells apart. */
const THRESHOLDS = [6, 16, 12.5, 0, 100, -999, 1_048_576];
const HAIRS = ["", ".0", ".000000000000000", ".0000000000000001", ".000000000000000000000000001", ".00000001", ".1"];

function around(threshold: number): string[] {
  const whole = String(threshold);
  const longer = HAIRS.map((hair) => (whole.includes(".") ? whole + hair.slice(1) : whole + hair));
  const ulps = [-3, -2, -1, 1, 2, 3].map(
    (steps) => threshold + steps * Number.EPSILON * Math.max(1, Math.abs(threshold)),
  );
  const near = [...ulps, threshold - 0.01, threshold + 0.01, threshold - 1e-9, threshold + 1e-9];
  return [...longer, ...near.flatMap((value) => [String(value), value.toFixed(20), value.toExponential(18)])];
}

const numberLike = fc.stringMatching(/^[-+]?[0-9]{0,24}(\.[0-9]{0,24})?([eE][-+]?[0-9]{0,3})?[ \n]?$/);
const decimal = fc
  .tuple(fc.integer({ min: -1100, max: 1100 }), fc.nat(10 ** 9))
  .map(([whole, rest]) => `${whole}.${rest}`);
const close = fc
  .tuple(fc.constantFrom(...THRESHOLDS), fc.double({ min: -0.001, max: 0.001, noNaN: true }))
  .map(([threshold, off]) => (threshold + off).toFixed(18));
const double = fc.double().map(String);
const text = fc.string({ unit: "binary", maxLength: 80 }).map((value) => value.replaceAll("\0", ""));

/** At least `count` values, the same each time; none holds NUL, which text columns refuse. */
export function hostileValues(count: number, seed = 42): (string | null)[] {
  const picked = [...HAND_PICKED, ...THRESHOLDS.flatMap(around)];
  const arbitrary = fc.oneof(numberLike, decimal, close, double, text);
  return [...picked, ...fc.sample(arbitrary, { seed, numRuns: Math.max(0, count - picked.length) })];
}
