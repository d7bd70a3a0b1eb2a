import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { martInputs, reference } from "./reference.ts";

const PROJECT = resolve(import.meta.dirname, "..");

/** A copy of `data/roi` and `data/policy` with one more file of assumptions. */
function withAssumptions(name: string, spoil: (text: string) => string) {
  const root = mkdtempSync(join(tmpdir(), "sentinel-reference-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const kind of ["roi", "policy"])
    cpSync(join(PROJECT, "data", kind), join(root, "data", kind), { recursive: true });
  const text = readFileSync(join(PROJECT, "data", "roi", "default.json"), "utf8");
  writeFileSync(join(root, "data", "roi", `${name}.json`), spoil(text));
  return reference(root);
}

test("the marts take the assumptions that are asked for, else the shipped ones", () => {
  const files = withAssumptions("ours", (text) => text.replace('"name": "default"', '"name": "ours"'));
  expect(martInputs(files, "ours").roi.name).toBe("ours");
  expect(martInputs(files).roi.name).toBe("default");
});

test("assumptions that are not there are refused with those that are", () => {
  const files = withAssumptions("ours", (text) => text);
  expect(() => files.roi("theirs")).toThrow(
    expect.objectContaining({
      exitCode: 2,
      remedy: expect.stringContaining("default, ours; or add data/roi/theirs.json"),
    }),
  );
});

test("a policy whose file is gone is none, and no error", () => {
  const files = withAssumptions("ours", (text) => text);
  expect(files.knownPolicy("gone")).toBeUndefined();
  expect(files.knownPolicy("field")?.name).toBe("field");
});

test.each<[string, (text: string) => string, RegExp]>([
  [
    "a middle below the low end",
    (text) => text.replace('"mid": 0.75', '"mid": 0.25'),
    /ours\.json, line 11, cannot be used: "low", "mid" and "high"/,
  ],
  [
    "a misspelt key",
    (text) => text.replace('"high": 1000', '"hihg": 1000'),
    /line 42, cannot be used: there is no "hihg"/,
  ],
  ["a comma too many", (text) => text.replace('"version": 1,', '"version": 1,,'), /line 3, cannot be used/],
])("%s is told with its file and its line", (_, spoil, message) => {
  const files = withAssumptions("ours", spoil);
  expect(() => files.roi("ours")).toThrow(
    expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) }),
  );
});
