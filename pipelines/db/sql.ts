import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("./queries/", import.meta.url);
const NAME = /^-- name: ([a-z_]+)$/gm;
const NOTE_ON_THE_NEXT = /\n\n(--.*\n)+$/;

/** Every statement of `queries/*.sql`, as "file.name". A statement stands below a line `-- name: its_name`. */
const statements: ReadonlyMap<string, string> = new Map(
  readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .flatMap((file) => {
      const [, ...parts] = readFileSync(new URL(file, folder), "utf8").split(NAME);
      const pairs: [string, string][] = [];
      for (let at = 0; at + 1 < parts.length; at += 2) {
        pairs.push([`${file.slice(0, -4)}.${parts[at]}`, (parts[at + 1] ?? "").replace(NOTE_ON_THE_NEXT, "").trim()]);
      }
      return pairs;
    }),
);

/** The text of a named statement, for example `sql("ledger.committed")`. */
export function sql(name: string): string {
  const text = statements.get(name);
  if (text === undefined) throw new Error(`no statement is named ${name}`);
  return text;
}

/**
 * Writes compiled SQL into a statement's places, `:name`. All at once: what is written may hold texts of a rule that look like places.
 * Names that nothing is given for stay.
 */
export function fill(text: string, parts: Readonly<Record<string, () => string>>): string {
  return text.replace(/(?<!:):([a-z_]+)\b/g, (place, name: string) =>
    Object.hasOwn(parts, name) ? (parts[name] as () => string)() : place,
  );
}

/** A value that {@link bind} may write into a statement: a whole number, a list of them, or hexadecimal digits (uuid, hash). */
export type Bindable = number | readonly number[] | string;

/**
 * Writes values into a statement's places, `:name` or, where a name goes on behind it, `:{name}`, for COPY and multi-statement
 * messages, where the protocol takes no parameters. Nothing but numbers and hexadecimal digits gets in.
 */
export function bind(text: string, values: Readonly<Record<string, Bindable>>): string {
  return text.replace(/(?<!:):(?:([a-z_]+)\b|\{([a-z_]+)\})/g, (_, plain?: string, braced?: string) => {
    const name = plain ?? braced ?? "";
    const value = values[name];
    if (value === undefined) throw new Error(`the statement needs a value for :${name}`);
    return literal(name, value);
  });
}

function literal(name: string, value: Bindable): string {
  if (typeof value === "string") {
    if (!/^[0-9A-Fa-f-]+$/.test(value)) throw new Error(`:${name} takes hexadecimal digits only`);
    return `'${value}'`;
  }
  const numbers = typeof value === "number" ? [value] : value;
  if (!numbers.every(Number.isSafeInteger)) throw new Error(`:${name} takes whole numbers only`);
  return typeof value === "number" ? String(value) : `'{${numbers.join(",")}}'`;
}
