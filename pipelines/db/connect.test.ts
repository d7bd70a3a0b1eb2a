import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, connect as dial, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from "vitest";
import { certificate } from "../../test/support/certificates.ts";
import { newClient } from "./client.ts";
import { connect, externalTarget } from "./connect.ts";
import { connectionUrl } from "./url.ts";

const target = (databaseUrl: string, env: NodeJS.ProcessEnv = {}) => externalTarget({ databaseUrl, env });
const SECRET = "pa:s/s@w#rd";
const AWAY = "db.example.invalid";

test("a URL gives host, port, user, password and database, and a label without the password", () => {
  const url = `postgres://ana:${encodeURIComponent(SECRET)}@127.0.0.1:6543/ota%20logs`;
  const found = target(url);
  expect(found?.config).toMatchObject({
    host: "127.0.0.1",
    port: 6543,
    user: "ana",
    password: SECRET,
    database: "ota logs",
    ssl: false,
  });
  expect(found?.label).toBe("ana@127.0.0.1:6543/ota logs");
  expect(found && target(connectionUrl(found))?.config).toEqual(found?.config);
});

test("an IPv6 address and a socket folder are places too", () => {
  expect(target("postgres://a@[::1]:5433/b")?.config).toMatchObject({ host: "::1", port: 5433, ssl: false });
  expect(target("postgres:///b?host=/run/postgresql&port=5434")?.config).toMatchObject({
    host: "/run/postgresql",
    port: 5434,
    ssl: false,
  });
});

test("the option outweighs DATABASE_URL, that DB_*, and that PG*; none of them means the embedded server", () => {
  const env = {
    DATABASE_URL: "postgres://u@127.0.0.1/two",
    DB_HOST: "127.0.0.3",
    DB_PASS: SECRET,
    PGHOST: "127.0.0.4",
    PGDATABASE: "four",
  };
  expect(target("postgres://u@127.0.0.1/one", env)).toMatchObject({
    config: { database: "one" },
    source: "--database-url",
  });
  expect(externalTarget({ env })).toMatchObject({ config: { database: "two" }, source: "DATABASE_URL" });
  const { DATABASE_URL: _, ...rest } = env;
  expect(externalTarget({ env: rest })).toMatchObject({ config: { host: "127.0.0.3", password: SECRET } });
  expect(externalTarget({ env: { PGHOST: "127.0.0.4", PGDATABASE: "four" } })).toMatchObject({
    config: { host: "127.0.0.4", database: "four" },
  });
  expect(externalTarget({ env: {} })).toBeUndefined();
});

test("PGCONNECT_TIMEOUT gives the seconds to wait for a server, and nothing but whole ones", () => {
  const waits = (PGCONNECT_TIMEOUT: string) => target("postgres://u@127.0.0.1/d", { PGCONNECT_TIMEOUT })?.config;
  expect(waits("")).toMatchObject({ connectionTimeoutMillis: 10_000 });
  expect(waits("3")).toMatchObject({ connectionTimeoutMillis: 3_000 });
  for (const text of ["0", "-1", "1.5", "soon", "3601"]) {
    expect(() => waits(text)).toThrow(expect.objectContaining({ exitCode: 2 }));
  }
});

test.each([
  "",
  "x",
  "127.0.0.1:5432/db",
  "mysql://u@h/d",
  "https://h/d",
  "postgres://u@h:99999/d",
  "postgres://[::1/d",
])("%j is no PostgreSQL URL", (text) => {
  const refused = () => externalTarget({ env: { DATABASE_URL: text || " " } });
  expect(refused).toThrow(expect.objectContaining({ exitCode: 2, message: expect.stringContaining("DATABASE_URL") }));
});

test("a port that is none is refused", () => {
  for (const DB_PORT of ["0", "65536", "many", "5432.5"]) {
    expect(() => externalTarget({ env: { DB_PORT } })).toThrow(/names a port that is not one/);
  }
});

test.each([undefined, "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify", "anything"])(
  "beyond this machine sslmode %s means verified TLS",
  (mode) => {
    const ssl = target(`postgres://u:p@${AWAY}/d${mode ? `?sslmode=${mode}` : ""}`)?.config.ssl;
    expect(ssl).toEqual({ rejectUnauthorized: true });
  },
);

test("nothing turns verification off", () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0", PGSSLMODE: "disable" };
  const url = `postgres://u:p@${AWAY}/d?ssl=0&rejectUnauthorized=false&sslmode=prefer&uselibpqcompat=true`;
  expect(target(url, env)?.config.ssl).toEqual({ rejectUnauthorized: true });
  expect(() => target(`postgres://u:p@${AWAY}/d?sslmode=disable`)).toThrow(
    expect.objectContaining({ exitCode: 3, message: expect.stringContaining("in the clear") }),
  );
  expect(() => externalTarget({ env: { PGHOST: AWAY, PGSSLMODE: "disable" } })).toThrow(/in the clear/);
});

