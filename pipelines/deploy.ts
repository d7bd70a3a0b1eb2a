import { rm } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { count } from "./cli/format.ts";
import { TARGET_NAMES } from "./cli/targets.ts";
import type { Context } from "./context.ts";
import { assertOurs, isDone, type Manifest, manifestOf, writeBeside } from "./deploy/folder.ts";
import { knownSecrets } from "./deploy/known-secrets.ts";
import { refusal } from "./deploy/refusal.ts";
import { assertNoSecrets } from "./deploy/secret-scan.ts";
import { readSite } from "./deploy/site.ts";
import type { Ready, Target } from "./deploy/target.ts";
import { TARGETS } from "./deploy/targets.ts";
import { bytesOf } from "./site/inventory.ts";
import { withBuildLock } from "./site/lock.ts";
import { nextFolder, swapIn } from "./site/publish.ts";

/**
 * Makes the built site ready for a host, in a folder of its own, and tells the command that uploads it; uploads nothing.
 * @throws SentinelError with exit code 6 where the site is not fit to be published.
 */
export async function deploy(context: Context, snapshotId: () => Promise<string>): Promise<void> {
  const { options, projectRoot, env, signal } = context;
  const target = TARGETS[options.target ?? missing()];
  const folder = resolve(projectRoot, options.to ?? join("data", "local", "deploy", target.name));
  await withBuildLock(projectRoot, signal, async () => {
    const site = await readSite(projectRoot, options.base ?? "/", target, snapshotId);
    const ready = target.ready(site);
    const manifest = manifestOf(target.name, site, ready);
    const files = Object.keys(manifest.files).length;
    if (target.mostFiles !== undefined && files > target.mostFiles)
      throw refusal(`${target.title} takes ${count(target.mostFiles)} files; this site has ${count(files)}.`, FEWER);
    await assertNoSecrets(site.dir, Object.keys(site.files), knownSecrets(projectRoot, env), scratch(projectRoot));
    await assertOurs(folder, projectRoot, site.dir);
    const done = await isDone(folder, manifest);
    if (!done && !options.dryRun) await replace(folder, () => writeBeside(folder, site, ready, manifest), signal);
    tell(context, { target, folder, ready, manifest, done });
  });
}

/** Makes the new folder beside the former one, and then puts it there. */
async function replace(folder: string, write: () => Promise<void>, signal: AbortSignal): Promise<void> {
  try {
    await write();
    signal.throwIfAborted();
    await swapIn(nextFolder(folder), folder);
  } finally {
    await rm(nextFolder(folder), { recursive: true, force: true });
  }
}

const FEWER = "Take pages out of the site, or publish it where there is no such limit: --target nginx or folder.";
const scratch = (projectRoot: string): string => join(projectRoot, "data", "local", "deploy");

function missing(): never {
  throw new SentinelError({
    exitCode: EXIT.usage,
    cause: "deploy needs to know for which host.",
    remedy: `Name one of ${TARGET_NAMES.join(", ")}:`,
    command: "npm run deploy -- --target folder",
  });
}

interface Outcome {
  readonly target: Target;
  readonly folder: string;
  readonly ready: Ready;
  readonly manifest: Manifest;
  readonly done: boolean;
}

/** The folder, what the host is told, and the command that uploads. */
function tell({ reporter, options, projectRoot }: Context, { target, folder, ready, manifest, done }: Outcome): void {
  const place = relative(projectRoot, folder).startsWith("..") ? folder : relative(projectRoot, folder);
  const command = ready.command.replaceAll(
    "FOLDER",
    /^[\w./-]+$/.test(place) ? place : `'${place.replaceAll("'", "'\\''")}'`,
  );
  const files = Object.keys(manifest.files).length;
  const bytes = bytesOf(manifest.files);
  const verb = done ? "is ready already in" : options.dryRun ? "would be made ready in" : "is ready in";
  reporter.event({
    ...{ event: "deploy", target: target.name, base: manifest.base, folder, files, bytes },
    ...{ made: !done && !options.dryRun, texts: ready.texts, command, notes: ready.notes },
  });
  const size = `${count(files)} files, ${(bytes / 1024 ** 2).toFixed(1)} MiB`;
  reporter.result(`The site for ${target.title}, to be served at ${manifest.base}, ${verb} ${place}: ${size}.`);
  for (const [path, text] of Object.entries(ready.texts))
    if (!path.endsWith(".html") && text !== "") reporter.result(`\n${path}\n${text.trimEnd().replaceAll(/^/gm, "  ")}`);
  for (const note of ready.notes) reporter.result(`\n${note}`);
  reporter.result(`\nNothing was uploaded. This does it:\n\n  ${command}`);
}
