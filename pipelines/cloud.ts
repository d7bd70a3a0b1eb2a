import { EXIT, SentinelError } from "./cli/errors.ts";
import { OPTIONS, type OptionName } from "./cli/options.ts";
import { allow, deny } from "./cloud/access.ts";
import { cost } from "./cloud/cost.ts";
import { create } from "./cloud/create.ts";
import { destroy } from "./cloud/destroy.ts";
import { start, stop } from "./cloud/power.ts";
import { type CloudSession, withCloud } from "./cloud/session.ts";
import { status } from "./cloud/status.ts";
import type { Context } from "./context.ts";

interface Verb {
  /** Options that mean something to it, beside those that say which instance. */
  readonly takes: readonly OptionName[];
  /** What its one word is, where it has one. */
  readonly word?: string;
  run(context: Context, word: string): Promise<void>;
}

const WHICH: readonly OptionName[] = ["instance", "databaseUrl", "json", "quiet", "noColor", "help"];

const on =
  (work: (session: CloudSession, word: string) => Promise<void>) =>
  (context: Context, word: string): Promise<void> =>
    withCloud(context, (session) => work(session, word));

const VERBS: Readonly<Record<string, Verb>> = {
  status: { takes: [], run: on(status) },
  create: { takes: ["tier", "disk", "sslMode", "protect", "dryRun"], run: on(create) },
  allow: { takes: ["lifetime", "force", "by", "dryRun"], word: "NETWORK, or me", run: on(allow) },
  deny: { takes: ["dryRun"], word: "NETWORK, me, or expired", run: on(deny) },
  start: { takes: ["dryRun"], run: on(start) },
  stop: { takes: ["dryRun"], run: on(stop) },
  cost: { takes: ["tier", "disk", "hours"], run: cost },
  destroy: { takes: ["finalBackup", "noBackup", "force", "yes", "dryRun"], run: on(destroy) },
};

/** `npm run cloud`: an instance of Cloud SQL by commands. */
export async function cloud(context: Context): Promise<void> {
  const { words, options, env } = context;
  const [name = "", word, extra] = words;
  const verb = Object.hasOwn(VERBS, name) ? VERBS[name] : undefined;
  if (!verb)
    throw usage(
      name === "" ? "Say what to do." : `There is no "cloud ${name}".`,
      `There are ${Object.keys(VERBS).join(", ")}.`,
    );
  // What stands in the environment is meant for all commands, and so for those that it says nothing to.
  const foreign = OPTIONS.find(
    ({ name: option, env: variable }) =>
      options[option] !== undefined && ![...WHICH, ...verb.takes].includes(option) && !env[variable],
  );
  if (foreign) throw usage(`--${foreign.flag} means nothing to cloud ${name}.`, "Leave it out.");
  if (verb.word !== undefined && word === undefined)
    throw usage(`cloud ${name} needs a word: ${verb.word}.`, "Name it.");
  const second = verb.word === undefined ? word : extra;
  if (second !== undefined) throw usage(`"${second}" means nothing here.`, "Options begin with two dashes.");
  await verb.run(context, word ?? "");
}

function usage(cause: string, remedy: string): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy, command: "npm run cloud -- --help" });
}
