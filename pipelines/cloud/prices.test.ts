import { resolve } from "node:path";
import { expect, test } from "vitest";
import { backupCost, estimate, readPrices } from "./prices.ts";

const prices = readPrices(resolve(import.meta.dirname, "../.."));
const BILL = {
  region: "us-central1",
  edition: "ENTERPRISE",
  tier: "db-custom-2-7680",
  diskGb: 10,
  diskType: "PD_SSD",
  isRegional: false,
  hours: 730,
  hasAddress: true,
};
/** Parts of an estimate in cents, as the source has them. */
const cents = (bill: Partial<typeof BILL>) =>
  estimate(prices, { ...BILL, ...bill }).map(({ monthly }) =>
    monthly === undefined ? undefined : Math.round(100 * monthly),
  );

test("prices say of when and from where they are", () => {
  expect(prices.date).toMatch(/^20\d\d-\d\d-\d\d$/);
  expect(prices.source.length).toBeGreaterThan(40);
});

test.each([
  ["a machine of one's own size", {}, [6030 + 3833, 170, 0]],
  ["with a standby", { isRegional: true }, [12060 + 7665, 340, 0]],
  ["the smallest", { tier: "db-f1-micro" }, [767, 170, 0]],
  ["stopped all the time", { hours: 0 }, [0, 170, 730]],
  ["a tenth of the time", { hours: 73 }, [986, 170, 657]],
  ["without an address", { hasAddress: false }, [6030 + 3833, 170]],
])("%s costs what the source says", (_, bill, parts) => {
  const made = cents(bill);
  expect(made).toHaveLength(parts.length);
  for (const [at, part] of parts.entries()) {
    expect(Math.abs((made[at] ?? Number.NaN) - part)).toBeLessThanOrEqual(1);
  }
});

test.each([
  [{ tier: "db-perf-optimized-N-2", edition: "ENTERPRISE_PLUS" }, [undefined, 170, 0]],
  [{ tier: "db-n1-standard-1" }, [undefined, 170, 0]],
  [{ diskType: "PD_HDD" }, [9862, undefined, 0]],
  [{ region: "europe-west1" }, [undefined, undefined, undefined]],
])("%j has no price where none was found, rather than a guess", (bill, parts) => {
  expect(cents(bill)).toEqual(parts);
});

test("backups are paid by what they hold", () => {
  expect(backupCost(prices, "us-central1", 50_000_000_000)).toBeCloseTo(4);
  expect(backupCost(prices, "mars-north1", 1)).toBeUndefined();
});
