import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { withLock } from "./lock.ts";
import { ownProcess } from "./process.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-test-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("only one works at a time, in the order in which they came", async () => {
  let inside = 0;
  const order: number[] = [];
  const work = async (number: number) => {
    inside++;
    expect(inside).toBe(1);
    await pause(2);
    order.push(number);
    inside--;
  };
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((number) => withLock(folder, undefined, () => work(number))));
  expect(order).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(readdirSync(folder)).toEqual([]);
});

test("the claims of the dead are passed over, also when their number lives on in another process", async () => {
  const { pid, started } = ownProcess();
  writeFileSync(join(folder, "1.4194303.1.1"), "");
  writeFileSync(join(folder, "0.4194303.1.2"), "");
  if (started !== "") writeFileSync(join(folder, `1.${pid}.1.1`), "");
  expect(await withLock(folder, undefined, async () => "done")).toBe("done");
  expect(readdirSync(folder)).toEqual([]);
});

test("work that fails lets the next one in, and an abort ends the wait", async () => {
  await expect(withLock(folder, undefined, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  const controller = new AbortController();
  await withLock(folder, undefined, async () => {
    const waiting = withLock(folder, controller.signal, async () => "never");
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
  });
  expect(readdirSync(folder)).toEqual([]);
});
