import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, onTestFinished, test } from "vitest";
import { BLOCK_BYTES, withLines } from "./line-file.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "sentinel-lines-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Lines of those lengths, each of other bytes than its neighbours. */
const linesOf = (lengths: readonly number[]): Buffer[] =>
  lengths.map((length, no) => Buffer.alloc(length, 97 + (no % 26)));

const B = BLOCK_BYTES;
const short = (total: number): number[] => [...Array<number>(Math.floor(total / 64)).fill(63), (total % 64) - 1];

test.each([
  ["no line", []],
  ["an empty line", [0]],
  ["a line that leaves one byte of the block", [B - 2]],
  ["a line that fills the block with its line feed", [B - 1]],
  ["a line as long as the block", [B]],
  ["a line longer than the block", [B + 1]],
  ["a line of several blocks among short ones", [5, 3 * B + 7, 0, 5]],
  ["a line that just fits behind another", [10, B - 12]],
  ["a line that does not fit behind another by its line feed", [10, B - 11]],
  ["a line that does not fit behind another by a byte", [10, B - 10]],
  ["a block filled to the byte, and a line after it", [B - 1, 0, B - 1, 3]],
  ["ever longer lines than a block", [B + 1, B + 2, 2 * B, B + 1]],
  ["short lines, a byte less than a block", short(B - 1)],
  ["short lines, a block", [...Array<number>(B / 64).fill(63)]],
  ["short lines, a byte more than a block", short(B + 1)],
  ["short lines, two blocks and some", short(2 * B + 17)],
])("%s: every byte arrives once, in order", async (_, lengths) => {
  const lines = linesOf(lengths);
  const file = join(folder(), "lines");
  const counted = await withLines(file, async (into) => {
    // The bytes lie inside of a larger buffer that changes as soon as the call is over, as those of a socket do.
    for (const line of lines) {
      const held = Buffer.concat([Buffer.from("<<"), line, Buffer.from(">>")]);
      into.add(held, 2, 2 + line.length);
      held.fill(0);
    }
  });
  const expected = Buffer.concat([
    Buffer.from(lines.length > 0 ? "\ufeff" : ""),
    ...lines.flatMap((line) => [line, Buffer.from("\n")]),
  ]);
  expect(readFileSync(file).equals(expected)).toBe(true);
  expect(counted).toEqual({ rows: lengths.length, longestLine: Math.max(0, ...lengths) });
});

test("the file is its user's alone, and one that is there already is left alone", async () => {
  const file = join(folder(), "lines");
  await withLines(file, async (into) => into.add(Buffer.from("telemetry"), 0, 9));
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await expect(withLines(file, async () => {})).rejects.toMatchObject({ code: "EEXIST" });
  expect(readFileSync(file, "utf8")).toBe("\ufefftelemetry\n");
});

test("an error of the writer is passed on", async () => {
  const enough = new Error("enough");
  await expect(withLines(join(folder(), "lines"), () => Promise.reject(enough))).rejects.toBe(enough);
});

test("the engine reads a byte order mark at the front of the first value as a part of it", async () => {
  const file = join(folder(), "lines");
  const values = ["\ufeff12.5", "\ufeff", "plain"];
  await withLines(file, async (into) => {
    for (const line of values.map((value) => Buffer.from(`${value}\tx`))) into.add(line, 0, line.length);
  });
  const db = await (await DuckDBInstance.create(":memory:")).connect();
  await db.run(readFileSync(new URL("./macros/pulled.sql", import.meta.url), "utf8"));
  await db.run(`SET VARIABLE longest_line = 1000000; SET VARIABLE lines = '${JSON.stringify([file])}'`);
  const read = await db.runAndReadAll(
    "SELECT hex(encode(id)) AS id FROM pulled('lines', {id: 'VARCHAR', x: 'VARCHAR'})",
  );
  // As bytes: the client takes a mark off the front of every text.
  const bytes = read.getRowObjectsJS().map(({ id }) => Buffer.from(String(id), "hex"));
  expect(bytes).toEqual(values.map((value) => Buffer.from(value)));
});
