import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteCache } from "./byte-cache.ts";

test("what is found for bytes was put there for these very bytes, however many share a place", () => {
  const keys = fc.array(fc.uint8Array({ maxLength: 4 }), { minLength: 1, maxLength: 200 });
  fc.assert(
    fc.property(keys, (all) => {
      const cache = new ByteCache<string>();
      for (const key of all) {
        const bytes = Buffer.concat([Buffer.of(9), key, Buffer.of(9)]);
        const name = Buffer.from(key).toString("hex");
        expect([undefined, name]).toContain(cache.get(bytes, 1, 1 + key.length));
        expect(cache.put(bytes, 1, 1 + key.length, name)).toBe(name);
        bytes.fill(0);
        expect(cache.get(Buffer.from(key), 0, key.length)).toBe(name);
      }
    }),
  );
});

test("keys that share a place push one another out, and are never taken for one another", () => {
  const cache = new ByteCache<number>();
  const keys = Array.from({ length: 40_000 }, (_, no) => Buffer.from(`key ${no}`));
  for (const [no, key] of keys.entries()) cache.put(key, 0, key.length, no);
  const found = keys.flatMap((key, no) => {
    const value = cache.get(key, 0, key.length);
    return value === undefined ? [] : [value === no];
  });
  expect(found.length).toBeLessThanOrEqual(1 << 14);
  expect(found.length).toBeGreaterThan(1_000);
  expect(found).not.toContain(false);
});
