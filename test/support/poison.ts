import fc from "fast-check";

/** The five columns that a file must have. */
export const COLUMNS = ["device_id", "region", "battery_voltage", "signal_strength", "update_status"] as const;
export type Values = Readonly<Record<(typeof COLUMNS)[number], string | null>>;

/** A row of a file: its bytes there, and what docs/import.md says of it: the values that it has, or how it is damaged. */
export interface PoisonRow {
  readonly bytes: Buffer;
  readonly means: Values | RegExp;
}

export type PoisonFormat = "csv" | "ndjson" | "json";

const SQL_LADEN = [
  "\\.",
  "\\N",
  "a\\",
  "a\\tb",
  "a\tb",
  "a\nb",
  "a\r\nb",
  "';--",
  "'); DROP TABLE campaign; --",
  '"',
  '""',
  "$1",
  ":id",
];
const ALIKE = [
  "dev",
  "DEV",
  "dev ",
  " dev",
  "d\u00e9v",
  "de\u0301v",
  "dev\u200b",
  "\ufeffdev",
  "__proto__",
  "constructor",
];
const MARKUP = ["<script>alert(1)</script>", "=1+1", "]]>", "-->", "\u202edev", `\${id}`, "javascript:alert(1)"];
const unicode = fc.string({ unit: "binary", maxLength: 40 });

const id = fc.oneof(
  fc.constantFrom(...SQL_LADEN, ...ALIKE, ...MARKUP),
  fc.constantFrom(
    "",
    " ",
    "   ",
    "x".repeat(256),
    "x".repeat(257),
    "é".repeat(128),
    "é".repeat(129),
    "x".repeat(10_000),
  ),
  fc.constantFrom("a\0b", "\0", "\ud83d\ude00"),
  unicode,
);
const value = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom("12.9", "-12.5", "1e400", "9".repeat(400), "-999", "NaN", "", "\\N", ...MARKUP),
  },
  { weight: 4, arbitrary: unicode },
  { weight: 1, arbitrary: fc.constantFrom("x".repeat(20_000), "a\0") },
);
const status = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom("Success", "Partial", "PARTIAL", " success ") },
  { weight: 1, arbitrary: fc.constantFrom("", "Recovered", "Partial\n", "parti\u0307al") },
);
const nullable = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 12 });

export const values: fc.Arbitrary<Values> = fc.record({
  device_id: nullable(id),
  region: nullable(value),
  battery_voltage: nullable(value),
  signal_strength: nullable(value),
  update_status: nullable(status),
});

const text = (content: string): Buffer => Buffer.from(content);
const bad = (bytes: string, means: RegExp): PoisonRow => ({ bytes: text(bytes), means });
const torn = (before: string, after: string, means: RegExp): fc.Arbitrary<PoisonRow> =>
  fc.constantFrom([0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80]).map((bytes) => ({
    bytes: Buffer.concat([text(before), Buffer.from(bytes), text(after)]),
    means,
  }));
const TEN_MB = "x".repeat(10_000_000);

const csvField = (content: string | null): string => (content === null ? "" : `"${content.replaceAll('"', '""')}"`);
const csvRow = (row: Values): PoisonRow => ({
  bytes: text(COLUMNS.map((name) => csvField(row[name])).join(",")),
  means: row,
});
const csvDamage: fc.Arbitrary<PoisonRow> = fc.oneof(
  torn('"u,8",EU', ",12.9,70,Partial", /UTF-8/),
  fc.constantFrom(
    bad("short,EU,12.9,70", /fewer columns/),
    bad("\\.", /fewer columns/),
    bad('""', /fewer columns/),
    bad("long,EU,12.9,70,Partial,,", /more columns/),
    bad('"x"y,EU,12.9,70,Partial', /quote/),
    bad('x,"EU" ,12.9,70,Partial', /quote/),
    // The next row begins with a quote, and there the broken one is known; were it the last, at the end of the file.
    bad('"open,EU,12.9,70,Partial', /quote/),
    bad(`big,${TEN_MB},12.9,70,Partial`, /longer than 2,000,000/),
  ),
);

