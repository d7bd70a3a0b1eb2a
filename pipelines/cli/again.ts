import { OPTIONS, type OptionName, type Options } from "./options.ts";

/** Options that say how to start or to print, not what to do. */
const LEFT_OUT: readonly OptionName[] = ["resume", "replace", "json", "quiet", "noColor", "help"];

/**
 * The command line with which to go on with a command that was stopped: what was asked for, and `--resume`. Ready to paste, without a
 * secret: a database's URL is named, not shown.
 */
export function resumeCommand(command: string, options: Options): string {
  const again = command === "validate" ? [] : ["--resume"];
  const words = OPTIONS.filter(({ name }) => options[name] !== undefined && !LEFT_OUT.includes(name)).map(
    ({ name, flag, value }) => (value ? `--${flag} ${shown(name, String(options[name]))}` : `--${flag}`),
  );
  const rest = [...words, ...again];
  return ["npm run", command, ...(rest.length > 0 ? ["--", ...rest] : [])].join(" ");
}

function shown(name: OptionName, value: string): string {
  if (name === "databaseUrl") return '"$DATABASE_URL"';
  return /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
