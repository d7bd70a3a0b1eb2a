import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runChild } from "../pipelines/site/child.ts";
import { until } from "./support/barrier.ts";
import { freshCheckout } from "./support/checkout.ts";
import { freshDatabase } from "./support/database.ts";
import type { TemporaryProject } from "./support/project.ts";

const TWO_HOURS_MS = 7_200_000;

let checkout: TemporaryProject;
beforeEach(() => {
  checkout = freshCheckout();
});
afterEach(() => checkout.remove());

const at = (...names: string[]): string => join(checkout.root, ...names);
const home = (): string => at("data", "local", "build");
const builds = (): string[] => (existsSync(home()) ? readdirSync(home()) : []);

function begin(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return spawn(process.execPath, [at("pipelines", "run.mjs"), ...words], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function run(words: readonly string[], env?: Readonly<Record<string, string>>) {
  const child = begin(words, env);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => {
      output += text.toString();
    });
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { code, output };
}

/** What V8 made of the parts of the only build for `pipeline`, and when it was written. A thread that was ended may have left an unfinished one. */
function kept(part = "(entry|main)", rest = ""): Record<string, number> {
  const [build = "none"] = builds();
  const wanted = new RegExp(`^${part}\\.js\\.pipeline\\.\\d+${rest}$`);
  const files = readdirSync(join(home(), build)).filter((name) => wanted.test(name));
  return Object.fromEntries(files.map((name) => [name, statSync(join(home(), build, name)).mtimeMs]));
}

/** Compiles, and returns the name of the build. */
async function compile(): Promise<string> {
  const before = builds();
  expect(await run(["help"])).toMatchObject({ code: 0, output: expect.stringContaining("npm run pipeline") });
  const [made = "none", ...others] = builds().filter((name) => !before.includes(name));
  expect(others).toEqual([]);
  return made;
}

/** Makes a part of the program fail that is not imported before it is asked for. */
const plantBug = (): void => appendFileSync(at("pipelines", "site", "preview.ts"), '\nthrow new Error("planted");\n');

test("What was compiled once is used again, from any folder", async () => {
  const made = await compile();
  const { ino, mtimeMs } = statSync(join(home(), made, "main.cjs"));
  expect(await run(["nonsense"])).toMatchObject({ code: 2, output: expect.stringContaining('no command "nonsense"') });
  expect(builds()).toEqual([made]);
  expect(statSync(join(home(), made, "main.cjs"))).toMatchObject({ ino, mtimeMs });
});

test("A changed source is compiled again, and takes effect", async () => {
  const made = await compile();
  plantBug();
  expect(await run(["preview"])).toMatchObject({ code: 1, output: expect.stringContaining("planted") });
  expect(builds()).toHaveLength(2);
  expect(builds()).toContain(made);
});

test("A test that changed is no reason to compile again", async () => {
  const made = await compile();
  appendFileSync(at("pipelines", "docs.test.ts"), "\n");
  await run(["help"]);
  expect(builds()).toEqual([made]);
});

test("A build that nobody began with for an hour is removed by the next, and what a killed one left", async () => {
  const old = await compile();
  plantBug();
  const used = await compile();
  mkdirSync(join(home(), "unfinished"));
  const past = new Date(Date.now() - TWO_HOURS_MS);
  for (const name of [old, used, "unfinished"]) utimesSync(join(home(), name), past, past);
  await run(["help"]);
  plantBug();
  const made = await compile();
  expect(builds().sort()).toEqual([used, made].sort());
});

test("Commands that begin at the same moment leave one build", async () => {
  const ends = await Promise.all([1, 2, 3].map(() => run(["help"])));
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(builds()).toHaveLength(1);
});

test("A command that is killed while it compiles leaves nothing that is taken for a build", async () => {
  const child = begin(["help"]);
  await until("it compiles", async () => builds().length > 0);
  child.kill("SIGKILL");
  await once(child, "close");
  const left = builds();
  const made = await compile();
  expect(left).not.toContain(made);
  expect(existsSync(join(home(), made, "main.cjs"))).toBe(true);
});

test("Where nothing can be kept, the sources are run as they are", async () => {
  mkdirSync(at("data", "local"));
  writeFileSync(home(), "no folder");
  expect(await run(["help"])).toMatchObject({ code: 0, output: expect.stringContaining("npm run pipeline") });
  expect(readFileSync(home(), "utf8")).toBe("no folder");
});

test("A source that can't be compiled is named, with the line", async () => {
  writeFileSync(at("pipelines", "commands.ts"), "export const COMMANDS = [;\n");
  const { code, output } = await run(["help"]);
  expect(code).toBe(1);
  expect(output).toMatch(/pipelines\/commands\.ts:1:2\d/);
  expect(builds()).toEqual([]);
});

test("A bug reads as one line; asked for details, it names the line of the source", async () => {
  plantBug();
  const line = readFileSync(at("pipelines", "site", "preview.ts"), "utf8").split("\n").length - 1;
  const plain = await run(["preview"]);
  expect(plain.output).toContain("This is a bug in Sentinel OTA: planted");
  expect(plain.output).not.toContain("preview");
  const detailed = await run(["preview"], { SENTINEL_DEBUG: "1" });
  expect(detailed.output).toContain(`pipelines/site/preview.ts:${line}:`);
});

test("Worker threads run what was compiled, and marts are made", async () => {
  const database = await freshDatabase();
  // What a thread begins with where nothing was compiled.
  writeFileSync(at("pipelines", "workers", "entry.mjs"), 'throw new Error("not compiled");\n');
  const words = ["pipeline", "--devices", "1000", "--no-site"];
  try {
    expect(await run(words, { DATABASE_URL: database.url })).toMatchObject({ code: 0 });
    rmSync(home(), { recursive: true });
    writeFileSync(home(), "no folder");
    const sources = await run([...words, "--replace"], { DATABASE_URL: database.url });
    expect(sources.output).toContain("not compiled");
  } finally {
    await database.drop();
  }
});

describe("What V8 made of a command", () => {
  const words = ["pipeline", "--devices", "1000", "--no-site", "--replace"];
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  const succeed = async (): Promise<void> => {
    expect(await run(words, { DATABASE_URL: database.url })).toMatchObject({ code: 0 });
  };
  const files = (): string[] =>
    Object.keys(kept()).map((name) => at("data", "local", "build", builds()[0] ?? "", name));
  beforeEach(async () => {
    database = await freshDatabase();
    await run(["pipeline", "--help"]);
    await run(["pipeline", "--nonsense"]);
    expect(kept()).toEqual({});
    await succeed();
    expect(files()).toHaveLength(2);
  });
  afterEach(() => database.drop());

  test("is kept once that has succeeded, and used by the next", async () => {
    const before = kept();
    await succeed();
    expect(kept()).toEqual(before);
  });

  test.each([
    { damage: "torn", spoil: (data: Buffer) => data.subarray(0, data.length >> 1) },
    { damage: "empty", spoil: () => Buffer.alloc(0) },
    { damage: "half zeros", spoil: (data: Buffer) => data.fill(0, data.length >> 1) },
  ])("is made anew where it is $damage", async ({ spoil }) => {
    const spoilt = files().map((file) => ({ file, data: spoil(readFileSync(file)) }));
    for (const { file, data } of spoilt) writeFileSync(file, data);
    await succeed();
    for (const { file, data } of spoilt) expect(readFileSync(file).equals(data)).toBe(false);
    const before = kept();
    await succeed();
    expect(kept()).toEqual(before);
  });

  test("is done without where it can't be kept, and nothing unfinished stays", async () => {
    for (const place of files()) {
      rmSync(place);
      mkdirSync(place);
    }
    await succeed();
    expect(files().map((place) => statSync(place).isDirectory())).toEqual([true, true]);
    expect(kept("main", "[.].+")).toEqual({});
  });
});

test.each([
  { part: "baker", entry: join("pipelines", "site", "bake", "entry.mjs"), says: [] },
  { part: "door", entry: join("pipelines", "site", "door-entry.mjs"), says: [expect.stringContaining("no warehouse")] },
])("The $part of a site runs as it was compiled, and as it is written where nothing can be kept", async (program) => {
  const start = () => runChild({ args: [program.entry], cwd: checkout.root, env: {}, input: Promise.resolve("") });
  expect(await start()).toMatchObject({ errors: program.says });
  const [made = "none"] = builds();
  writeFileSync(join(home(), made, `${program.part}.cjs`), 'throw new Error("compiled");\n');
  expect((await start()).errors.join("\n")).toContain("compiled");
  rmSync(home(), { recursive: true });
  writeFileSync(home(), "no folder");
  expect(await start()).toMatchObject({ errors: program.says });
});
