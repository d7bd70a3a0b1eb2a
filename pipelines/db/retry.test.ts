import { expect, test } from "vitest";
import { isTransient, withRetry } from "./retry.ts";

const failure = (code: string, message = "failed"): Error => Object.assign(new Error(message), { code });
const never = { stopped: () => false, random: () => 0, onRetry: () => {} };

test.each(
  (
    "40001 40P01 55P03 57P01 57P02 57P03 57P05 25P03 25P04 53300 53200 08000 08001 08003 08004 08006 08007 40003 " +
    "ECONNRESET EPIPE ETIMEDOUT ECONNREFUSED EHOSTUNREACH ENETUNREACH EAI_AGAIN"
  ).split(" "),
)("%s is transient, also inside another error", (code) => {
  expect(isTransient(failure(code))).toBe(true);
  expect(
    isTransient(new Error("a stage failed", { cause: new Error("a batch failed", { cause: failure(code) }) })),
  ).toBe(true);
});

test.each([
  "Connection terminated unexpectedly",
  "timeout expired",
  "Client has encountered a connection error and is not queryable",
])("%s, which has no code, is transient", (message) => expect(isTransient(new Error(message))).toBe(true));

test.each(
  "53100 25006 28P01 28000 3D000 42501 42P01 22021 23505 23514 54000 CERT_HAS_EXPIRED ENOTFOUND 57014".split(" "),
)("%s is final", async (code) => {
  expect(isTransient(failure(code))).toBe(false);
  let attempts = 0;
  const run = withRetry(() => {
    attempts += 1;
    return Promise.reject(failure(code));
  }, never);
  await expect(run).rejects.toMatchObject({ code });
  expect(attempts).toBe(1);
});

test("what is no error is final", () => {
  for (const thrown of [undefined, null, "ECONNRESET", 42, { code: "40001" }]) expect(isTransient(thrown)).toBe(false);
});

test("the work is done again until it succeeds, and each retry is told", async () => {
  const told: [string, number][] = [];
  const onRetry = (error: unknown, attempt: number) => told.push([(error as { code: string }).code, attempt]);
  const work = (attempt: number) => (attempt < 4 ? Promise.reject(failure("40001")) : Promise.resolve(attempt));
  expect(await withRetry(work, { ...never, onRetry })).toBe(4);
  expect(told).toEqual([
    ["40001", 1],
    ["40001", 2],
    ["40001", 3],
  ]);
});

test("a run that was told to stop takes the next error as final", async () => {
  let attempts = 0;
  const work = () => {
    attempts += 1;
    return Promise.reject(failure("57P01"));
  };
  await expect(withRetry(work, { ...never, stopped: () => attempts === 3 })).rejects.toMatchObject({ code: "57P01" });
  expect(attempts).toBe(3);
});

test("past the deadline an error is final", async () => {
  let retries = 0;
  const onRetry = () => {
    retries += 1;
  };
  const work = () => Promise.reject(failure("40P01"));
  await expect(withRetry(work, { ...never, onRetry, deadlineMs: -1 })).rejects.toMatchObject({ code: "40P01" });
  expect(retries).toBe(0);
});
