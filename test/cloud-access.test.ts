import { beforeEach, describe, expect, test } from "vitest";
import { allowing, CloudFixture, OTHERS } from "./support/cloud/fixture.ts";

const PATCH = "SqlInstancesService.Patch";
const cloud = new CloudFixture();

describe("allow and deny", () => {
  beforeEach(() => void cloud.put(allowing([OTHERS])));

  test("let this machine in for a time, and no more: by whom and until when is in the list itself", async () => {
    const before = Date.now();
    await cloud.succeed("allow", "me", "--for", "2h");
    const mine = cloud.networks[1];
    expect(mine?.value).toBe("203.0.113.7/32");
    expect(mine?.name).toMatch(/^sentinel: ana, 20\d\d-/);
    const lasts = Date.parse(mine?.expirationTime ?? "") - before;
    expect(Math.abs(lasts - 7_200_000)).toBeLessThan(60_000);
    await cloud.succeed("deny", "me");
    await cloud.succeed("deny", "me");
    expect(cloud.networks).toEqual([OTHERS]);
    expect(cloud.api.changes).toHaveLength(2);
  });

  test("ask once for what is there already", async () => {
    await cloud.succeed("allow", "203.0.113.0/24");
    await cloud.succeed("allow", "203.0.113.0/24");
    expect(cloud.networks.map(({ value }) => value)).toEqual([OTHERS.value, "203.0.113.0/24"]);
    expect(cloud.api.changes).toHaveLength(1);
  });

  test("take what has expired out of the list", async () => {
    cloud.api.instances.change(
      "fleet",
      allowing([OTHERS, { value: "192.0.2.1", expirationTime: "2020-01-01T00:00:00Z" }]),
    );
    expect((await cloud.succeed("status")).stdout).toMatch(/192\.0\.2\.1 .*expired/);
    await cloud.succeed("deny", "expired");
    expect(cloud.networks).toEqual([OTHERS]);
  });

  test.each([
    ["203.0.113.7/24", /bits set beyond its prefix[\s\S]*203\.0\.113\.0\/24/],
    ["0.0.0.0/0", /the whole Internet try passwords[\s\S]*--force/],
    ["2001:db8::/32", /no IPv4 network/],
    ["everyone", /no IPv4 network/],
  ])("refuse %s without a word to the API", async (network, said) => {
    await cloud.refuse(2, said, "allow", network);
    expect(cloud.api.calls).toEqual([]);
  });

  test("open it to all where somebody insists, which status then says", async () => {
    await cloud.succeed("allow", "0.0.0.0/0", "--force");
    expect((await cloud.succeed("status")).stdout).toMatch(/0\.0\.0\.0\/0 .*lets far too many in/);
  });

  test("lose nothing that somebody else puts there meanwhile", async () => {
    const theirs = { value: "192.0.2.0/24" };
    cloud.api.before(PATCH, () => cloud.api.instances.change("fleet", allowing([OTHERS, theirs])));
    const { stderr } = await cloud.succeed("allow", "203.0.113.7");
    expect(stderr).toMatch(/Condition does not match\. Looking again/);
    expect(cloud.networks.map(({ value }) => value)).toEqual([OTHERS.value, theirs.value, "203.0.113.7/32"]);
  });

  test("lose nothing when several come at once", async () => {
    const all = ["203.0.113.1", "203.0.113.2", "203.0.113.3"];
    await Promise.all(all.map((one) => cloud.succeed("allow", one)));
    expect(cloud.networks.map(({ value }) => value).sort()).toEqual(
      [OTHERS.value, ...all.map((one) => `${one}/32`)].sort(),
    );
  });

  test("tell where this machine's address can't be had", async () => {
    cloud.api.address = "2001:db8::1";
    await cloud.refuse(3, /does not tell this machine's IPv4 address/, "allow", "me");
  });
});
