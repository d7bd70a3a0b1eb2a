import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from "vitest";
import { type Certificate, certificate, encrypted } from "./support/certificates.ts";
import { type Ended, type Environment, run } from "./support/cli.ts";
import { query } from "./support/fleet.ts";
import { type Tap, tap } from "./support/tap.ts";
import { type TlsServer, tlsServer } from "./support/tls-server.ts";

const HOSTS = ["localhost", "127.0.0.1"];
const PASSWORD = "hunter2-canary";
const authority = certificate({ name: "Sentinel test authority", signs: true });
const stranger = certificate({ name: "Somebody else's authority", signs: true });
const old = certificate({ name: "An old authority", signs: true, days: [-9, -1] });
const good = certificate({ name: "server", hosts: HOSTS, by: authority });

let folder: string;
let server: TlsServer;
let way: Tap;
let shown: Certificate = good;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-tls-"));
  server = await tlsServer(good, authority);
  for (const name of ["secured", "known"]) {
    await query(server.url, `CREATE ROLE ${name} LOGIN PASSWORD '${PASSWORD}'`);
    await query(server.url, `CREATE DATABASE ${name} OWNER ${name}`);
  }
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});
beforeEach(async () => {
  way = await tap(server.url);
  return () => way.close();
});

/** Has the server show a certificate, where it does not already. */
async function show(next: Certificate): Promise<void> {
  if (next !== shown) await server.show(next);
  shown = next;
}

function file(name: string, text: string, mode = 0o600): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

type Parameters = Readonly<Record<string, string>>;

/** A URL over the tap. */
function url(parameters: Parameters = {}, user = "secured", through = way.url): string {
  const made = Object.assign(new URL(through), { username: user, password: PASSWORD, pathname: user });
  made.search = new URLSearchParams({ sslmode: "verify-full", ...parameters }).toString();
  return made.href;
}

const ca = (of: Certificate = authority): Parameters => ({ sslrootcert: file("ca.crt", of.cert) });
const own = ({ cert, key }: Certificate, mode = 0o600): Parameters => ({
  sslcert: file("own.crt", cert),
  sslkey: file("own.key", key, mode),
});

/** Cause, remedy and nothing else: once, for good, and nothing secret said or sent. */
function expectRefusal({ code, stdout, stderr }: Ended, exit: number, attempts: number, cause: RegExp, remedy: RegExp) {
  expect(stderr).toMatch(cause);
  expect(stderr).toMatch(remedy);
  expect(code).toBe(exit);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^✗ .+\n {2}.+/m);
  expect(stderr).not.toMatch(/\n\s+at |node_modules|\.ts:\d|bug in Sentinel/);
  expect(stderr).not.toContain(PASSWORD);
  expect(way.connections).toBe(attempts);
  const sent = way.sent().toString("latin1");
  expect(sent).not.toContain(PASSWORD);
  expect(sent).not.toContain("secured");
  expect(sent).not.toContain("known");
}

const WORK = ["pipeline", "--no-site", "--devices", "2000", "--batch-size", "500", "--workers", "2", "--campaign"];

