import fc from "fast-check";
import { expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import { isBlank, statusIn } from "./status-word.ts";

const blank = fc.constantFrom("", " ", "  ", "\u00a0", "\u3000 ", "\u2003");
const word = fc.constantFrom(
  "Success",
  "sUCCESS",
  "PARTIAL",
  "partial",
  "succes",
  "Partially",
  "",
  "Su ccess",
  "\tPartial",
);
const text = fc.oneof(
  fc.tuple(blank, word, blank).map((parts) => parts.join("")),
  fc.constantFrom(...hostileValues(100).map((value) => value ?? "")),
);

test("a status is told from bytes as it is from text, in any case and with any blanks around it", () =>
  fc.assert(
    fc.property(text, fc.constantFrom("", "Success", "\u00a0"), (value, before) => {
      const bytes = Buffer.from(`${before}${value}Partial`);
      const from = Buffer.byteLength(before);
      const to = from + Buffer.byteLength(value);
      const plain = value.replaceAll(/^\p{Zs}+|\p{Zs}+$/gu, "");
      const known = { success: "Success", partial: "Partial" }[plain.toLowerCase()];
      expect(statusIn(bytes, from, to)).toBe(known);
      expect(isBlank(bytes, from, to)).toBe(plain === "");
    }),
  ));
