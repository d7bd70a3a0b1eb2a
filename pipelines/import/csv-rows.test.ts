import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import { CsvRows, type CsvSink } from "./csv-rows.ts";

/** What a CSV comes to that is pushed in pieces of so many bytes. */
function rowsOf(bytes: Buffer, piece: number): string[] {
  const found: string[] = [];
  const sink: CsvSink = {
    plain(data, from, ends) {
      let begin = from;
      const values = Array.from(ends, (end) => {
        const text = data.toString("utf8", begin, end);
        begin = end + 1;
        return text;
      });
      found.push(JSON.stringify(values));
    },
    values: (data, spans) => void found.push(JSON.stringify(spans.map((span) => data.toString("utf8", ...span)))),
    damaged: (reason) => void found.push(reason),
  };
  const rows = new CsvRows(",", ({ names }) => {
    found.push(JSON.stringify(names));
    return sink;
  });
  // A piece may be written over once it was taken.
  for (let at = 0; at < bytes.length; at += piece) {
    const pushed = Buffer.from(bytes.subarray(at, at + piece));
    rows.push(pushed);
    pushed.fill(7);
  }
  rows.end();
  expect(rows.rows).toBe(found.length - 1);
  return found;
}

const cell = fc.oneof(
  fc.constantFrom("a", "", '""', '"x,""y"""', '"two\nlines"', '"cr\r\n"', 'odd"quote', '"no end', "ü", "\r", "1,2"),
  fc.constantFrom(...hostileValues(50).map((text) => `"${(text ?? "").replaceAll('"', '""')}"`)),
);
const csv = fc
  .array(fc.tuple(cell, cell, cell, fc.constantFrom("\n", "\r\n", "\n\n")), { maxLength: 12 })
  .map((rows) =>
    Buffer.from(`a,b,c\n${rows.map(([one, two, three, end]) => `${one},${two},${three}${end}`).join("")}`),
  );

test("whatever its pieces are, a CSV has the same rows", () =>
  fc.assert(
    fc.property(csv, fc.integer({ min: 1, max: 40 }), (bytes, piece) => {
      expect(rowsOf(bytes, piece)).toEqual(rowsOf(bytes, bytes.length));
    }),
    { numRuns: 500 },
  ));

test("bytes that are not UTF-8 damage their row alone, wherever they stand", () => {
  const bytes = Buffer.concat([Buffer.from("a,b\n1,2\nx,"), Buffer.of(0xff), Buffer.from("\n3,4\n")]);
  for (const piece of [1, 3, 100])
    expect(rowsOf(bytes, piece)).toEqual(['["a","b"]', '["1","2"]', "it is not UTF-8", '["3","4"]']);
});
