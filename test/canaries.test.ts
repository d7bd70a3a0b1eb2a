import { randomBytes } from "node:crypto";
import { mkdirSync, realpathSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { type Canaries, findCanaries } from "./support/canaries.ts";
import { freshCheckout } from "./support/checkout.ts";
import { start } from "./support/cli.ts";
import { emptyDatabase, type TestDatabase } from "./support/database.ts";
import { query } from "./support/fleet.ts";
import type { TemporaryProject } from "./support/project.ts";

const word = (what: string): string => `${what}${randomBytes(6).toString("hex")}`;
const user = word("canaryuser");
const password = word("canarypass");
const home = word("canaryhome");

let checkout: TemporaryProject;
let database: TestDatabase;
let canaries: Canaries;

beforeAll(async () => {
  checkout = freshCheckout();
  database = await emptyDatabase();
  const url = new URL(database.url);
  const name = url.pathname.slice(1);
  await query(inject("serverUrl"), `CREATE ROLE ${user} LOGIN SUPERUSER PASSWORD '${password}'`);
  Object.assign(url, { username: user, password });
  const HOME = join(checkout.root, home);
  mkdirSync(HOME);
  const { code, stderr } = await start(
    ["pipeline", "--devices", "600", "--workers", "2"],
    { DATABASE_URL: url.href, HOME },
    checkout.root,
  ).ended;
  expect(code, stderr).toBe(0);
  canaries = {
    user,
    password,
    home,
    database: name,
    server: url.host,
    project: basename(checkout.root),
    "real path": realpathSync(checkout.root),
    modules: realpathSync(join(checkout.root, "node_modules")),
    // A short name may be a word of a page.
    ...(hostname().length > 8 && hostname() !== "localhost" ? { host: hostname() } : {}),
  };
}, 180_000);

afterAll(async () => {
  await checkout?.remove();
  await database?.drop();
  await query(inject("serverUrl"), `DROP ROLE IF EXISTS ${user}`);
});

test("what is published names no user, password, server, host or path", async () => {
  const dist = join(checkout.root, "dist");
  expect(await findCanaries(dist, canaries)).toEqual([]);
  // The search did read it: words of a page, a mart and a bundle.
  const found = await findCanaries(dist, {
    page: "What must a person do?",
    mart: "battery_voltage",
    bundle: "plot-d6a7b5",
  });
  for (const what of ["page", "mart", "bundle"]) expect(found.some((line) => line.endsWith(`: ${what}`))).toBe(true);
}, 180_000);
