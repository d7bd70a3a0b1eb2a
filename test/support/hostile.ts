import fc from "fast-check";
import { RULE_FIELDS, type RuleField } from "../../pipelines/domain/vocabulary.ts";

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

/** What devices do send, and what is near to it, by field. */
const LIKELY: Readonly<Record<RuleField, readonly (string | null)[]>> = {
  battery_voltage: [
    "12.51",
    "12.5",
    "13.0",
    "12",
    "3.0",
    "2.99",
    "9",
    "8.9",
    "15.01",
    "24.5",
    "67",
    "100",
    "20",
    "UNKNOWN",
  ],
  signal_strength: ["0", "4.9", "5", "12.4", "9", "15", "50", "51", "91", "101", "-67", "-999", null, ""],
  storage_free_mb: ["0", "512", "2048", "-1", "1048577", null, ""],
  attempts: ["1", "2", "3", "9", "10", "11", "1000", "one", null],
  reported_at: [
    ...["2026-03-02T00:00:00.000Z", "2026-03-01T23:59:59.999Z", "2026-03-04T12:30:00.000Z", "2026-03-04T12:30:00.001Z"],
    ...["2026-03-04T12:29:59.999Z", "2026-03-04T12:59:59.000Z", "2026-03-04T12:60:00.000Z", "2026-03-04T13:00:00Z"],
    ...[
      "2026-02-31T09:00:00.000Z",
      "1970-01-01T00:00:00.000Z",
      "2099-01-01T00:00:00.000Z",
      "1772409600",
      "yesterday",
      null,
    ],
    ...[
      "2026-03-04T12:30:00.0010Z",
      "2026-03-04 12:30:00.001Z",
      "2026-13-04T12:30:00.000Z",
      "2026-03-04T12:30:00.000z",
    ],
  ],
  device_id: ["DEV-00000001", "DEV-0000000l", "DEV\u0001", "DEV-é", "DEV-Ã©"],
  region: ["Europe", "Middle East", "Europ\u00c3\u00a9", "Europ\ufffd", "\u00e2\u20ac\u2122", null, "São Paulo"],
  model: ["TX-40", "SG-110", "SG-220", "tx-40", "", null],
  hardware: ["rev-A", null],
  firmware_from: ["3.8.2", "3.9.0", null],
  firmware_to: ["4.1.0", null],
  firmware_reported: ["4.1.0", "3.8.2", null],
  last_stage: ["SUCCEEDED", "INSTALLING", "succeeded", null],
  error_code: ["server_busy", "it's", "connection_lost", "server_busy ", null],
};

/** Reports that combine what is likely and what is hostile in many ways, by a seed the same each time. */
export function hostileReports(count: number, seed = 7): Readonly<Record<RuleField, string | null>>[] {
  const values = hostileValues(count);
  let state = seed;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const reportedOf = (field: RuleField): string | null => {
    const pool = draw(4) === 0 ? values : LIKELY[field];
    return pool[draw(pool.length)] ?? null;
  };
  return Array.from(
    { length: count },
    () =>
      Object.fromEntries(RULE_FIELDS.map((field) => [field, reportedOf(field)])) as Record<RuleField, string | null>,
  );
}
