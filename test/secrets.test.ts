import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { withoutSecrets, withoutSecretVariables } from "../pipelines/cli/secrets.ts";
import { COMMANDS } from "../pipelines/commands.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, type Environment, start } from "./support/cli.ts";
import { query } from "./support/fleet.ts";
import type { TemporaryProject } from "./support/project.ts";

/** What a password is searched for as: itself, in a URL, in base64, in hexadecimal. */
const CANARY = "k4n/ar:ien@vogel#7";
const FORMS = [
  CANARY,
  encodeURIComponent(CANARY),
  Buffer.from(CANARY).toString("base64").slice(0, 20),
  Buffer.from(CANARY).toString("hex"),
];
const USER = `canary_${process.pid}`;

let checkout: TemporaryProject;
let place: string;
beforeAll(async () => {
  checkout = freshCheckout();
  await query(inject("serverUrl"), `CREATE ROLE ${USER} LOGIN PASSWORD '${CANARY}'`);
  await query(inject("serverUrl"), `CREATE DATABASE ${USER} OWNER ${USER}`);
  const { port } = new URL(inject("serverUrl"));
  place = `postgres://${USER}:${encodeURIComponent(CANARY)}@127.0.0.1:${port}/${USER}`;
});
afterAll(async () => {
  await query(inject("serverUrl"), `DROP DATABASE ${USER} WITH (FORCE)`);
  await query(inject("serverUrl"), `DROP ROLE ${USER}`);
  await checkout.remove();
});

const found = (text: string): string[] => FORMS.filter((form) => text.includes(form));
const run = (words: readonly string[], env: Environment = {}) => start(words, env, checkout.root).ended;

async function expectClean(ended: Promise<Ended>, code: number): Promise<Ended> {
  const end = await ended;
  expect(found(end.stdout + end.stderr)).toEqual([]);
  expect(end.code, end.stderr).toBe(code);
  return end;
}

/** Below `data/local`, so that its files are searched too. */
const EXPORT = "data/local/canary-export";
/** Serve until Ctrl-C, or write to the checkout, or build the site, or have a server of their own: none of them is given a password to lose. `cloud`
 * has tests of its own, with a password where it can have one. */
const WITHOUT_DATABASE = ["dev", "preview", "build", "deploy", "new", "docs", "chaos", "cloud"];

describe("a password is in nothing that a command says", () => {
  const WORK: [string, string[]][] = [
    ["pipeline", ["--devices", "1000", "--no-site"]],
    ["generate", ["--devices", "1000"]],
    ["corrupt", []],
    ["recover", []],
    ["validate", []],
    ["triage", []],
    ["report", ["--no-site"]],
    ["status", []],
    ["export", ["--to", EXPORT, "--replace"]],
    ["import", ["--from", EXPORT]],
  ];

  test("of every command that is given one", () => {
    expect([...WORK.map(([name]) => name), ...WITHOUT_DATABASE].sort()).toEqual(
      COMMANDS.map(({ name }) => name).sort(),
    );
  });

  test.each(WORK)("%s", async (name, options) => {
    await expectClean(run([name, ...options], { DATABASE_URL: place }), 0);
    await expectClean(run([name, ...options, "--json", "--database-url", place]), 0);
  });

  test.each([
    ["status"],
    ["status", "--json"],
    ["advise"],
    ["advise", "--json"],
    ["digest"],
    ["psql", "-c", "SELECT 1"],
  ])("db %s %s", async (...words) => {
    await expectClean(run(["db", ...words], { DATABASE_URL: place }), 0);
  });

  test("where it comes by PGPASSWORD or DB_PASS", async () => {
    const { port } = new URL(place);
    const libpq = { PGHOST: "127.0.0.1", PGPORT: port, PGUSER: USER, PGDATABASE: USER, PGPASSWORD: CANARY };
    await expectClean(run(["triage"], libpq), 0);
    const old = { DB_HOST: "127.0.0.1", DB_PORT: port, DB_USER: USER, DB_NAME: USER, DB_PASS: CANARY };
    await expectClean(run(["triage"], old), 0);
  });
});

