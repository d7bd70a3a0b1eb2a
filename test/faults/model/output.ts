import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Ended } from "../../support/cli.ts";
import type { Ask } from "./model.ts";

/** The words of a command line. */
export function wordsOf({ command, options, words = [] }: Ask): string[] {
  const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
  return [
    command,
    ...words,
    ...given.flatMap(([name, value]) => {
      const flag = `--${name.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;
      return value === true ? [flag] : [flag, String(value)];
    }),
  ];
}

/** The words behind `npm run` of a command that an error tells, taken apart as a shell does. */
export function toldWords(command: string): string[] {
  const words = command.match(/'[^']*'|"[^"]*"|[^\s'"]+/g) ?? [];
  return words
    .slice(2)
    .filter((word) => word !== "--")
    .map((word) => word.replace(/^'(.*)'$/, "$1"));
}

export type Event = Readonly<Record<string, unknown>>;

/** Events of `--json`, and what is wrong with them by docs/output.md. */
export function eventsOf({ stdout, code }: Ended, root: string): { events: Event[]; wrong: string[] } {
  const documented = documentedEvents(root);
  const events: Event[] = [];
  const wrong: string[] = [];
  for (const line of stdout.split("\n").slice(0, -1)) {
    try {
      events.push(JSON.parse(line) as Event);
    } catch {
      wrong.push(`no JSON: ${line}`);
    }
  }
  if (!stdout.endsWith("\n") && stdout !== "") wrong.push("its last line has no end");
  for (const event of events) {
    const fields = documented.get(String(event.event));
    const names = Object.keys(event).filter((name) => name !== "event");
    const unknown = names.filter((name) => !fields?.all.has(name));
    const missing = [...(fields?.needed ?? [])].filter((name) => !names.includes(name));
    if (!fields || unknown.length + missing.length > 0)
      wrong.push(`an event is not as documented (beside it ${unknown}, without ${missing}): ${JSON.stringify(event)}`);
  }
  const last = events.at(-1);
  if (code !== 0 && (last?.event !== "error" || last.exit_code !== code))
    wrong.push(`no error of exit ${code} is told`);
  return { events, wrong };
}

interface Fields {
  readonly all: ReadonlySet<string>;
  readonly needed: ReadonlySet<string>;
}

/** The table of docs/output.md. */
function documentedEvents(root: string): ReadonlyMap<string, Fields> {
  const rows = readFileSync(join(root, "docs", "output.md"), "utf8").matchAll(/^\| (`[^|]+) \| ([^|]+) \|$/gm);
  const named = (text: string): string[] => [...text.matchAll(/`(\w+)`(?! \(where)/g)].map(([, name]) => name ?? "");
  const all = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => name ?? "");
  return new Map(
    [...rows].flatMap(([, events = "", fields = ""]) =>
      named(events).map((event) => {
        const plain = fields.replaceAll(/ \((?!where)[^)]*\)/g, "");
        const own = named(plain.split("; `")[0]?.split(", and what the stage adds")[0] ?? "");
        return [event, { all: new Set(all(fields)), needed: new Set(own) }];
      }),
    ),
  );
}

/** The command that an error tells, on standard error or in its event. */
export function toldBy({ stdout, stderr }: Ended): string | undefined {
  const line = /^ {2}(npm run .*)$/m.exec(stderr)?.[1];
  if (line !== undefined) return line;
  const error = stdout.trim().split("\n").at(-1);
  return error?.startsWith('{"event":"error"') ? (JSON.parse(error) as { command?: string }).command : undefined;
}
