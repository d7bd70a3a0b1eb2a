import { Writable } from "node:stream";
import type { Options } from "../../pipelines/cli/options.ts";
import { Reporter } from "../../pipelines/cli/reporter.ts";
import { deploy } from "../../pipelines/deploy.ts";
import { reference } from "../../pipelines/reference.ts";
import { PROJECT } from "./command.ts";
import type { SiteProject } from "./site-project.ts";

/** Runs `deploy` in a project, for its own snapshot or that of another id. Returns its event. */
export async function deployed(
  { root, snapshotId: id }: Pick<SiteProject, "root" | "snapshotId">,
  options: Options,
  { env = {}, snapshotId = id }: { env?: NodeJS.ProcessEnv; snapshotId?: string } = {},
): Promise<Record<string, unknown>> {
  let text = "";
  const stdout = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const stderr = new Writable({ write: (_chunk, _, done) => done() });
  const reporter = new Reporter({ stdout, stderr, json: true, quiet: false, color: false, now: () => 0 });
  const signal = new AbortController().signal;
  const context = {
    command: "deploy",
    options,
    words: [],
    env: { HOME: root, ...env },
    projectRoot: root,
    version: "0",
  };
  await deploy({ ...context, reference: reference(PROJECT), reporter, signal }, async () => snapshotId);
  return JSON.parse(text) as Record<string, unknown>;
}