describe("a server that proves who it is is worked with from end to end, workers too", () => {
  /** Everything went over TLS, by more sessions than one: nothing readable was sent. */
  function expectSecured({ code, stderr }: Ended): void {
    expect(stderr).not.toContain("✗");
    expect(code).toBe(0);
    expect(way.connections).toBeGreaterThan(2);
    const sent = way.sent().toString("latin1");
    for (const text of ["secured", "known", "sentinel-ota", "COPY", "DEV-"]) expect(sent).not.toContain(text);
  }

  test.each(HOSTS)("by the name %s", async (host) => {
    await show(good);
    const place = new URL(url(ca()));
    place.hostname = host;
    expectSecured(await run([...WORK, `of ${host}`], place.href));
  });

  test("with sslmode=require in the URL, which keeps the authority", async () => {
    expectSecured(await run([...WORK, "required"], url({ ...ca(), sslmode: "require" })));
    const other = await run(["validate"], url({ ...ca(stranger), sslmode: "require" }));
    expect(other.stderr).toContain("cannot be trusted");
  });

  test("with the authority in PGSSLROOTCERT", async () => {
    expectSecured(await run([...WORK, "by environment"], url(), { PGSSLROOTCERT: ca().sslrootcert ?? "" }));
  });

  test.each<[string, string, Certificate]>([
    ["as its common name", "localhost", certificate({ name: "project:instance", by: authority })],
    [
      "beside others",
      "127.0.0.1",
      certificate({ name: "cloud", hosts: ["project:instance", "db.invalid"], by: authority }),
    ],
  ])("by a pinned name that no host can have, which the certificate has %s", async (_, host, named) => {
    await show(named);
    const at = (parameters: Parameters) => Object.assign(new URL(url(parameters)), { hostname: host }).href;
    expectSecured(await run([...WORK, "pinned"], at({ ...ca(), sslservername: "project:instance" })));
    const env = { SENTINEL_TLS_SERVERNAME: "project:instance" };
    expect(await run(["triage"], at(ca()), env)).toMatchObject({ code: 0 });
  });

  test("by a certificate of one's own, where the server asks for it", async () => {
    await show(good);
    const mine = own(certificate({ name: "known", by: authority }));
    expectSecured(await run([...WORK, "known"], url({ ...ca(), ...mine }, "known")));
    const env: Environment = { PGSSLCERT: mine.sslcert ?? "", PGSSLKEY: mine.sslkey ?? "" };
    expect(await run(["triage"], url(ca(), "known"), env)).toMatchObject({ code: 0 });
  });

  test("and db asks it too: url, digest, and psql, ours or the system's", async () => {
    await show(good);
    const mine = { ...ca(), ...own(certificate({ name: "known", by: authority })) };
    const place = url(mine, "known");
    const printed = new URL((await run(["db", "url"], place)).stdout.trim());
    expect(Object.fromEntries(printed.searchParams)).toEqual({ sslmode: "verify-full", ...mine });
    expect((await run(["db", "digest"], place)).stdout).toMatch(/^[0-9a-f]{16,}\n$/);
    const asked = ["db", "psql", "-c", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"];
    for (const env of [{}, { PATH: "" }] as Environment[]) {
      const { code, stdout, stderr } = await run(asked, place, env);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/\bt\b/);
    }
  });

  test("and psql verifies a pinned name as well", async () => {
    await show(certificate({ name: "project:instance", by: authority }));
    const asked = ["db", "psql", "-c", "SELECT 1 AS one"];
    for (const env of [{}, { PATH: "" }] as Environment[]) {
      expect(await run(asked, url({ ...ca(), sslservername: "project:instance" }), env)).toMatchObject({ code: 0 });
      expect((await run(asked, url({ ...ca(), sslservername: "project:other" }), env)).code).not.toBe(0);
    }
  });
});

describe("a server that does not prove who it is is refused at once, and never asked without TLS: exit 3", () => {
  const cases: [string, Certificate, Parameters | (() => Parameters), RegExp, RegExp][] = [
    [
      "another authority",
      good,
      () => ca(stranger),
      /cannot be trusted: its authority is none of those in .*ca\.crt/,
      /authority that made it in sslrootcert=/,
    ],
    ["no authority given", good, {}, /cannot be trusted: its authority is none of the public ones/, /sslrootcert=/],
    [
      "expired",
      certificate({ name: "server", hosts: HOSTS, by: authority, days: [-3, -1] }),
      () => ca(),
      /certificate of 127\.0\.0\.1 expired at 20\d\d-\d\d-\d\dT[\d:.]+Z\./,
      /renewed at the server/,
    ],
    [
      "not yet valid",
      certificate({ name: "server", hosts: HOSTS, by: authority, days: [1, 3] }),
      () => ca(),
      /certificate of 127\.0\.0\.1 is not valid before 20\d\d-\d\d-\d\dT[\d:.]+Z\./,
      /clock right if it runs behind/,
    ],
    [
      "for another host",
      certificate({ name: "server", hosts: ["db.invalid", "10.0.0.1"], by: authority }),
      () => ca(),
      /is not for 127\.0\.0\.1\. The names on it: DNS:db\.invalid, IP Address:10\.0\.0\.1\./,
      /by a name that it has/,
    ],
    [
      "for another pinned name",
      certificate({ name: "project:instance", by: authority }),
      () => ({ ...ca(), sslservername: "project:other" }),
      /is not for project:other\. The names on it: CN:project:instance\./,
      /sslservername= or SENTINEL_TLS_SERVERNAME/,
    ],
    [
      "for the host, but not for the pinned name",
      good,
      () => ({ ...ca(), sslservername: "project:instance" }),
      /is not for project:instance\. The names on it: DNS:localhost, IP Address:127\.0\.0\.1\./,
      /sslservername=/,
    ],
    [
      "signed by itself",
      certificate({ name: "server", hosts: HOSTS }),
      () => ca(),
      /is signed by itself, so that anybody could have made it/,
      /got from who runs the server/,
    ],
    [
      "of an authority that has expired",
      certificate({ name: "server", hosts: HOSTS, by: old }),
      () => ca(old),
      /rests on an authority whose own certificate has expired/,
      /renewed at the server/,
    ],
  ];
  test.each(cases)("%s", async (_, cert, parameters, cause, remedy) => {
    await show(cert);
    const given = typeof parameters === "function" ? parameters() : parameters;
    expectRefusal(await run(["generate", "--devices", "10"], url(given)), 3, 1, cause, remedy);
  });

  test("one that speaks no TLS", async () => {
    await way.close();
    way = await tap(inject("serverUrl"));
    const end = await run(["generate", "--devices", "10"], url(ca()));
    expectRefusal(end, 3, 1, /speaks no TLS\. It was asked for.* nothing was sent/, /Turn TLS on/);
  });

  test("a certificate that turns bad does not pass for lack of a check later: the next command is refused", async () => {
    await show(good);
    expect((await run([...WORK, "turning"], url(ca()))).code).toBe(0);
    await show(certificate({ name: "server", hosts: HOSTS, by: stranger }));
    await way.close();
    way = await tap(server.url);
    expectRefusal(await run(["report", "--no-site"], url(ca())), 3, 1, /cannot be trusted/, /sslrootcert=/);
  });
});

