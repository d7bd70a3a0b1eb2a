import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { Checksum } from "./checksum.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());

interface Key {
  readonly text: string;
  readonly number: number;
}

const NUMBERS = [0, 1, 2, 499, 0x7fffffff, 0x80000000, 0xdeadbeef, 0xffffffff];
const LENGTHS = Array.from({ length: 64 }, (_, length) => length);
const hostile = hostileValues(4000).filter((text): text is string => text !== null);
const ids = fc.sample(fc.nat(0xffffffff), { seed: 3, numRuns: 2000 }).map((id) => `DEV-${id.toString(16)}`);
/** Every length up to five of lookup3's blocks, ASCII, beyond it and with high bytes, each with a number near an edge or any. */
const texts = [
  ...LENGTHS.flatMap((length) => ["x".repeat(length), "é".repeat(length), "\u{10ffff}".repeat(length)]),
  ...[...hostile, ...ids],
];
const anyNumber = fc.sample(fc.nat(0xffffffff), { seed: 5, numRuns: texts.length });
const keys: Key[] = texts.map((text, at) => ({
  text,
  number: (at % 3 === 0 ? NUMBERS[at % NUMBERS.length] : anyNumber[at]) ?? 0,
}));

async function hashes(of: readonly Key[]): Promise<string[]> {
  const rows = await query<{ hash: string }>(
    database.url,
    `SELECT hashtextextended(k.text, k.number)::text AS hash
     FROM unnest($1::text[], $2::bigint[]) WITH ORDINALITY AS k (text, number, place) ORDER BY k.place`,
    [of.map(({ text }) => text), of.map(({ number }) => number)],
  );
  return rows.map(({ hash }) => hash);
}

const sumOf = (of: readonly Key[]): string => {
  const checksum = new Checksum();
  for (const { text, number } of of) checksum.addText(text, number);
  return String(checksum);
};

test("the hash of one key is the server's, for thousands of texts and numbers", async () => {
  expect(keys.length).toBeGreaterThan(5000);
  const wanted = await hashes(keys);
  const differing = keys.filter((key, at) => sumOf([key]) !== wanted[at]);
  expect(differing).toEqual([]);
});

test("every number goes with every length", async () => {
  const grid = LENGTHS.flatMap((length) => NUMBERS.map((number) => ({ text: "k".repeat(length), number })));
  expect(grid.map((key) => sumOf([key]))).toEqual(await hashes(grid));
});

test("the sum is the server's, below zero too, whatever the order", async () => {
  const wanted = (await hashes(keys)).map(BigInt);
  const negative = keys.filter((_, at) => (wanted[at] ?? 0n) < 0n);
  const total = (of: readonly Key[]) =>
    query<{ sum: string }>(
      database.url,
      "SELECT sum(hashtextextended(k.text, k.number))::text AS sum FROM unnest($1::text[], $2::bigint[]) AS k (text, number)",
      [of.map(({ text }) => text), of.map(({ number }) => number)],
    );
  expect(await total(keys)).toEqual([{ sum: sumOf(keys) }]);
  expect(sumOf([...keys].reverse())).toBe(sumOf(keys));
  // Far beyond 64 bits, where the sum of a bigint column is a numeric.
  expect(await total(negative)).toEqual([{ sum: sumOf(negative) }]);
  expect(BigInt(sumOf(negative))).toBeLessThan(-(2n ** 63n));
  for (const size of [1, 2, 3, 5, 8])
    expect(await total(negative.slice(0, size))).toEqual([{ sum: sumOf(negative.slice(0, size)) }]);
});

test("of no key it is 0, and bytes are taken from where they stand", () => {
  expect(String(new Checksum())).toBe("0");
  const bytes = Buffer.from("\t17\tDEV-1a2b3c4d\té\t");
  const checksum = new Checksum();
  checksum.add(bytes, 4, 16, 9);
  expect(String(checksum)).toBe(sumOf([{ text: "DEV-1a2b3c4d", number: 9 }]));
});
