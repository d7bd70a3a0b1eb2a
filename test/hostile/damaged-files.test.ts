import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SentinelError } from "../../pipelines/cli/errors.ts";
import { openImport } from "../../pipelines/import/file.ts";
import { type Folder, folder, type ImportFormat, type ImportRow, known, reportsIn } from "../support/import-files.ts";
import { EXTENT, SEED } from "./extent.ts";

const ROWS: ImportRow[] = Array.from({ length: 120 }, (_, no) => ({
  device_id: no % 7 === 0 ? `"quoted", ${no}\nof two lines` : `dev-${no}`,
  region: ["EU", "India", "Zürich"][no % 3] ?? null,
  battery_voltage: no % 5 === 0 ? null : `${no / 10}`,
  signal_strength: "70",
  update_status: no % 2 === 0 ? "Partial" : "Success",
}));

let files: Folder;
let places = 0;
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

/** Rows that the file turned out to have, stored and refused; nothing where it was refused whole. */
async function imported(file: string): Promise<number | undefined> {
  const scratch = path.join(files.path, `scratch-${++places}`);
  mkdirSync(scratch);
  try {
    const found = await openImport(file, scratch, known());
    let devices = 0;
    for await (const batch of found.batches(50)) devices += batch.rows;
    found.close();
    expect(devices).toBe(found.devices);
    const numbers = found.rejects.map(({ rowNo }) => rowNo);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(0, ...numbers)).toBeLessThanOrEqual(devices + numbers.length);
    return devices + numbers.length;
  } catch (error) {
    // Whatever else is thrown would be exit 1.
    expect(error).toBeInstanceOf(SentinelError);
    expect(error).toMatchObject({ exitCode: 2, message: expect.not.stringMatching(/\n\s+at |INTERNAL/) });
    return undefined;
  }
}

const damage = fc.record({
  isCut: fc.boolean(),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
  flips: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 255 })), {
    minLength: 1,
    maxLength: 4,
  }),
});

function damaged(
  whole: Buffer,
  { isCut, place, flips }: typeof damage extends fc.Arbitrary<infer T> ? T : never,
): Buffer {
  if (isCut) return whole.subarray(0, Math.floor(place * (whole.length - 1)));
  const bytes = Buffer.from(whole);
  for (const [at, by] of flips) {
    const index = Math.floor(at * (bytes.length - 1));
    bytes[index] = (bytes[index] ?? 0) ^ by;
  }
  return bytes;
}

test.each<ImportFormat>(["csv", "ndjson", "json", "parquet"])(
  `%s: a file that is cut or has other bytes in it is refused whole, or every row of it is accounted for (SENTINEL_SEED=${SEED})`,
  async (format) => {
    const whole = readFileSync(await files.rows("whole", format, ROWS));
    expect(await imported(files.file(`same.${format}`, whole))).toBe(ROWS.length);
    for (const [no, how] of fc.sample(damage, { numRuns: Math.ceil(EXTENT.damages / 4), seed: SEED }).entries()) {
      const rows = await imported(files.file(`damaged-${no}.${format}`, damaged(whole, how)));
      // Nothing is made up: a line break can make two rows of one, no more than so many.
      expect(rows ?? 0).toBeLessThanOrEqual(ROWS.length + 40);
    }
  },
  240_000,
);

test("Parquet of other types than text is kept as text", async () => {
  const file = path.join(files.path, "types.parquet");
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(
    `COPY (SELECT 'id'::BLOB AS device_id, [1, 2] AS region, 12.50::DECIMAL(9, 2) AS battery_voltage, {'a': 1} AS signal_strength,
       'Partial' AS update_status, TIMESTAMPTZ '2026-03-01 12:00:00+02' AS reported_at, '\\xFF'::BLOB AS model, 3::UTINYINT AS attempts,
       'NaN'::DOUBLE AS storage_free_mb) TO '${file}' (FORMAT parquet)`,
  );
  db.closeSync();
  const scratch = path.join(files.path, "types");
  mkdirSync(scratch);
  const found = await openImport(file, scratch, known());
  const { value } = await found.batches(10).next();
  found.close();
  expect(value && reportsIn(value)).toMatchObject([
    {
      ...{ deviceId: "id", region: "[1, 2]", battery_voltage: "12.50", signal_strength: "{'a': 1}", model: "\\xFF" },
      ...{ attempts: "3", storage_free_mb: "nan", reported_at: "2026-03-01 10:00:00+00" },
    },
  ]);
});
