import type { Command } from "../commands.ts";
import { COMMON, OPTIONS } from "./options.ts";

/** The list of commands. */
export function overview(commands: readonly Pick<Command, "name" | "help">[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  const lines = commands.map(({ name, help }) => `  npm run ${name.padEnd(width)}  ${help}`);
  return `Sentinel OTA: recover a fleet after a firmware rollout\n\n${lines.join("\n")}\n\nOptions of each: npm run <command> -- --help\n`;
}

/** One command and its options. */
export function helpFor(command: Command): string {
  const options = OPTIONS.filter(({ name }) => command.options.includes(name) || COMMON.includes(name));
  const rows = options.map(
    ({ flag, value, help, env }) => [`--${flag}${value ? ` ${value}` : ""}`, help, env] as const,
  );
  const width = Math.max(...rows.map(([flag]) => flag.length));
  const lines = rows.map(([flag, help, env]) => `  ${flag.padEnd(width)}  ${help}${env ? `  [${env}]` : ""}`);
  const words = command.words ? ` ${command.words.join(" ")}` : "";
  return `npm run ${command.name} --${words} [options]\n  ${command.help}\n\n${lines.join("\n")}\n`;
}
