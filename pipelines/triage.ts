import type pg from "pg";
import { EXIT, SentinelError } from "./cli/errors.ts";
import { OPTIONS, type OptionName } from "./cli/options.ts";
import type { Context } from "./context.ts";
import { type Campaign, campaignFor } from "./db/campaigns.ts";
import { type Target, withClient } from "./db/connect.ts";
import { explain } from "./db/explain.ts";
import { refuseOtherSchema } from "./db/migrate.ts";
import { TRIAGE_VERBS, type TriageVerb } from "./domain/vocabulary.ts";
import { act } from "./triage/act.ts";
import { exportQueue } from "./triage/export.ts";
import { importDecisions } from "./triage/import.ts";
import { list, next, show, stats } from "./triage/look.ts";
import { work } from "./triage/work.ts";

/** One thing that can be done with the queue. */
interface Doing {
  /** The options that mean something to it. */
  readonly options: readonly OptionName[];
  /** What it takes behind its name, in words; nothing, where that is left out. */
  readonly takes?: string;
  /** How many of these it needs, and how many there can be. */
  readonly words?: readonly [fewest: number, most: number];
  run(context: Context, target: Target, words: readonly string[]): Promise<void>;
}

const FILTER = ["rule", "field", "region", "model", "state", "limit"] as const satisfies OptionName[];
const DECISION = [...FILTER, "all", "yes", "why", "dryRun", "batchSize"] as const satisfies OptionName[];

/** What only one of the verbs takes. */
const BESIDE: Readonly<Record<TriageVerb, readonly OptionName[]>> = {
  ...{ fix: ["proposed"], reject: ["action"] },
  ...{ accept: [], release: [], reopen: [] },
};

const DOINGS: Readonly<Record<string, Doing>> = {
  list: { options: FILTER, run: looking(list) },
  show: {
    options: [],
    takes: "the id of a device",
    words: [1, 1],
    run: (context, target, [id = ""]) => looking((...given) => show(...given, id))(context, target),
  },
  next: { options: FILTER, run: looking(next) },
  stats: { options: [], run: looking(stats) },
  work: { options: FILTER, run: work },
  export: {
    options: [...FILTER, "replace"],
    takes: "a file to write",
    words: [1, 1],
    run: (context, target, [file = ""]) => exportQueue(context, target, file),
  },
  import: {
    options: ["why", "action", "rejects", "dryRun", "batchSize"],
    takes: "a file to read",
    words: [1, 1],
    run: (context, target, [file = ""]) => importDecisions(context, target, file),
  },
  ...Object.fromEntries(
    TRIAGE_VERBS.map((verb) => [
      verb,
      {
        options: [...DECISION, "version", ...BESIDE[verb]],
        takes: "devices",
        words: [0, Number.POSITIVE_INFINITY],
        run: (context, target, words) => act(context, target, verb, words),
      } satisfies Doing,
    ]),
  ),
};

/** The options that mean something to some, but not to others. */
const TOLD_APART = new Set(Object.values(DOINGS).flatMap(({ options }) => options));

/** The triage queue: to look at it, and to work it until it is empty. Without a word, by the keyboard where there is one, else a list. */
export async function triage(context: Context, target: Target): Promise<void> {
  const { terminal, options } = context;
  const [what = terminal && !options.json && !options.quiet ? "work" : "list", ...words] = context.words;
  const doing = Object.hasOwn(DOINGS, what) ? DOINGS[what] : undefined;
  if (!doing) throw usage(`There is no "triage ${what}".`, `Use ${Object.keys(DOINGS).join(", ")}.`);
  const [fewest, most] = doing.words ?? [0, 0];
  if (words.length < fewest) throw usage(`${what} needs ${doing.takes}.`, "Name it behind the word.");
  if (words.length > most) throw usage(`"${words[most]}" means nothing to triage ${what}.`, "Leave it out.");
  refuseStrangeOptions(context, what, doing);
  try {
    await doing.run(context, target, words);
  } catch (error) {
    throw explain(error, target);
  }
}

/** What stands in the environment is meant for all commands, and so for those that it says nothing to. */
function refuseStrangeOptions({ options, env }: Context, what: string, doing: Doing): void {
  const strange = OPTIONS.find(
    ({ name, env: variable }) =>
      options[name] !== undefined && TOLD_APART.has(name) && !doing.options.includes(name) && !env[variable],
  );
  if (!strange) return;
  const taken = OPTIONS.filter(({ name }) => doing.options.includes(name)).map(({ flag }) => `--${flag}`);
  throw usage(
    `--${strange.flag} means nothing to triage ${what}.`,
    taken.length > 0 ? `It takes ${taken.join(", ")}.` : "Leave it out.",
  );
}

/** A look at the queue of the campaign that was asked for. */
function looking(look: (context: Context, client: pg.Client, campaign: Campaign) => Promise<unknown>) {
  return (context: Context, target: Target): Promise<void> =>
    withClient(target, async (client) => {
      await refuseOtherSchema(client);
      await look(context, client, await campaignFor(client, context.options.campaign));
    });
}

function usage(cause: string, remedy: string): SentinelError {
  return new SentinelError({ exitCode: EXIT.usage, cause, remedy, command: "npm run triage -- --help" });
}
