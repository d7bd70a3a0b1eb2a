import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fleetWords } from "./domain/fleet.ts";
import { martInputs, type Reference, reference } from "./reference.ts";

const PROJECT = resolve(import.meta.dirname, "..");

/** The reference with one file written anew. */
function withFile(file: string, rewrite: (text: string) => string): Reference {
  const root = mkdtempSync(join(tmpdir(), "sentinel-reference-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(PROJECT, "data", "errors.csv"), join(root, "data", "errors.csv"));
  cpSync(join(PROJECT, "data", "regions.csv"), join(root, "data", "regions.csv"));
  const path = join(root, "data", file);
  writeFileSync(path, rewrite(readFileSync(path, "utf8")));
  return reference(root);
}

test("every result of LwM2M object 5 that stands for a failure has a meaning, and only some codes are ever generated", () => {
  const known = reference(PROJECT);
  const { errors } = known.catalogue();
  const results = errors.flatMap(({ source }) => /^LwM2M object 5 result (\d+)$/.exec(source)?.[1] ?? []);
  expect([...new Set(results.map(Number))].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  const generated = new Set(fleetWords(known.fleet()).outcomes.map(([, , code]) => code));
  expect(generated).toContain("connection_lost");
  for (const code of ["cancelled", "deferred", "invalid_uri", "unsupported_protocol"]) {
    expect(known.errorCodes()).toContain(code);
    expect(generated).not.toContain(code);
  }
});

test("a region without coordinates is known, and on no map", () => {
  const known = withFile("regions.csv", (text) => text.replace(",22.4,78.9,356,", ",,,,"));
  expect(known.catalogue().regions.map(({ region }) => region)).not.toContain("India");
  expect(known.catalogue().regions).toHaveLength(4);
});

test.each([
  ["regions.csv", "22.4", "122.4", '122.4 in "latitude" is not within 90 degrees'],
  ["regions.csv", "22.4", "north", '"north" in "latitude" is not a number'],
  ["regions.csv", ",356,", ",IND,", '"IND" in "countries" must be an ISO 3166-1 numeric code'],
  ["regions.csv", ",356,", ",840,", '"840" in "countries" must be'],
  ["errors.csv", "4,link", "4,nobody", '"nobody" in "look_at" is none of device, link, package, server'],
  ["errors.csv", "low_battery,INSTALLING", "low_battery,SLEEPING", '"SLEEPING" is no stage of an update'],
])("%s with %s as %s is refused", (file, was, is, words) => {
  expect(() => withFile(file, (text) => text.replace(was, is)).catalogue()).toThrow(
    expect.objectContaining({ message: expect.stringContaining(words) }),
  );
});

/** A copy of what marts are given with one more file of assumptions. */
function withAssumptions(name: string, spoil: (text: string) => string) {
  const root = mkdtempSync(join(tmpdir(), "sentinel-reference-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const kind of ["roi", "policy", "errors.csv", "regions.csv"])
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
