import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import { externalTarget } from "../db/connect.ts";
import { stop } from "./power.ts";
import { withCloud } from "./session.ts";

/** After Ctrl-C a command has 4.5 s in all: the request gets out, its end is not waited for. */
const LAST_MS = 3_500;

/**
 * Runs something, and stops the instance of Cloud SQL that it ran on when it ends, also when it fails.
 * @throws SentinelError exit 2, before anything is done, where the database is none.
 */
export async function stoppingAfter(context: Context, work: () => Promise<void>): Promise<void> {
  const { options, env, reporter } = context;
  if (!externalTarget({ databaseUrl: options.databaseUrl, env })?.config.cloudSql) {
    throw new SentinelError({
      exitCode: EXIT.usage,
      cause: "--stop-after stops an instance of Cloud SQL, and the database is none.",
      remedy: "Set DATABASE_URL to cloudsql://user@project:region:instance/database, or leave the option out.",
    });
  }
  try {
    await work();
  } catch (error) {
    await stopInstance(context).catch((failure: Error) => reporter.note(`The instance still runs: ${failure.message}`));
    throw error;
  }
  await stopInstance(context);
}

function stopInstance(context: Context): Promise<void> {
  const signal = context.signal.aborted ? AbortSignal.timeout(LAST_MS) : context.signal;
  const { instance: _, ...options } = context.options;
  return withCloud(
    { ...context, command: "cloud", words: ["stop"], options: { ...options, dryRun: false }, signal },
    stop,
  );
}
