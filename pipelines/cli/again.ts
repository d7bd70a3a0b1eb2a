import { OPTIONS, type OptionName, type Options } from "./options.ts";

/** Options that say how to print, not what to do. */
const LEFT_OUT: readonly OptionName[] = ["json", "quiet", "noColor", "help"];
/** Commands that do all or nothing, and so begin anew, with what they were to delete still there. */
const ATOMIC = ["validate", "export", "import", "triage"];

/** A command line with its words and the options in the order given, ready to paste, without a secret: a database's URL is named, not shown. */
export function commandLine(command: string, options: Options, more: readonly string[] = []): string {
  const flags = Object.entries(options).flatMap(([name, set]) => {
    const spec = OPTIONS.find((known) => known.name === name);
    if (!spec || set === undefined || LEFT_OUT.includes(spec.name)) return [];
    return [spec.value ? `--${spec.flag} ${shown(spec.name, String(set))}` : `--${spec.flag}`];
  });
  const words = [...more.map(quoted), ...flags];
  return ["npm run", command, ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
}

/** The command line with which to go on with a command that was stopped: what was asked for, and `--resume`. */
export function resumeCommand(
  command: string,
  { resume: _, ...asked }: Options,
  words: readonly string[] = [],
): string {
  if (ATOMIC.includes(command)) return commandLine(command, asked, words);
  const { replace: __, ...kept } = asked;
  return commandLine(command, { ...kept, resume: true });
}

function shown(name: OptionName, value: string): string {
  return name === "databaseUrl" ? '"$DATABASE_URL"' : quoted(value);
}

function quoted(value: string): string {
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
