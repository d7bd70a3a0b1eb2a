import { commandLine } from "../cli/again.ts";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { milliseconds } from "../cli/option-values.ts";
import { OPTIONS, type OptionName, type Options } from "../cli/options.ts";

const EVERY = "5s";

/** What make one fleet, or go on with one: the watcher takes what comes. */
const NOT_WITH_WATCH = [
  ...["devices", "seed", "resume", "replace", "campaign", "faultRate", "profile"],
] as const satisfies OptionName[];
const ONLY_WITH_WATCH = ["every", "metrics"] as const satisfies OptionName[];

/** How to watch. */
export interface WatchSettings {
  /** Where files come; undefined: only the database is watched. */
  readonly folder: string | undefined;
  readonly everyMs: number;
  /** Port of the endpoint; undefined: none. */
  readonly metrics: number | undefined;
}

/**
 * What was asked of the watcher; undefined where none was asked for.
 * @throws SentinelError exit 2 where the options do not go together.
 */
export function settingsOf(options: Options): WatchSettings | undefined {
  const { watch, from: folder, every = EVERY, metrics } = options;
  const stray = (watch ? NOT_WITH_WATCH : ONLY_WITH_WATCH).find((name) => options[name] !== undefined);
  if (stray) throw misplaced(options, stray);
  return watch ? { folder, everyMs: milliseconds(every) ?? 0, metrics } : undefined;
}

function misplaced(options: Options, name: OptionName): SentinelError {
  const flag = OPTIONS.find((spec) => spec.name === name)?.flag ?? name;
  const { [name]: _, ...rest } = options;
  return new SentinelError({
    exitCode: EXIT.usage,
    cause: options.watch
      ? `--${flag} means nothing with --watch, which takes fleets as they come.`
      : `--${flag} means nothing without --watch.`,
    remedy: options.watch ? "Leave it out:" : "Add --watch, or leave it out:",
    command: commandLine("pipeline", rest),
  });
}
