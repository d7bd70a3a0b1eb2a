import { commandLine } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import type { Context } from "../context.ts";
import { standInNote, standInOf } from "../db/cloud-sql/endpoint.ts";
import { Api, type Instance, type Request } from "./api.ts";
import { patiently, type Work } from "./converge.ts";
import { explainApi } from "./explain.ts";
import { fullName, instanceName } from "./instance-name.ts";

/** A command on one instance. */
export interface CloudSession extends Work {
  readonly context: Context;
  readonly now: Date;
}

/** Works with the API for the instance that is meant, and tells its errors in words. */
export async function withCloud(context: Context, work: (session: CloudSession) => Promise<void>): Promise<void> {
  const { env, signal, reporter, options, command, words } = context;
  const name = instanceName(context);
  const standIn = standInOf(env);
  if (standIn !== undefined) reporter.note(standInNote(standIn));
  const session: CloudSession = {
    context,
    api: new Api(name, standIn, signal),
    isDryRun: options.dryRun ?? false,
    signal,
    random: Math.random,
    note: (line) => reporter.note(line),
    show: (request) => showRequest(context, request),
    again: commandLine(command, options, words),
    now: new Date(),
  };
  try {
    await work(session);
  } catch (error) {
    throw explainApi(error, name);
  }
}

function showRequest({ reporter }: Context, { method, url, body }: Request): void {
  reporter.event({ event: "cloud_request", method, url, body: body ?? null });
  reporter.result(`${method} ${url}${body === undefined ? "" : `\n${JSON.stringify(body, null, 2)}`}`);
}

/** @throws SentinelError exit 3, where there is none of the name. */
export function present({ api }: Pick<Work, "api">, instance: Instance | undefined): Instance {
  if (instance) return instance;
  throw new SentinelError({
    exitCode: EXIT.database,
    cause: `There is no instance ${fullName(api.name)} that this account may see.`,
    remedy: "Check its name, or make it:",
    command: `npm run cloud -- create --instance ${fullName(api.name)}`,
  });
}

export const readInstance = (session: CloudSession): Promise<Instance | undefined> =>
  patiently(session, () => session.api.instance());

/** Says what came of a command. */
export function told({ context, api, isDryRun }: CloudSession, action: string, isChanged: boolean, text: string): void {
  const { reporter } = context;
  const instance = fullName(api.name);
  reporter.event({ event: "cloud", action, instance, changed: isChanged && !isDryRun, dry_run: isDryRun, text });
  if (!isDryRun) reporter.result(text);
  else if (!isChanged) reporter.result(`Nothing to ask for: ${text}`);
}
