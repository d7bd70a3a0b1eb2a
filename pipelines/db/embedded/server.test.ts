import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { embeddedChild } from "../../../test/support/child.ts";
import { type TemporaryProject, temporaryProject } from "../../../test/support/project.ts";
import { identify } from "./process.ts";
import { acquireEmbedded, embeddedStatus, pinEmbedded, stopEmbedded } from "./server.ts";
import { sharedBuffers } from "./start.ts";

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => project.remove());

const acquire = () => acquireEmbedded({ projectRoot: project.root });
const status = () => embeddedStatus({ projectRoot: project.root });
const home = (name: string) => join(project.root, "data", "local", "postgres", name);

async function ask(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    const { rows } = await client.query({ text: sql, rowMode: "array" });
    return rows.flat();
  } finally {
    await client.end();
  }
}

async function pidOf(): Promise<number> {
  const { pid } = await status();
  if (pid === undefined) throw new Error("no server runs");
  return pid;
}

function listenOn(port: number, host: string): Promise<Server> {
  return new Promise((settle, fail) => {
    const server = createServer((socket) => socket.end());
    server.once("error", fail);
    server.listen(port, host, () => settle(server));
  });
}

test("its buffers are an eighth of the memory, within limits", () => {
  const gigabyte = 1024 ** 3;
  expect([1, 2, 16, 24, 512].map((memory) => sharedBuffers(memory * gigabyte))).toEqual([
    ...["256MB", "256MB", "2048MB", "3072MB", "4096MB"],
  ]);
});

/** Linux that is told to promise whatever it is asked for refuses nothing. */
const promisesAll =
  process.platform !== "linux" || readFileSync("/proc/sys/vm/overcommit_memory", "utf8").trim() === "1";

describe("from nothing", () => {
  test.skipIf(promisesAll)("with more buffers than there is memory it starts with the fewest", async () => {
    const server = await acquireEmbedded({ projectRoot: project.root, settings: { shared_buffers: "8000GB" } });
    expect(await ask(server.connectionString, "SELECT current_setting('shared_buffers')")).toEqual(["256MB"]);
    await server.release();
  });

  test("it starts, answers with the settings we count on, and stops with its last user", async () => {
    const server = await acquire();
    const settings = "fsync synchronous_commit max_wal_size wal_compression data_checksums jit TimeZone";
    const shown = settings.split(" ").map((name) => `current_setting('${name}')`);
    expect(await ask(server.connectionString, `SELECT ${shown}`)).toEqual([
      "on",
      "on",
      "8GB",
      "off",
      "on",
      "off",
      "UTC",
    ]);
    const buffers = `SELECT pg_size_bytes(current_setting('shared_buffers')) = pg_size_bytes('${sharedBuffers()}')`;
    expect(await ask(server.connectionString, buffers)).toEqual([true]);
    expect(
      await ask(
        server.connectionString,
        "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'sentinel'",
      ),
    ).toEqual(["C", "UTF8"]);
    const pid = await pidOf();
    await server.release();
    await server.release();
    expect(identify(pid)).toBeUndefined();
    expect(await status()).toMatchObject({ running: false, users: [], pinned: false });
  });

  test("only we can read the password, and without it nobody gets in", async () => {
    const server = await acquire();
    expect(statSync(home("password")).mode & 0o777).toBe(0o600);
    expect(statSync(home("data")).mode & 0o777).toBe(0o700);
    const url = new URL(server.connectionString);
    expect(url.password.length).toBeGreaterThanOrEqual(32);
    url.password = "wrong";
    await expect(ask(url.href, "SELECT 1")).rejects.toMatchObject({ code: "28P01" });
    const command = readFileSync(home("data/postmaster.opts"), "utf8");
    expect(command).not.toContain(new URL(server.connectionString).password);
    await server.release();
  });

  test("it listens on loopback alone", async () => {
    const server = await acquire();
    const port = Number(new URL(server.connectionString).port);
    const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    for (const { address } of addresses.filter(({ family, internal }) => family === "IPv4" && !internal)) {
      // Had the server taken every address, this one would be taken.
      const free = await listenOn(port, address);
      free.close();
    }
    expect(await ask(server.connectionString, "SELECT current_setting('listen_addresses')")).toEqual(["127.0.0.1"]);
    await server.release();
  });

  test.skipIf(process.platform !== "linux")("it runs in a session of its own, and never as root", async () => {
    const server = await acquire();
    const [session, uid] = execFileSync("ps", ["-o", "sess=,uid=", "-p", String(await pidOf())])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number);
    expect(session).toBe(await pidOf());
    expect(uid).not.toBe(0);
    await server.release();
  });
});

