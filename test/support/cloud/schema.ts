import { createRequire } from "node:module";

/** The published description of the API, as protobuf.js writes it. */
interface Node {
  readonly nested?: Readonly<Record<string, Node>>;
  readonly fields?: Readonly<Record<string, Field>>;
  readonly values?: Readonly<Record<string, number>>;
  readonly methods?: Readonly<Record<string, Method>>;
}

interface Field {
  readonly type: string;
  readonly rule?: string;
  readonly keyType?: string;
  readonly options?: Readonly<Record<string, unknown>>;
}

export interface Method {
  readonly requestType: string;
  readonly responseType: string;
  readonly options: Readonly<Record<string, string>>;
}

const DESCRIPTION = createRequire(import.meta.url)("@google-cloud/sql/build/protos/protos.json") as Node;
const PACKAGE = ["google", "cloud", "sql", "v1beta4"];
/** Types of JSON that protobuf's scalars and well-known types are written as. */
const SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: isString,
  bytes: isString,
  bool: isBoolean,
  double: isNumber,
  float: isNumber,
  int32: isWhole,
  uint32: isWhole,
  int64: isLong,
  uint64: isLong,
  "google.protobuf.StringValue": isString,
  "google.protobuf.BoolValue": isBoolean,
  "google.protobuf.Int32Value": isWhole,
  "google.protobuf.Int64Value": isLong,
  "google.protobuf.DoubleValue": isNumber,
  "google.protobuf.Timestamp": (value) =>
    isString(value) && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(value),
  "google.protobuf.Duration": (value) => isString(value) && /^-?\d+(\.\d{1,9})?s$/.test(value),
};

function isString(value: unknown): value is string {
  return typeof value === "string";
}
function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}
function isNumber(value: unknown): boolean {
  return typeof value === "number";
}
function isWhole(value: unknown): boolean {
  return Number.isSafeInteger(value);
}
/** Written as text, since JavaScript's numbers don't hold them; a number is read too. */
function isLong(value: unknown): boolean {
  return isWhole(value) || (isString(value) && /^-?\d{1,19}$/.test(value));
}

/** The services of the API and their methods. */
export function services(): [service: string, method: string, Method][] {
  return Object.entries(at(PACKAGE)?.nested ?? {}).flatMap(([service, { methods }]) =>
    Object.entries(methods ?? {}).map(([name, method]): [string, string, Method] => [service, name, method]),
  );
}

/** What of a value does not belong into a message of this type, by the names that JSON has for it; undefined: nothing. */
export function problem(type: string, value: unknown, path = ""): string | undefined {
  return check(type, PACKAGE, value, path);
}

/** The type of a field of a message; undefined where it has none of that name. */
export function fieldType(message: string, name: string): string | undefined {
  return fieldOf(find(message, PACKAGE)?.node ?? {}, name)?.type;
}

function check(type: string, scope: readonly string[], value: unknown, path: string): string | undefined {
  const scalar = SCALARS[type];
  if (scalar) return scalar(value) ? undefined : `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`;
  const found = find(type, scope);
  // Types of other packages are only ever answered, and by nothing that is played here.
  if (!found) return `Unknown type ${type} at '${path}'`;
  const { node, scope: inner } = found;
  if (node.values) {
    const isKnown = isString(value) && value in node.values;
    return isKnown ? undefined : `Invalid value at '${path}' (${type}), ${JSON.stringify(value)}`;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `'${path}' is no message (${type})`;
  for (const [name, part] of Object.entries(value)) {
    const wrong = checkField(node, inner, name, part, path);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkField(
  node: Node,
  scope: readonly string[],
  name: string,
  value: unknown,
  path: string,
): string | undefined {
  const field = fieldOf(node, name);
  if (!field) return `Invalid JSON payload received. Unknown name "${name}" at '${path}': Cannot find field.`;
  const place = path === "" ? name : `${path}.${name}`;
  if (value === null) return undefined;
  if (field.keyType !== undefined || field.rule === "repeated") {
    const isList = Array.isArray(value);
    if (isList !== (field.rule === "repeated") || typeof value !== "object") return `'${place}' is of the wrong shape`;
    return firstOf(Object.entries(value), ([key, part]) => check(field.type, scope, part, `${place}[${key}]`));
  }
  return check(field.type, scope, value, place);
}

function fieldOf({ fields = {} }: Node, name: string): Field | undefined {
  const byName = Object.hasOwn(fields, name) ? fields[name] : undefined;
  return byName ?? Object.values(fields).find(({ options }) => options?.json_name === name);
}

function firstOf<T>(list: readonly T[], look: (one: T) => string | undefined): string | undefined {
  for (const one of list) {
    const found = look(one);
    if (found) return found;
  }
  return undefined;
}

/** A name is looked for where it is used, then further out. */
function find(type: string, scope: readonly string[]): { node: Node; scope: readonly string[] } | undefined {
  const name = type.split(".");
  for (let length = scope.length; length >= 0; length--) {
    const path = [...scope.slice(0, length), ...name];
    const node = at(path);
    if (node?.fields || node?.values) return { node, scope: path };
  }
  return undefined;
}

function at(path: readonly string[]): Node | undefined {
  let node: Node | undefined = DESCRIPTION;
  for (const name of path) node = node?.nested?.[name];
  return node;
}
