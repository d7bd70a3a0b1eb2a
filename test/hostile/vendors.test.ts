import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SentinelError } from "../../pipelines/cli/errors.ts";
import { PROJECT } from "../support/command.ts";
import { type Folder, folder, known } from "../support/import-files.ts";
import { EXTENT, SEED } from "./extent.ts";

const EXAMPLES = path.join(PROJECT, "data", "examples", "vendors");
const { shapes } = known();

let files: Folder;
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const hostile = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "\0",
    "\ufeff",
    "a\0b",
    "'; DROP TABLE source; --",
    '"',
    "\\",
    "$.a",
    "x".repeat(20_000),
    "success",
    "SUCCEEDED",
  ),
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom(null, true, 0, -1, 1e308, 1772359200, 1772359200000),
  fc.constantFrom([], {}, [[]], { status: {} }, { a: [{ b: null }] }),
);

/** A row of a shape's example with hostile values in places of its own. */
const poisoned = (row: object): fc.Arbitrary<object> =>
  fc.array(fc.tuple(fc.nat(30), hostile), { maxLength: 4 }).map((changes) => {
    const copy = structuredClone(row) as Record<string, unknown>;
    const spots: (readonly [Record<string, unknown>, string])[] = [];
    const walk = (at: Record<string, unknown>): void => {
      for (const [key, value] of Object.entries(at)) {
        spots.push([at, key]);
        if (typeof value === "object" && value !== null) walk(value as Record<string, unknown>);
      }
    };
    walk(copy);
    for (const [no, value] of changes) {
      const [owner, key] = spots[no % spots.length] as (typeof spots)[number];
      owner[key] = typeof value === "string" ? Buffer.from(value).toString() : value;
    }
    return copy;
  });

test(`vendor's rows with hostile values end as reports, earlier reports or rejects, or the file is refused (SENTINEL_SEED=${SEED})`, async () => {
  const wraps = [(rows: object[]) => rows, (rows: object[]) => ({ more: 1, content: rows, value: [] })];
  const rowsOf = (shape: string): object[] => {
    const name = readdirSync(EXAMPLES).find((file) => path.parse(file).name === shape) as string;
    const text = readFileSync(path.join(EXAMPLES, name), "utf8");
    if (name.endsWith(".ndjson"))
      return text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
    const value = JSON.parse(text);
    return [value].flat().flatMap((page) => Object.values(page as object).find((part) => Array.isArray(part)) ?? page);
  };
  const row = fc.constantFrom(...shapes()).chain(({ name }) => fc.constantFrom(...rowsOf(name)).chain(poisoned));
  const cases = fc.record({ rows: fc.array(row, { minLength: 1, maxLength: 12 }), wrap: fc.constantFrom(...wraps) });
  let taken = 0;
  for (const [no, { rows, wrap }] of fc
    .sample(cases, { numRuns: Math.ceil(EXTENT.damages / 2), seed: SEED })
    .entries()) {
    try {
      const file = await files.imported(files.file(`hostile-${no}.json`, JSON.stringify(wrap(rows))));
      expect(file.reports.length + file.earlier + file.rejects.length).toBe(rows.length);
      expect(new Set(file.reports.map(({ deviceId }) => deviceId)).size).toBe(file.reports.length);
      taken += 1;
    } catch (error) {
      expect(error).toBeInstanceOf(SentinelError);
      expect(error).toMatchObject({ exitCode: 2, message: expect.not.stringMatching(/\n\s+at |INTERNAL/) });
    }
  }
  expect(taken).toBeGreaterThan(EXTENT.damages / 10);
}, 240_000);
