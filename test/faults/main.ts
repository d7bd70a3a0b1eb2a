import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { table } from "../../pipelines/cli/format.ts";

const USAGE = `npm run test:faults -- [options]

  Plays the fault matrix against the real program and a real PostgreSQL: every fault, then the same command without it, whose end must be
  that of an unbroken run; and wrong versions of the program, each of which must be found out. Then runs of command
  lines in any order, whose databases must be what a model of the command line says; and hostile files and values. docs/reliability.md tells more.

  --nightly     more places for each fault, and more runs of the model
  --only NAME   scenarios whose name begins so, for example recover/link: replays one, too; model/steps/seed=N any run
  --path PATH   of a run of the model the steps that a failure was made smaller to
  --json FILE   write what came of each to a file
  --help        this text
`;

const { values } = parseArgs({
  options: {
    nightly: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    path: { type: "string" },
    json: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) process.stdout.write(USAGE);
else process.exitCode = await play();

interface Result {
  readonly name: string;
  /** Stage and fault of a scenario. */
  readonly group: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly problems: readonly string[];
}

async function play(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-faults-"));
  const report = join(folder, "report.json");
  try {
    const [stage = ""] = values.only.split("/");
    const files = stage === "" ? ["test/faults", "test/hostile"] : [`test/faults/${stage}`];
    const vitest = resolve(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");
    const child = spawn(
      process.execPath,
      [vitest, "run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`, ...files],
      {
        stdio: "inherit",
        env: {
          ...process.env,
          SENTINEL_FAULTS: values.nightly ? "nightly" : "pr",
          SENTINEL_FAULTS_ONLY: values.only,
          ...(values.path === undefined ? {} : { SENTINEL_FAULTS_PATH: values.path }),
        },
      },
    );
    const [code] = (await once(child, "close")) as [number | null];
    const results = read(report);
    if (results.length > 0) print(results);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
    if (results.length === 0) process.stderr.write(`No scenario's name begins with "${values.only}".\n`);
    return results.length === 0 ? 1 : (code ?? 1);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Report {
  readonly testResults: readonly {
    /** Path of the file. */
    readonly name: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly duration?: number;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

function read(file: string): Result[] {
  const { testResults } = JSON.parse(readFileSync(file, "utf8")) as Report;
  return testResults
    .flatMap(({ name: file, assertionResults }) => assertionResults.map((result) => ({ file, ...result })))
    .filter(({ status }) => status === "passed" || status === "failed")
    .map(({ file, title, status, duration = 0, failureMessages }) => ({
      name: title,
      group: groupOf(file, title),
      passed: status === "passed",
      seconds: duration / 1000,
      problems: failureMessages,
    }));
}

function groupOf(file: string, title: string): string {
  if (file.includes("test/hostile/")) return `hostile/${basename(file, ".test.ts")}`;
  if (file.endsWith("mutants.test.ts")) return "wrong versions";
  return title.includes("/") ? title.split("/").slice(0, 2).join("/") : basename(file, ".test.ts");
}

/** A row for each fault of each stage, and how to play again what failed. */
function print(results: readonly Result[]): void {
  const groups = new Map<string, Result[]>();
  for (const result of results) {
    groups.set(result.group, [...(groups.get(result.group) ?? []), result]);
  }
  const rows = [...groups].map(([name, group]) => {
    const [stage, fault] = name.split("/");
    const failed = group.filter(({ passed }) => !passed).length;
    return [stage ?? "", fault ?? "", String(group.length), String(group.length - failed), String(failed)];
  });
  process.stdout.write(`\n${table(["stage", "fault", "played", "held", "broken"], rows)}\n`);
  const again = results.filter(
    ({ passed, group, name }) => !passed && !group.startsWith("hostile/") && name.includes("/"),
  );
  for (const { name } of again) {
    process.stdout.write(`Play it again: npm run test:faults -- --only ${name}\n`);
  }
}
