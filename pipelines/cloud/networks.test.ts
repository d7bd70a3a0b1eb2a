import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { allowed, denied, finding, network } from "./networks.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const LATER = new Date("2026-06-01T14:00:00Z");
const PAST = "2026-06-01T11:59:59Z";

describe("a network", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7/32"],
    ["203.0.113.0/24", "203.0.113.0/24"],
    ["10.0.0.0/8", "10.0.0.0/8"],
    ["255.255.255.255/32", "255.255.255.255/32"],
    ["0.0.0.0/32", "0.0.0.0/32"],
  ])("%s is %s", (text, value) => {
    expect(network(text, false)).toBe(value);
  });

  test.each([
    ["203.0.113.7/24", "203.0.113.0/24"],
    ["128.0.0.1/1", "128.0.0.0/1"],
  ])("%s has bits beyond its prefix, and is %s", (text, right) => {
    expect(() => network(text, true)).toThrow(
      expect.objectContaining({ exitCode: 2, remedy: expect.stringContaining(right) }),
    );
  });

  test.each(["0.0.0.0/0", "128.0.0.0/1", "10.0.0.0/7"])("%s is allowed to who insists alone", (text) => {
    expect(() => network(text, false)).toThrow(/try passwords/);
    expect(network(text, true)).toBe(text);
  });

  test.each([
    "",
    "me",
    "::1",
    "2001:db8::/32",
    "1.2.3",
    "1.2.3.4.5",
    "256.0.0.1",
    "1.2.3.4/33",
    "1.2.3.4/",
    "1.2.3.4/24/24",
    "1.2.3.4/-1",
    "01.2.3.4",
    "1.2.3.4/1e1",
    "1.2.3.4 ",
  ])("%j is none", (text) => {
    expect(() => network(text, true)).toThrow(/no IPv4 network/);
  });

  test("is taken as it is, or refused for bits beyond its prefix, whatever its numbers", () => {
    const part = fc.nat(255);
    fc.assert(
      fc.property(fc.tuple(part, part, part, part), fc.nat(32), (parts, bits) => {
        const number = parts.reduce((sum, one) => sum * 256 + one, 0);
        const size = 2 ** (32 - bits);
        const text = `${parts.join(".")}/${bits}`;
        if (number % size === 0) expect(network(text, true)).toBe(text);
        else expect(() => network(text, true)).toThrow(/beyond its prefix/);
      }),
    );
  });
});

describe("the allow-list", () => {
  const office = { value: "198.51.100.0/24", name: "office" };
  const old = { value: "192.0.2.1", expirationTime: PAST };
  const ask = { value: "203.0.113.7/32", by: "ana", now: NOW };

  test("gets an entry with who and when, and keeps what others put there", () => {
    expect(allowed([office], ask)).toEqual([
      office,
      { value: ask.value, name: "sentinel: ana, 2026-06-01T12:00:00.000Z" },
    ]);
    expect(allowed([], { ...ask, until: LATER })?.[0]).toMatchObject({ expirationTime: "2026-06-01T14:00:00.000Z" });
  });

  test("loses what has expired with every change, and only that", () => {
    expect(allowed([office, old], ask)).toHaveLength(2);
    expect(denied([office, old], undefined, NOW)).toEqual([office]);
    expect(denied([office, { ...old, expirationTime: LATER.toISOString() }], undefined, NOW)).toBeUndefined();
    expect(allowed([{ value: ask.value }, old], ask)).toEqual([{ value: ask.value }]);
  });

  test("is left alone where it is like that already, an address being its network of one", () => {
    expect(allowed([{ value: "203.0.113.7" }], ask)).toBeUndefined();
    expect(allowed([{ value: "203.0.113.7" }], { ...ask, until: LATER })).toBeUndefined();
    expect(denied([office], ask.value, NOW)).toBeUndefined();
    expect(denied([office, { value: "203.0.113.7" }], ask.value, NOW)).toEqual([office]);
  });

  test("has a time made longer, never shorter, and ended for good where no end is asked for", () => {
    const [entry] = allowed([], { ...ask, until: LATER }) ?? [];
    if (!entry) throw new Error("no entry");
    const soon = new Date("2026-06-01T13:00:00Z");
    expect(allowed([entry], { ...ask, until: soon })).toBeUndefined();
    const longer = allowed([entry], { ...ask, until: new Date("2026-06-02T00:00:00Z") });
    expect(longer).toEqual([expect.objectContaining({ expirationTime: "2026-06-02T00:00:00.000Z" })]);
    expect(allowed([entry], ask)?.[0]).not.toHaveProperty("expirationTime");
  });

  test.each([
    [{ value: "0.0.0.0/0" }, "lets far too many in"],
    [old, "expired: npm run cloud -- deny expired"],
    [office, "has no end"],
    [{ value: "203.0.113.7", expirationTime: LATER.toISOString() }, ""],
  ])("is looked through: %j %s", (entry, said) => {
    expect(finding(entry, NOW)).toBe(said);
  });
});
