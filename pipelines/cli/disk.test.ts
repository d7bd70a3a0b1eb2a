import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { diskRefusal, refusalWords } from "./disk.ts";

const HERE = fileURLToPath(import.meta.url);

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was refused");
}

test.each([
  ["missing", () => readFileSync(`${HERE}.none`)],
  ["not_a_folder", () => readFileSync(`${HERE}/below`)],
  ["is_a_folder", () => readFileSync(fileURLToPath(new URL(".", import.meta.url)))],
  ["taken", () => mkdirSync(HERE)],
] as const)("the system's own error is known: %s", (refusal, work) => {
  expect(diskRefusal(thrownBy(work))).toBe(refusal);
});

test.each([
  ["IO Error: Could not write file: No space left on device", "its disk is full"],
  ['IO Error: Cannot open file "x": Permission denied', "this user may not"],
])("so is what an engine makes of it: %s", (message, words) => {
  const refusal = diskRefusal(new Error(message));
  expect(refusal && refusalWords(refusal)).toBe(words);
});

test.each([[new Error("division by zero")], ["ENOSPC"], [undefined]])(
  "what the disk did not say is no refusal of it",
  (error) => {
    expect(diskRefusal(error)).toBeUndefined();
  },
);
