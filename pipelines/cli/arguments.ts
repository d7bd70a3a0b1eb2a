import { parseArgs } from "node:util";
import { EXIT, SentinelError } from "./errors.ts";
import { COMMON, OPTIONS, type OptionName, type OptionSpec, type Options } from "./options.ts";

/**
 * Reads a command's arguments and its part of the environment; an argument outweighs the environment.
 * @throws SentinelError exit 2, where an option is unknown, means nothing to the command, or has a value that it can't have.
 */
export function readOptions(
  command: { readonly name: string; readonly options: readonly OptionName[]; readonly words?: number },
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): { options: Options; words: string[] } {
  const allowed = OPTIONS.filter(({ name }) => command.options.includes(name) || COMMON.includes(name));
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      OPTIONS.map(({ flag, value }) => [flag, { type: value ? "string" : "boolean" } as const]),
    ),
    strict: false,
    tokens: true,
  });
  const options: Record<string, unknown> = fromEnvironment(allowed, env);
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const spec = allowed.find(({ flag }) => flag === token.name);
    if (!spec) throw unknownOption(command.name, token.rawName, allowed);
    options[spec.name] = optionValue(spec, token.rawName, token.value);
  }
  const extra = words[command.words ?? 0];
  if (extra !== undefined)
    throw usage(command.name, `"${extra}" means nothing here.`, "Options begin with two dashes.");
  return { options: options as Options, words };
}

function fromEnvironment(allowed: readonly OptionSpec[], env: NodeJS.ProcessEnv): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const spec of allowed) {
    const text = env[spec.env];
    if (!spec.env || text === undefined || text === "" || spec.name === "databaseUrl") continue;
    if (spec.value) found[spec.name] = optionValue(spec, spec.env, text);
    else if (text !== "0" && text !== "false") found[spec.name] = true;
  }
  return found;
}

function optionValue(spec: OptionSpec, as: string, text: string | undefined): unknown {
  if (!spec.value) {
    if (text === undefined) return true;
    throw usage(undefined, `${as} takes no value.`, `Write ${as} alone.`);
  }
  const value = text === undefined ? undefined : spec.parse?.(text);
  if (value !== undefined) return value;
  const got = text === undefined ? "nothing" : spec.name === "databaseUrl" ? "something else" : `"${text}"`;
  throw usage(undefined, `${as} needs ${spec.expects}; it got ${got}.`, `Write ${as} ${spec.value}.`);
}

function unknownOption(command: string, raw: string, allowed: readonly OptionSpec[]): SentinelError {
  const known = OPTIONS.some(({ flag }) => `--${flag}` === raw);
  return usage(
    command,
    known ? `${raw} means nothing to ${command}.` : `There is no option ${raw}.`,
    `${command} takes ${allowed.map(({ flag }) => `--${flag}`).join(", ")}.`,
  );
}

function usage(command: string | undefined, cause: string, remedy: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.usage,
    cause,
    remedy,
    ...(command ? { command: `npm run ${command} -- --help` } : {}),
  });
}
