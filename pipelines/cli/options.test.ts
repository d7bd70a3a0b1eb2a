import { expect, test } from "vitest";
import { COMMANDS } from "../commands.ts";
import { readOptions } from "./arguments.ts";
import { SentinelError } from "./errors.ts";
import { helpFor, overview } from "./help.ts";
import { COMMON, OPTIONS, type OptionName } from "./options.ts";

const EVERYTHING = { name: "everything", options: OPTIONS.map(({ name }) => name) };
const read = (args: readonly string[], env: NodeJS.ProcessEnv = {}) => readOptions(EVERYTHING, args, env).options;

function refusal(args: readonly string[], env: NodeJS.ProcessEnv = {}, command = EVERYTHING): SentinelError {
  try {
    readOptions(command, args, env);
  } catch (error) {
    if (error instanceof SentinelError) return error;
    throw error;
  }
  throw new Error(`${args.join(" ")} was taken`);
}

test.each([
  [["--devices", "10"], { devices: 10 }],
  [["--devices=10"], { devices: 10 }],
  [["--devices", "1_000_000"], { devices: 1_000_000 }],
  [["--devices", "1e6"], { devices: 1_000_000 }],
  [["--devices", "1", "--devices", "2"], { devices: 2 }],
  [["--seed", "0"], { seed: 0 }],
  [["--seed", "9007199254740991"], { seed: Number.MAX_SAFE_INTEGER }],
  [["--fault-rate", "0.015"], { faultRate: 0.015 }],
  [["--fault-rate", "1e-3"], { faultRate: 0.001 }],
  [["--base", "/reports/june/"], { base: "/reports/june/" }],
  [["--base", "june"], { base: "/june/" }],
  [["--base", "/"], { base: "/" }],
  [["--target", "nginx"], { target: "nginx" }],
  [["--campaign", "spring 4.1.0_b-2"], { campaign: "spring 4.1.0_b-2" }],
  [
    ["--json", "--quiet", "--no-color", "--no-site", "--resume"],
    { json: true, quiet: true, noColor: true, noSite: true, resume: true },
  ],
])("%j is read", (args, options) => {
  expect(read(args)).toEqual(options);
});

test.each([
  ["--devices", "-5"],
  ["--devices", "0"],
  ["--devices", "1e99"],
  ["--devices", "100000001"],
  ["--devices", "ten"],
  ["--devices", "1.5"],
  ["--devices", ""],
  ["--devices", " "],
  ["--devices", "0x10"],
  ["--devices", "１０"],
  ["--devices", "NaN"],
  ["--seed", "-1"],
  ["--seed", "9007199254740992"],
  ["--workers", "0"],
  ["--workers", "65"],
  ["--batch-size", "0"],
  ["--batch-size", "1000001"],
  ["--fault-rate", "2"],
  ["--fault-rate", "-0.1"],
  ["--fault-rate", "1.5%"],
  ["--fault-rate", ""],
  ["--fault-rate", "NaN"],
  ["--campaign", "../x"],
  ["--campaign", ""],
  ["--campaign", "a'; DROP TABLE campaign; --"],
  ["--campaign", "x".repeat(101)],
  ["--profile", "../../etc/passwd"],
  ["--policy", "a/b"],
  ["--port", "70000"],
  ["--from", ""],
  ["--base", ""],
  ["--base", "/a/../b/"],
  ["--base", "https://example.org/"],
  ["--base", "/a b/"],
  ["--base", "/a//b/"],
  ["--target", "ftp"],
])("%s %j is refused, with what it needs and what it got", (flag, value) => {
  const { exitCode, message } = refusal([`${flag}=${value}`]);
  expect(exitCode).toBe(2);
  expect(message).toMatch(new RegExp(`^${flag} needs .+; it got "`));
});

test("an option at the end of the line lacks its value; a switch takes none", () => {
  expect(refusal(["--devices"]).message).toContain("it got nothing");
  expect(refusal(["--json=yes"]).message).toBe("--json takes no value.");
});

test("an unknown option is named, with those that there are", () => {
  const { exitCode, message, remedy, command } = refusal(
    ["--device", "5"],
    {},
    { name: "recover", options: ["policy"] },
  );
  expect({ exitCode, message, command }).toEqual({
    exitCode: 2,
    message: "There is no option --device.",
    command: "npm run recover -- --help",
  });
  expect(remedy).toBe("recover takes --policy, --json, --quiet, --no-color, --help.");
  for (const raw of ["-x", "--__proto__", "--constructor"]) expect(refusal([raw]).message).toContain("no option");
});

test("a stage refuses every option that means nothing to it", () => {
  for (const command of COMMANDS) {
    const foreign = OPTIONS.filter(({ name }) => !command.options.includes(name) && !COMMON.includes(name));
    for (const { flag, value } of foreign) {
      const { exitCode, message } = refusal([value ? `--${flag}=1` : `--${flag}`], {}, {
        ...command,
        options: [...command.options],
      } as never);
      expect([exitCode, message]).toEqual([2, `--${flag} means nothing to ${command.name}.`]);
    }
  }
});

test("a word that no command asked for is refused", () => {
  expect(refusal(["everything"]).message).toBe('"everything" means nothing here.');
  expect(readOptions({ name: "triage", options: [], words: 2 }, ["show", "DEV-1"], {}).words).toEqual([
    "show",
    "DEV-1",
  ]);
});

test("the environment sets what no argument does, and only where it means something", () => {
  const env = {
    SENTINEL_DEVICES: "7",
    SENTINEL_WORKERS: "2",
    SENTINEL_RESUME: "1",
    SENTINEL_NO_SITE: "0",
    SENTINEL_SEED: "",
  };
  expect(read(["--workers", "3"], env)).toEqual({ devices: 7, workers: 3, resume: true });
  expect(readOptions({ name: "recover", options: ["workers"] as OptionName[] }, [], env).options).toEqual({
    workers: 2,
  });
  expect(refusal([], { SENTINEL_DEVICES: "many" }).message).toContain("SENTINEL_DEVICES needs a whole number");
});

test("a database URL that is refused is not shown", () => {
  expect(refusal(["--database-url="]).message).not.toContain('""');
});

test("every option is declared once, and help names each with its environment name", () => {
  for (const key of ["name", "flag"] as const)
    expect(new Set(OPTIONS.map((option) => option[key])).size).toBe(OPTIONS.length);
  for (const command of COMMANDS) {
    const help = helpFor(command);
    for (const { name, flag, env } of OPTIONS) {
      if (!command.options.includes(name)) continue;
      expect(help).toContain(`--${flag}`);
      expect(help).toContain(env);
    }
    expect(overview(COMMANDS)).toContain(`npm run ${command.name}`);
  }
});
