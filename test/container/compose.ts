export type Value = string | Value[] | { readonly [key: string]: Value };

/** Reads the YAML that a compose file needs: maps and lists by indentation, lists as JSON, plain texts, comments. */
export function readCompose(text: string): Value {
  const lines = text.split("\n").filter((line) => !/^\s*(#|$)/.test(line));
  const [value, rest] = block(lines, 0);
  if (rest.length > 0) throw new Error(`not understood: ${rest[0]}`);
  return value;
}

const indentOf = (line: string | undefined): number => (line === undefined ? -1 : line.search(/\S/));

function block(lines: readonly string[], indent: number): [Value, readonly string[]] {
  return lines[0]?.trim().startsWith("- ") ? entries(lines, indent) : map(lines, indent);
}

function entries(lines: readonly string[], indent: number): [Value, readonly string[]] {
  const values: Value[] = [];
  let rest = lines;
  while (indentOf(rest[0]) === indent && rest[0]?.trim().startsWith("- ")) {
    values.push(scalar(rest[0].trim().slice(2)));
    rest = rest.slice(1);
  }
  return [values, rest];
}

function map(lines: readonly string[], indent: number): [Value, readonly string[]] {
  const values: Record<string, Value> = {};
  let rest = lines;
  while (indentOf(rest[0]) === indent) {
    const [, key, value] = /^\s*([\w-]+):(?:\s+(.*))?$/.exec(rest[0] as string) ?? [];
    if (key === undefined) throw new Error(`not understood: ${rest[0]}`);
    rest = rest.slice(1);
    if (value) values[key] = scalar(value);
    else if (indentOf(rest[0]) > indent) [values[key], rest] = block(rest, indentOf(rest[0])) as [Value, string[]];
    else values[key] = "";
  }
  return [values, rest];
}

const scalar = (text: string): Value => (text.startsWith("[") ? (JSON.parse(text) as Value) : text);

/** What stands at a place, `services.postgres.image`; undefined where nothing does. */
export function at(value: Value | undefined, place: string): Value | undefined {
  return place
    .split(".")
    .reduce<Value | undefined>(
      (within, key) => (typeof within === "object" && !Array.isArray(within) ? within[key] : undefined),
      value,
    );
}