describe("a server that asks who we are", () => {
  const known = certificate({ name: "known", by: authority });
  const generate = (parameters: Parameters, user = "known") =>
    run(["generate", "--devices", "10"], url({ ...ca(), ...parameters }, user));
  beforeEach(() => show(good));

  test("and is shown nothing: exit 3", async () => {
    expectRefusal(await generate({}), 3, 1, /without a certificate that it knows/, /sslcert= and sslkey=/);
  });

  test("and is shown one of another authority: exit 3", async () => {
    const end = await generate(own(certificate({ name: "known", by: stranger })));
    expectRefusal(end, 3, 1, /does not accept the certificate in .*own\.crt \(.*unknown ca\)/, /sslcert= or PGSSLCERT/);
  });

  test("and is shown one that has expired: exit 3", async () => {
    const end = await generate(own(certificate({ name: "known", by: authority, days: [-3, -1] })));
    expectRefusal(end, 3, 1, /does not accept the certificate in .*own\.crt \(.*expired\)/, /valid now/);
  });

  test("and is shown one of another user: exit 3", async () => {
    const end = await generate(own(certificate({ name: "ana", by: authority })));
    expectRefusal(end, 3, 1, /refused the user known, .*own\.crt is his certificate/, /common name/);
  });

  test("by TLS alone, where it was not asked for: exit 3, and no password goes over the wire", async () => {
    const place = Object.assign(new URL(url({}, "secured")), { search: "" });
    const { code, stderr } = await run(["generate", "--devices", "10"], place.href);
    expect(stderr).toMatch(/lets nobody in without TLS\.\n {2}Ask for it: sslmode=verify-full/);
    expect(code).toBe(3);
    expect(way.connections).toBe(1);
    expect(way.sent().toString("latin1")).not.toContain(PASSWORD);
  });

  const files: [string, () => Parameters, RegExp, RegExp][] = [
    [
      "a key that others may read",
      () => own(known, 0o644),
      /Others may read the key file .*own\.key/,
      /chmod 600 ".*own\.key"/,
    ],
    ["a key that a group may read", () => own(known, 0o660), /Others may read the key file/, /chmod 600/],
    ["an encrypted key", () => own({ ...known, key: encrypted(known.key) }), /own\.key is encrypted/, /openssl pkey/],
    ["the key of another", () => own({ ...known, key: good.key }), /own\.key does not belong to .*own\.crt/, /sslkey/],
    ["a key that is none", () => own({ ...known, key: "PEM" }), /own\.key holds no private key/, /sslkey/],
    ["a certificate that is none", () => own({ ...known, cert: "PEM" }), /own\.crt holds no certificate/, /sslcert/],
    ["no key", () => ({ sslcert: own(known).sslcert ?? "" }), /without its key/, /sslkey/],
    ["no certificate", () => ({ sslkey: own(known).sslkey ?? "" }), /without its certificate/, /sslcert/],
    [
      "a key that is not there",
      () => ({ ...own(known), sslkey: "/no/such.key" }),
      /key file \/no\/such\.key cannot be read/,
      /sslkey/,
    ],
    [
      "an authority that is none",
      () => ({ sslrootcert: file("none.crt", "PEM") }),
      /none\.crt holds no certificate/,
      /sslrootcert/,
    ],
  ];
  test.each(files)("is not even asked with %s: exit 2", async (_, parameters, cause, remedy) => {
    expectRefusal(await generate(parameters()), 2, 0, cause, remedy);
  });
});
