import { OPTIONS, type OptionName, type Options } from "./options.ts";

/** Options that say how to print, not what to do. */
const LEFT_OUT: readonly OptionName[] = ["json", "quiet", "noColor", "help"];
/** Commands that do all or nothing, and so begin anew, with what they were to delete still there. */
const ATOMIC = ["validate", "export", "import"];

/** The command line with which to go on with a command that was stopped: what was asked for, and `--resume`. */
export function resumeCommand(command: string, options: Options): string {
  const { resume: _, ...rest } = options;
  if (ATOMIC.includes(command)) return commandLine(command, rest);
  const { replace: __, ...kept } = rest;
  return commandLine(command, { ...kept, resume: true });
}

/** A command line that asks for these options. Ready to paste, without a secret: a database's URL is named, not shown. */
export function commandLine(command: string, options: Options): string {
  const given = OPTIONS.filter(({ name }) => options[name] !== undefined && !LEFT_OUT.includes(name));
  const last = given.filter(({ name }) => name === "resume");
  const words = [...given.filter(({ name }) => name !== "resume"), ...last].map(({ name, flag, value }) =>
    value ? `--${flag} ${shown(name, String(options[name]))}` : `--${flag}`,
  );
  return ["npm run", command, ...(words.length > 0 ? ["--", ...words] : [])].join(" ");
}

function shown(name: OptionName, value: string): string {
  if (name === "databaseUrl") return '"$DATABASE_URL"';
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