const utf8 = (content: string | null): string | null => content && Buffer.from(content).toString();
const jsonRow = (row: Values): PoisonRow => ({ bytes: text(JSON.stringify(row)), means: row });
const object = (battery: string, means: string): PoisonRow => ({
  bytes: text(
    `{"device_id":"j-${battery.slice(0, 20).replaceAll(/["\\]/g, "")}","region":"EU","battery_voltage":${battery},"signal_strength":"70","update_status":"Partial"}`,
  ),
  means: {
    device_id: `j-${battery.slice(0, 20).replaceAll(/["\\]/g, "")}`,
    region: "EU",
    battery_voltage: means,
    signal_strength: "70",
    update_status: "Partial",
  },
});
const jsonDamage: fc.Arbitrary<PoisonRow> = fc.oneof(
  torn('{"device_id":"u8', '","region":"EU"}', /no JSON/),
  fc.constantFrom(
    bad('{"device_id":"\\ud800","update_status":"Partial"}', /no JSON/),
    bad('{"device_id":"a" "b"}', /no JSON/),
    bad('{"device_id":"a\\x"}', /no JSON/),
    ...["1", "null", '"text"', '[{"device_id":"in"}]'].map((json) => bad(json, /no JSON object/)),
    bad('{"device_id":"twice","device_id":"thrice","update_status":"Partial"}', /twice/),
    bad('{"device_id":"twice","DEVICE_ID ":"thrice","update_status":"Partial"}', /twice/),
    bad(`{"device_id":"big","region":"${TEN_MB}","update_status":"Partial"}`, /no JSON, or longer/),
    object("1e400", "1e400"),
    object("-12.50", "-12.5"),
    object("123456789012345678901234567890", "123456789012345678901234567890"),
    object('{ "x": [1, "é\\u0041"], "__proto__": 2 }', '{"x":[1,"éA"],"__proto__":2}'),
    object("[ ]", "[]"),
    object("true", "true"),
  ),
);

/** A file of so many hostile rows, with harmless ones between them, and what its rows mean one by one. */
export function poisonFile(format: PoisonFormat, count: number, seed: number): { content: Buffer; rows: PoisonRow[] } {
  const row = format === "csv" ? csvRow : (given: Values) => jsonRow(wellFormed(given));
  const damage = format === "csv" ? csvDamage : jsonDamage;
  const arbitrary = fc.oneof(
    { weight: 2, arbitrary: values.map((given) => row(wellFormed(given))) },
    { weight: 1, arbitrary: damage },
  );
  const poison = fc.sample(arbitrary, { numRuns: count, seed });
  const rows = poison.flatMap((found, no) => [found, row(harmless(no))]);
  return { content: written(format, rows), rows };
}

/** Text as a file can hold it: half of a surrogate pair can't be written as UTF-8. */
const wellFormed = (row: Values): Values =>
  Object.fromEntries(COLUMNS.map((name) => [name, utf8(row[name])])) as Values;

const harmless = (no: number): Values => ({
  device_id: `plain-${no}`,
  region: "EU",
  battery_voltage: "12.9",
  signal_strength: "70",
  update_status: no % 2 === 0 ? "Partial" : "Success",
});

function written(format: PoisonFormat, rows: readonly PoisonRow[]): Buffer {
  const mark = text("\ufeff");
  const lines = rows.map(({ bytes }, no) => Buffer.concat([bytes, text(no % 5 === 0 ? "\r\n" : "\n")]));
  if (format === "csv") return Buffer.concat([mark, text(`${COLUMNS.join(",")}\r\n\n`), ...lines, text('"end,of')]);
  if (format === "ndjson") return Buffer.concat([mark, ...lines, text('{"device_id":')]);
  return Buffer.concat([
    text("["),
    ...rows.flatMap(({ bytes }, no) => [text(no === 0 ? "\n" : ",\n "), bytes]),
    text("\n]\n"),
  ]);
}

/** What becomes of each row: why it is refused, or nothing where it is stored. Written from docs/import.md alone. */
export function verdicts(rows: readonly PoisonRow[]): (RegExp | undefined)[] {
  const seen = new Set<string>();
  return rows.map(({ means }) => {
    if (means instanceof RegExp) return means;
    const { device_id, update_status } = means;
    const all = COLUMNS.map((name) => means[name] ?? "");
    const length = all.reduce((sum, one) => sum + Buffer.byteLength(one), 0);
    if (device_id === null || /^ *$/.test(device_id)) return /no device_id/;
    if (Buffer.byteLength(device_id) > 256) return /longer than 256 bytes/;
    if (length > 16_384) return /longer than 16,384 bytes/;
    if (all.some((one) => one.includes("\0"))) return /NUL/;
    if (update_status === null || /^ *$/.test(update_status)) return /no update_status/;
    if (!/^ *(success|partial) *$/i.test(update_status)) return /neither Success nor Partial/;
    if (seen.has(device_id)) return /earlier row/;
    seen.add(device_id);
    return undefined;
  });
}
