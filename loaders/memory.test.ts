import { expect, test } from "vitest";
import { LIMITS, withEnoughMemory } from "./memory.ts";

const needing =
  (limits: readonly string[], error = "Out of Memory Error: failed to allocate data of size 16.0 MiB") =>
  async (limit: string): Promise<string> => {
    if (limits.includes(limit)) return limit;
    throw new Error(error);
  };

test.each(LIMITS)("what %s is enough for is made with that, and each smaller one was tried", async (enough) => {
  const tried: string[] = [];
  const made = await withEnoughMemory(LIMITS, needing([enough]), (limit, next) => tried.push(`${limit}, then ${next}`));
  expect(made).toBe(enough);
  const before = LIMITS.slice(0, LIMITS.indexOf(enough));
  expect(tried).toEqual(before.map((limit, no) => `${limit}, then ${LIMITS[no + 1]}`));
});

test("where the last is not enough, its error is told", async () => {
  await expect(withEnoughMemory(LIMITS, needing([]), () => {})).rejects.toThrow("Out of Memory");
});

test("what fails for another reason is not made again", async () => {
  const more: string[] = [];
  const made = withEnoughMemory(LIMITS, needing(["2GB"], "Binder Error: no such column"), (limit) => more.push(limit));
  await expect(made).rejects.toThrow("Binder Error");
  expect(more).toEqual([]);
});
