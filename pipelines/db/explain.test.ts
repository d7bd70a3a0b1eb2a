import { expect, test } from "vitest";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Target } from "./connect.ts";
import { explain } from "./explain.ts";

const target: Target = { config: { host: "db", port: 5432 }, label: "ana@db:5432/ota", source: "a test" };
const failed = (code: string) => explain(Object.assign(new Error("planted"), { code }), target);

test.each([
  ["42P01", EXIT.resumable, "is not as this version makes it: planted"],
  ["42703", EXIT.resumable, "is not as this version makes it: planted"],
  ["42501", EXIT.database, "lacks a right: planted"],
  ["08P01", EXIT.database, "lets no session begin as Sentinel begins one: planted"],
  ["53100", EXIT.resumable, "is full"],
  ["40P01", EXIT.database, "could not do it now: planted (40P01)"],
  ["53200", EXIT.database, "could not do it now: planted (53200)"],
  ["08006", EXIT.database, "was lost or never answered (08006)"],
  ["ECONNRESET", EXIT.database, "was lost or never answered (ECONNRESET)"],
])("%s is told with what to do about it", (code, exitCode, words) => {
  const told = failed(code);
  expect(told).toBeInstanceOf(SentinelError);
  expect(told).toMatchObject({
    exitCode,
    message: expect.stringContaining(words),
    remedy: expect.stringMatching(/\w/),
  });
});

test("what nobody can act on is passed on as it is", () => {
  const error = Object.assign(new Error("planted"), { code: "0A000" });
  expect(explain(error, target)).toBe(error);
});
