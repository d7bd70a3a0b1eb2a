import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { readOptions } from "../pipelines/cli/arguments.ts";
import { COMMANDS } from "../pipelines/commands.ts";
import { TARGETS } from "../pipelines/deploy/targets.ts";

const PROJECT = resolve(import.meta.dirname, "..");
const TEXT = readFileSync(resolve(PROJECT, ".github/workflows/report.yml"), "utf8");
const { scripts, engines } = JSON.parse(readFileSync(resolve(PROJECT, "package.json"), "utf8"));

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly id?: string;
  readonly with?: Record<string, unknown>;
  readonly env?: Record<string, string>;
}

interface Job {
  readonly needs?: string;
  readonly permissions: Record<string, string>;
  readonly "timeout-minutes": number;
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: Record<string, string>;
  readonly concurrency: { group: string; "cancel-in-progress": boolean };
  readonly jobs: Record<string, Job>;
}

/** The reader of YAML by which Framework reads the front matter of pages. */
const framework = createRequire(import.meta.url).resolve("@observablehq/framework/package.json");
const yaml = createRequire(createRequire(framework).resolve("gray-matter"))("js-yaml") as {
  safeLoad?(text: string): unknown;
  load(text: string): unknown;
};
const workflow = (yaml.safeLoad ?? yaml.load)(TEXT) as Workflow;
const jobs = Object.values(workflow.jobs);
const steps = jobs.flatMap((job) => job.steps);

/** The words of a line as the shell passes them on, for a repository that is served below its name. */
const wordsOf = (line: string): string[] => line.replace('"$BASE_PATH/"', "/reports/").split(" ").filter(Boolean);

describe("the workflow that publishes", () => {
  test("runs commands that there are, with options that they take", () => {
    const lines = steps.flatMap(({ run }) => run ?? []);
    expect(lines[0]).toBe("npm ci");
    for (const line of lines.slice(1)) {
      const [, name = "", rest = ""] = /^npm run ([\w-]+)(?: -- (.*))?$/.exec(line) ?? [];
      expect(Object.keys(scripts), line).toContain(name);
      const command = COMMANDS.find((known) => known.name === name);
      expect(
        () => readOptions({ ...(command ?? expect.unreachable(line)), words: 0 }, wordsOf(rest), {}),
        line,
      ).not.toThrow();
    }
    expect(lines.map((line) => line.split(" ")[2])).toEqual([undefined, "pipeline", "deploy"]);
  });

  test("publishes the folder that deploy makes, for the place that Pages has", () => {
    const { options } = readOptions(
      { name: "deploy", options: ["target", "base"] },
      wordsOf(/ -- (.*)/.exec(steps.find(({ run }) => run?.includes("deploy"))?.run ?? "")?.[1] ?? ""),
      {},
    );
    expect(options.target).toBe("github");
    const ready = TARGETS.github.ready({ dir: "", files: {}, pages: {}, base: "/" });
    const upload = steps.find(({ uses }) => uses?.startsWith("actions/upload-pages-artifact"));
    expect(upload?.with).toEqual({
      path: `data/local/deploy/${options.target}/site${ready.below && `/${ready.below}`}`,
    });
    const base = steps.find(({ env }) => env?.BASE_PATH)?.env?.BASE_PATH;
    const id = /steps\.(\w+)\.outputs\.base_path/.exec(base ?? "")?.[1];
    expect(steps.find((step) => step.id === id)?.uses).toMatch(/^actions\/configure-pages@/);
  });

  test("may do no more than it needs, and one run at a time publishes", () => {
    expect(workflow.permissions).toEqual({});
    expect(jobs.map(({ permissions }) => permissions)).toEqual([
      { contents: "read", pages: "read" },
      { pages: "write", "id-token": "write" },
    ]);
    expect(workflow.jobs.publish?.needs).toBe("report");
    expect(workflow.concurrency).toEqual({ group: "pages", "cancel-in-progress": false });
    expect(steps[0]?.with).toEqual({ "persist-credentials": false });
    for (const job of jobs) expect(job["timeout-minutes"]).toBeLessThanOrEqual(15);
  });

  test("pins every action to a version, runs the oldest Node, and puts no outside text into a command", () => {
    for (const { uses } of steps) if (uses) expect(uses).toMatch(/^actions\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
    const node = steps.find(({ uses }) => uses?.startsWith("actions/setup-node"))?.with?.["node-version"];
    expect(engines.node).toContain(`>=${node}.`);
    for (const { run } of steps) expect(run ?? "").not.toContain("${" + "{");
  });
});
