import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { certificate } from "./support/certificates.ts";
import type { Environment } from "./support/cli.ts";
import { PROJECT } from "./support/command.ts";
import { type Watched, watched } from "./support/watched.ts";

/** Nobody answers there; files are read before anybody is asked. */
const NOWHERE = "postgres://ana@127.0.0.1:1/x?sslmode=verify-full";

describe("the private key of a certificate", { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-key-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const own = certificate({ name: "ana" });
  const line = own.key.split("\n")[5] ?? expect.fail();
  const run = (env: Environment, asked = "") =>
    watched(["recover"], { DATABASE_URL: `${NOWHERE}${asked}`, SENTINEL_DEBUG: "1", ...env }, line, PROJECT);
  const expectNoKey = (end: Watched): void => {
    expect(end).toMatchObject({ code: 2, stdout: "", holders: [], held: false });
    expect(end.stderr).not.toContain(line);
  };

  test("given as text where its file must be, is not shown", async () => {
    for (const env of [
      { PGSSLCERT: "own.crt", PGSSLKEY: own.key },
      { PGSSLKEY: own.key },
      { PGSSLCERT: own.cert + own.key, PGSSLKEY: "own.key" },
      { PGSSLROOTCERT: own.key },
    ]) {
      const end = await run(env);
      expectNoKey(end);
      expect(end.stderr).toContain("it is not shown here");
    }
    expectNoKey(await run({}, `&sslcert=own.crt&sslkey=${encodeURIComponent(own.key)}`));
  });

  test("in its file, is not shown, whatever is wrong with it", async () => {
    const file = (name: string, text: string, mode = 0o600): string => {
      const path = join(folder, name);
      writeFileSync(path, text);
      chmodSync(path, mode);
      return path;
    };
    const cert = file("own.crt", own.cert);
    for (const key of [
      file("open.key", own.key, 0o644),
      file("cut.key", own.key.slice(0, -200)),
      file("marked.key", own.key.replace("BEGIN RSA", "BEGIN")),
    ]) {
      const end = await run({ PGSSLCERT: cert, PGSSLKEY: key });
      expectNoKey(end);
      expect(end.stderr).toContain(key);
    }
  });
});
