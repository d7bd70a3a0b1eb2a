import { expect, test } from "vitest";
import type { Options } from "../cli/options.ts";
import { settingsOf } from "./settings.ts";

test("watching looks every five seconds at the database alone, unless something else is asked for", () => {
  expect(settingsOf({})).toBeUndefined();
  expect(settingsOf({ watch: true })).toEqual({ folder: undefined, everyMs: 5_000, metrics: undefined });
  const asked = { watch: true, from: "in", every: "2m", metrics: 9_464, policy: "default", noSite: true };
  expect(settingsOf(asked)).toEqual({ folder: "in", everyMs: 120_000, metrics: 9_464 });
});

test.each<[Options, string, string]>([
  [{ watch: true, devices: 5 }, "--devices means nothing with --watch", "npm run pipeline -- --watch"],
  [{ watch: true, seed: 0 }, "--seed means nothing with --watch", "npm run pipeline -- --watch"],
  [{ watch: true, resume: true }, "--resume means nothing with --watch", "npm run pipeline -- --watch"],
  [{ watch: true, replace: true }, "--replace means nothing with --watch", "npm run pipeline -- --watch"],
  [{ watch: true, campaign: "x" }, "--campaign means nothing with --watch", "npm run pipeline -- --watch"],
  [{ watch: true, faultRate: 0 }, "--fault-rate means nothing with --watch", "npm run pipeline -- --watch"],
  [{ watch: true, profile: "x" }, "--profile means nothing with --watch", "npm run pipeline -- --watch"],
  [{ every: "5s" }, "--every means nothing without --watch", "npm run pipeline"],
  [{ metrics: 9_464, from: "a" }, "--metrics means nothing without --watch", "npm run pipeline -- --from a"],
])("%j is refused, with the line that does", (options, cause, command) => {
  expect(() => settingsOf(options)).toThrow(expect.objectContaining({ exitCode: 2, command }));
  expect(() => settingsOf(options)).toThrow(cause);
});