test.each([
  "127.0.0.1.evil.invalid",
  "localhost.evil.invalid",
  "0.0.0.0",
  "10.0.0.1",
  "[::ffff:10.0.0.1]",
  "2130706433",
])("%s does not pass for this machine", (host) => {
  expect(target(`postgres://u:p@${host}/d`)?.config.ssl).toEqual({ rejectUnauthorized: true });
});

test("the certificate authority's file is read, and named where it can't be", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sentinel-ca-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "ca.pem");
  const { cert } = certificate({ name: "An authority" });
  writeFileSync(file, cert);
  const ssl = { rejectUnauthorized: true, ca: cert };
  expect(target(`postgres://u@${AWAY}/d?sslrootcert=${file}`)?.config.ssl).toEqual(ssl);
  expect(target(`postgres://u@${AWAY}/d`, { PGSSLROOTCERT: file })?.config.ssl).toEqual(ssl);
  expect(() => target(`postgres://u@${AWAY}/d?sslrootcert=${file}.none`)).toThrow(/cannot be read/);
});

test("sslrootcert=system means the authorities that come with the system", () => {
  const ssl = target(`postgres://u@${AWAY}/d?sslrootcert=system`)?.config.ssl;
  expect(ssl).toEqual({ rejectUnauthorized: true });
});

test("a URL made of a target means the same, files and pinned name too, and can be sent to a thread", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "sentinel-own-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { cert, key } = certificate({ name: "ana" });
  const [sslcert, sslkey] = [path.join(folder, "a b.crt"), path.join(folder, "a b.key")];
  writeFileSync(sslcert, cert);
  writeFileSync(sslkey, key, { mode: 0o600 });
  const query = new URLSearchParams({ sslcert, sslkey, sslrootcert: sslcert, sslservername: "project:instance" });
  const found = target(`postgres://ana:${encodeURIComponent(SECRET)}@${AWAY}/d?${query}`);
  if (!found) throw new Error("no target");
  expect(found.config.ssl).toEqual({ rejectUnauthorized: true, ca: cert, cert, key, servername: "project:instance" });
  await newClient(found.config);
  expect(structuredClone(found)).toEqual(found);
  expect({ ...target(connectionUrl(found)), source: found.source }).toEqual(found);
  const env = {
    PGSSLCERT: sslcert,
    PGSSLKEY: sslkey,
    PGSSLROOTCERT: sslcert,
    SENTINEL_TLS_SERVERNAME: "project:instance",
  };
  expect(target(`postgres://ana@${AWAY}/d`, env)?.config.ssl).toEqual(found.config.ssl);
});

test("on this machine TLS is spoken where a mode, a file or a name in the URL asks for it, and not else", () => {
  const ssl = (search: string, env = {}) => target(`postgres://u@127.0.0.1/d${search}`, env)?.config.ssl;
  expect(ssl("?sslmode=require")).toEqual({ rejectUnauthorized: true });
  expect(ssl("?sslservername=project:instance")).toEqual({
    rejectUnauthorized: true,
    servername: "project:instance",
  });
  expect(ssl("?sslservername=project:instance&sslmode=disable")).toBe(false);
  expect(ssl("", { SENTINEL_TLS_SERVERNAME: "project:instance", PGSSLCERT: "/no/such" })).toBe(false);
});

/** A way to the real server from an address that is not loopback. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((known) => known && !known.internal && known.family === "IPv4")?.address;
let way: Server;
beforeAll(async () => {
  const { hostname, port } = new URL(inject("serverUrl"));
  way = createServer((from) => {
    const to = dial(Number(port), hostname);
    from.pipe(to).pipe(from);
    for (const socket of [from, to]) socket.on("error", () => from.destroy());
  });
  await new Promise<void>((ready) => way.listen(0, address ?? "127.0.0.1", ready));
});
afterAll(() => new Promise((closed) => way.close(closed)));

test.skipIf(address === undefined)("a server beyond loopback that speaks no TLS gets no password", async () => {
  const url = new URL(inject("serverUrl"));
  url.host = `${address}:${(way.address() as { port: number }).port}`;
  const found = target(url.href);
  if (!found) throw new Error("no target");
  await expect(connect(found)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining("speaks no TLS"),
  });
});

test("from loopback the same server is reached as it is", async () => {
  const url = new URL(inject("serverUrl"));
  const found = target(url.href);
  if (!found) throw new Error("no target");
  const client = await connect(found);
  expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  await client.end();
});