describe("what an earlier command left behind", () => {
  test("a server whose parent was killed is adopted, and stopped by its new last user", async () => {
    const child = await embeddedChild(project.root);
    const pid = await pidOf();
    await child.kill();
    const server = await acquire();
    expect(server.connectionString).toBe(child.line);
    expect(await pidOf()).toBe(pid);
    expect((await status()).users).toHaveLength(1);
    await server.release();
    expect(identify(pid)).toBeUndefined();
  });

  test("a killed server is started again, with everything that was committed", async () => {
    const first = await acquire();
    await ask(first.connectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
    const pid = await pidOf();
    process.kill(pid, "SIGKILL");
    const second = await acquire();
    expect(await pidOf()).not.toBe(pid);
    expect(await ask(second.connectionString, "SELECT answer FROM kept")).toEqual([42]);
    await first.release();
    expect((await status()).running).toBe(true);
    await second.release();
    expect((await status()).running).toBe(false);
  });

  test.skipIf(process.platform !== "linux")(
    "a killed server's busy backend doesn't hold up the next start",
    async () => {
      const first = await acquire();
      const busy = ask(first.connectionString, "SELECT count(*) FROM generate_series(1, 1e12)").catch(() => "lost");
      while (
        !(await ask(first.connectionString, "SELECT query FROM pg_stat_activity WHERE state = 'active'"))
          .join()
          .includes("1e12")
      );
      process.kill(await pidOf(), "SIGKILL");
      const second = await acquire();
      expect(await busy).toBe("lost");
      await second.release();
      await first.release();
    },
  );

  test("a lock file that names another process is not believed, and that process is left alone", async () => {
    await (await acquire()).release();
    const bystander = await embeddedChild(join(project.root, "other"));
    const pid = bystander.process.pid;
    const lines = [pid, home("data"), "1", "1", "", "127.0.0.1", "", "ready   "];
    writeFileSync(home("data/postmaster.pid"), lines.join("\n"), { mode: 0o600 });
    expect((await status()).running).toBe(false);
    const server = await acquire();
    expect(await ask(server.connectionString, "SELECT 1")).toEqual([1]);
    await server.release();
    expect(bystander.process.exitCode).toBeNull();
    await bystander.finish();
  });

  test("half a data folder is put aside, and half an initdb is removed", async () => {
    mkdirSync(home("data/base"), { recursive: true });
    mkdirSync(home("initdb-1/base"), { recursive: true });
    writeFileSync(home("data/PG_VERSION"), "18\n");
    const notes: string[] = [];
    const server = await acquireEmbedded({ projectRoot: project.root, note: (line) => notes.push(line) });
    expect(await ask(server.connectionString, "SELECT 1")).toEqual([1]);
    expect(notes.join()).toContain("data.incomplete-1");
    expect(statSync(home("data.incomplete-1/base")).isDirectory()).toBe(true);
    expect(statSync(home("initdb-1"), { throwIfNoEntry: false })).toBeUndefined();
    await server.release();
  });

  test("a lost password is replaced, and the data kept", async () => {
    const first = await acquire();
    await ask(first.connectionString, "CREATE TABLE kept AS SELECT 42 AS answer");
    await first.release();
    rmSync(home("password"));
    const second = await acquire();
    expect(second.connectionString).not.toBe(first.connectionString);
    expect(await ask(second.connectionString, "SELECT answer FROM kept")).toEqual([42]);
    await second.release();
  });

  test("data of another major version is refused, untouched", async () => {
    await (await acquire()).release();
    writeFileSync(home("data/PG_VERSION"), "16\n");
    await expect(acquire()).rejects.toMatchObject({ exitCode: 3, message: expect.stringContaining("PostgreSQL 16") });
    writeFileSync(home("data/PG_VERSION"), "18\n");
    await (await acquire()).release();
  });

  test("a port that was taken meanwhile is left to its new owner", async () => {
    const first = await acquire();
    const port = Number(new URL(first.connectionString).port);
    await first.release();
    const squatter = await listenOn(port, "127.0.0.1");
    const second = await acquire();
    expect(Number(new URL(second.connectionString).port)).not.toBe(port);
    expect(await ask(second.connectionString, "SELECT 1")).toEqual([1]);
    await second.release();
    squatter.close();
  });
});

describe("shared", () => {
  test("two commands that start at once get one server, which stops after the last", async () => {
    const [one, other] = await Promise.all([embeddedChild(project.root), embeddedChild(project.root)]);
    expect(one.line).toBe(other.line);
    expect((await status()).users.map(({ pid }) => pid).sort()).toEqual([one.process.pid, other.process.pid].sort());
    const pid = await pidOf();
    await one.finish();
    expect(await ask(other.line, "SELECT 1")).toEqual([1]);
    await other.finish();
    expect(identify(pid)).toBeUndefined();
  });

  test("a pinned server outlives its users, until it is stopped", async () => {
    const url = await pinEmbedded({ projectRoot: project.root });
    const server = await acquire();
    await expect(stopEmbedded({ projectRoot: project.root })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await server.release();
    expect(await ask(url, "SELECT 1")).toEqual([1]);
    expect(await stopEmbedded({ projectRoot: project.root })).toBe(true);
    expect(await stopEmbedded({ projectRoot: project.root })).toBe(false);
    expect(await status()).toMatchObject({ running: false, pinned: false });
  });
});

describe("refused", () => {
  test("a folder that can't be written gives a clear error", async () => {
    mkdirSync(join(project.root, "data"), { mode: 0o555 });
    const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const child = await embeddedChild(project.root, account);
    expect(child.line).toMatch(/^3 .*data\/local\/postgres, cannot be written \(EACCES\).*DATABASE_URL/);
    await child.finish();
    expect(child.process.exitCode).toBe(3);
  });

  test("an abort ends the start, and leaves nothing running or half made", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 150);
    const starting = acquireEmbedded({ projectRoot: project.root, signal: controller.signal });
    await expect(starting).rejects.toMatchObject({ name: "AbortError" });
    expect(await status()).toMatchObject({ running: false, users: [] });
    await (await acquire()).release();
  });

  test("when the server doesn't start, the error quotes its log", async () => {
    const settings = { shared_buffers: "nonsense" };
    await expect(acquireEmbedded({ projectRoot: project.root, settings })).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('invalid value for parameter "shared_buffers"'),
    });
  });
});