describe("nor in what it says when it fails", () => {
  const encoded = encodeURIComponent(CANARY);
  test.each<[string, string, number]>([
    ["a port that is none", `postgres://u:${encoded}@127.0.0.1:99999/d`, 2],
    ["another scheme", `mysql://u:${encoded}@127.0.0.1/d`, 2],
    ["no scheme", `u:${encoded}@127.0.0.1/d`, 2],
    ["a password that is not encoded", `postgres://u:${CANARY}@127.0.0.1:1/d`, 2],
    ["an encoding that is none", `postgres://u:%E0%A4%A${encoded}@127.0.0.1:1/d`, 2],
    ["a password of somebody else", `postgres://nobody:${encoded}@127.0.0.1:1/d`, 3],
    ["a host beyond this machine", `postgres://u:${encoded}@sentinel.invalid/d`, 3],
    ["TLS turned off", `postgres://u:${encoded}@sentinel.invalid/d?sslmode=disable`, 3],
  ])("for %s", async (_, url, code) => {
    await expectClean(run(["recover"], { DATABASE_URL: url }), code);
    await expectClean(run(["recover", "--json", "--database-url", url]), code);
    // The program as it is written starts in a second.
    await expectClean(run(["recover"], { DATABASE_URL: url, SENTINEL_DEBUG: "1" }), code);
    await expectClean(run(["db", "psql", "-c", "SELECT 1"], { DATABASE_URL: url, PATH: "" }), code);
  });

  test.each<[string, string[]]>([
    ["a word too many", ["recover", "URL"]],
    ["a command", ["URL"]],
    ["a value of another option", ["recover", "--campaign", "URL"]],
    ["an option that is mistyped", ["recover", "--database-ulr=URL"]],
    ["an option of db", ["db", "advise", "URL"]],
    ["a word of db", ["db", "URL"]],
    ["a word of triage", ["triage", "URL"]],
    ["a device of triage", ["triage", "show", "URL"]],
    ["a file", ["generate", "--from", "URL"]],
  ])("for a URL as %s", async (_, words) => {
    const typed = words.map((word) => word.replace("URL", place));
    await expectClean(run(typed, { DATABASE_URL: place }), 2);
    await expectClean(run([...typed, "--json"], { DATABASE_URL: place }), 2);
  });

  test("for a bug, with all that SENTINEL_DEBUG=1 prints", async () => {
    await query(
      place,
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'never' USING ERRCODE = '0A000'; END $$;
       CREATE TRIGGER refuse BEFORE INSERT ON batch_ledger FOR EACH ROW EXECUTE FUNCTION refuse()`,
    );
    const words = ["generate", "--devices", "100", "--campaign", "refused"];
    const { stderr } = await expectClean(run(words, { DATABASE_URL: place, SENTINEL_DEBUG: "1" }), 1);
    expect(stderr).toMatch(/\n\s+at .*\.ts:\d/);
    await query(place, "DROP TRIGGER refuse ON batch_ledger; DROP FUNCTION refuse()");
  });
});

test("nor in a table of the database", async () => {
  const tables = await query<{ name: string }>(
    place,
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')",
  );
  expect(tables.length).toBeGreaterThan(20);
  for (const { name } of tables) {
    const [rows] = await query<{ all: string | null }>(
      place,
      `SELECT string_agg(t::text, E'\\n') AS all FROM ${name} t`,
    );
    expect(found(rows?.all ?? ""), name).toEqual([]);
  }
  const [runs] = await query<{ keys: string[]; runs: number }>(
    place,
    "SELECT array_agg(DISTINCT k) AS keys, count(DISTINCT run_id)::int AS runs FROM run, jsonb_object_keys(options) k",
  );
  expect(runs?.runs).toBeGreaterThan(5);
  expect(runs?.keys).not.toContain("databaseUrl");
});

test("nor in a file that a command keeps", () => {
  const local = join(checkout.root, "data", "local");
  const files = (readdirSync(local, { recursive: true }) as string[])
    .map((name) => join(local, name))
    .filter((path) => statSync(path).isFile());
  expect(files.length).toBeGreaterThan(3);
  for (const file of files) expect(found(readFileSync(file, "latin1")), file).toEqual([]);
});

test.skipIf(process.platform === "win32")(
  "nor in the arguments of psql, which everybody may read; it comes by the environment",
  async () => {
    const bin = join(checkout.root, "bin");
    mkdirSync(bin);
    const said = join(bin, "said");
    writeFileSync(
      join(bin, "psql"),
      `#!/bin/sh\nprintf '%s\\n' "$0" "$@" > '${said}'\nprintf '%s' "$PGPASSWORD" > '${said}.password'\n`,
    );
    chmodSync(join(bin, "psql"), 0o755);
    const words = ["db", "psql", "-c", "SELECT 1"];
    await expectClean(run(words, { DATABASE_URL: place, PATH: `${bin}:${process.env.PATH}` }), 0);
    expect(found(readFileSync(said, "utf8"))).toEqual([]);
    expect(readFileSync(`${said}.password`, "utf8")).toBe(CANARY);
  },
);

test.skipIf(process.platform !== "linux")(
  "nor in the arguments of any process, while a pipeline builds its site",
  async () => {
    const command = start(
      ["pipeline", "--devices", "1000", "--campaign", "watched"],
      { DATABASE_URL: place },
      checkout.root,
    );
    const seen = new Set<string>();
    const environments: string[] = [];
    const look = setInterval(() => {
      for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
        try {
          const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
          if (!readlinkSync(`/proc/${pid}/cwd`).startsWith(checkout.root)) continue;
          seen.add(line);
          // Whoever builds pages has no business with the database.
          if (line.includes("framework")) environments.push(readFileSync(`/proc/${pid}/environ`, "utf8"));
        } catch {
          // It has ended.
        }
      }
    }, 20);
    await expectClean(command.ended, 0);
    clearInterval(look);
    expect(found([...seen].join("\n"))).toEqual([]);
    expect(environments.length).toBeGreaterThan(0);
    expect(found(environments.join("\n"))).toEqual([]);
  },
);

describe("what a person typed is repeated without the password in it", () => {
  test.each([
    ["postgres://ana:secret@host/db", "postgres://ana:***@host/db"],
    ["//ana:secret@host", "//ana:***@host"],
    ["at postgres://ana:se@cr/e:t@host/db?x=1 and on", "at postgres://ana:***@host/db?x=1 and on"],
    ["host=h password=secret user=u", "host=h password=*** user=u"],
    ["postgres://host/db?user=ana&password=secret&x=1", "postgres://host/db?user=ana&password=***&x=1"],
    ["ana@host:5432/db, nothing secret", "ana@host:5432/db, nothing secret"],
    ["http://127.0.0.1:8080/", "http://127.0.0.1:8080/"],
    ["/home/postgres:/ana:secret@host/db", "/home/postgres:/ana:***@host/db"],
  ])("%s", (typed, shown) => {
    expect(withoutSecrets(typed)).toBe(shown);
  });

  test("and a process without business there gets none", () => {
    const env = { PATH: "/bin", DATABASE_URL: place, PGPASSWORD: CANARY, DB_PASS: CANARY };
    expect(withoutSecretVariables(env)).toEqual({ PATH: "/bin" });
  });
});
