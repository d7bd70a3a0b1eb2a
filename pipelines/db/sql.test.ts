import { expect, test } from "vitest";
import { bind, fill, sql } from "./sql.ts";

test("a statement has its name and its text, without the note on the next", () => {
  expect(sql("recover.store_triage")).toMatch(/^COPY triage_queue \([\s\S]*\) FROM STDIN$/);
  expect(sql("recover.by_action")).not.toContain("--");
  expect(() => sql("recover.nothing")).toThrow("no statement is named recover.nothing");
});

test("numbers, lists of them and hexadecimal digits get into a statement", () => {
  expect(bind("SELECT :a, :b, :c", { a: 7, b: [1, -2, 3], c: "0123-abcf" })).toBe("SELECT 7, '{1,-2,3}', '0123-abcf'");
  // As a server names a snapshot.
  expect(bind("SET TRANSACTION SNAPSHOT :s", { s: "00000003-0000001B-1" })).toContain("'00000003-0000001B-1'");
});

test("a cast is no place, and a name is taken whole, or ends with its brace", () => {
  expect(bind("t_:{a}_:{b}_key", { a: 1, b: 2 })).toBe("t_1_2_key");
  expect(bind("SELECT x::int, :pass, :pass_no", { pass: 1, pass_no: 2 })).toBe("SELECT x::int, 1, 2");
});

test.each<[string, unknown]>([
  ["a quote", "'"],
  ["SQL", "0; DROP TABLE campaign"],
  ["nothing", ""],
  ["a capital that is no digit", "0ABG"],
  ["a small letter that is no digit", "0abg"],
  ["a line break behind digits", "abc\n"],
  ["a fraction", 1.5],
  ["not a number", Number.NaN],
  ["infinity", Number.POSITIVE_INFINITY],
  ["more than a safe whole number", 2 ** 53],
  ["a text in a list", [1, "2"]],
  ["a fraction in a list", [1, 0.5]],
])("%s does not get in", (_, value) => {
  expect(() => bind("SELECT :value", { value: value as string })).toThrow(/:value takes/);
});

test("a place without a value is an error, not a text", () => {
  expect(() => bind("SELECT :a, :b", { a: 1 })).toThrow("the statement needs a value for :b");
});

test("what is filled in may look like a place, and what nothing is given for stays", () => {
  const parts = { finding: () => "IN (':column', '$1', '$&')", column: () => "r.a" };
  expect(fill("WHERE :column :finding AND x::int = $1 AND :finding_of", parts)).toBe(
    "WHERE r.a IN (':column', '$1', '$&') AND x::int = $1 AND :finding_of",
  );
});
