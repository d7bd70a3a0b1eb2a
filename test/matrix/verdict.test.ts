import { expect, test } from "vitest";
import { verdict } from "./verdict.ts";

const counts = { exitCode: 0, passed: 12, failed: 0, skipped: 0 };

test.each([
  ["all passed", counts, "passed", "12 tests"],
  ["some were skipped, which is said", { ...counts, skipped: 3 }, "passed", "12 tests, 3 more were skipped"],
  ["one failed", { ...counts, exitCode: 1, failed: 1 }, "failed", "1 of 13 tests, see x.log"],
  ["the run failed outside of a test", { ...counts, exitCode: 1 }, "failed", "exit 1 outside of a test, see x.log"],
  ["it was killed", { ...counts, exitCode: null }, "failed", "exit null outside of a test, see x.log"],
  ["none ran", { ...counts, passed: 0, skipped: 5 }, "skipped", "no test ran"],
  ["nothing was told", undefined, "failed", "no word of the tests, see x.log"],
])("%s", (_, given, result, why) => {
  expect(verdict(given, "x.log")).toEqual({ result, why });
});
