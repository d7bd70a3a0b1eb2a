import { fieldType, type Method, problem, services } from "./schema.ts";

/** One call, as the description of the API has it. */
export interface Call {
  /** Service and method: SqlInstancesService.Patch. */
  readonly name: string;
  readonly method: Method;
  /** What stands in the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An answer that the API gives in place of a result. */
export class Refusal extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

interface Route {
  readonly name: string;
  readonly verb: string;
  readonly path: RegExp;
  readonly names: readonly string[];
  readonly bodyField: string | undefined;
  readonly method: Method;
}

const HTTP = "(google.api.http)";
const VERBS = ["get", "put", "post", "delete", "patch"];
/** What every Google API takes beside its own. */
const COMMON_QUERY = new Set(["alt", "fields", "key", "prettyPrint", "quotaUser"]);

const ROUTES: readonly Route[] = services().flatMap(([service, name, method]) =>
  VERBS.flatMap((verb) => {
    const template = method.options[`${HTTP}.${verb}`];
    if (template === undefined) return [];
    const { path, names } = pattern(template);
    const bodyField = method.options[`${HTTP}.body`];
    return [{ name: `${service}.${name}`, verb: verb.toUpperCase(), path, names, bodyField, method }];
  }),
);

/**
 * Reads a request as the API's own front does.
 * @throws Refusal 404 for a route that there is none of, 400 for a parameter, field or value that does not belong there.
 */
export function read(verb: string, url: URL, text: string): Call {
  const found = ROUTES.filter((route) => route.verb === verb && route.path.test(url.pathname))[0];
  if (!found) throw new Refusal(404, "notFound", `The requested URL ${url.pathname} was not found on this server.`);
  const { name, names, method, bodyField } = found;
  const values = found.path.exec(url.pathname)?.slice(1) ?? [];
  const params = Object.fromEntries(names.map((key, at) => [key, decodeURIComponent(values[at] ?? "")]));
  const query = Object.fromEntries(url.searchParams);
  for (const [key, value] of Object.entries(query)) checkQuery(method.requestType, key, value);
  const body = text === "" ? undefined : parsed(text);
  if (body !== undefined && bodyField === undefined) {
    throw new Refusal(400, "invalid", "Invalid JSON payload received: this method takes none.");
  }
  if (body !== undefined) checkBody(method.requestType, bodyField ?? "*", body);
  return { name, method, params, query, body };
}

function checkQuery(message: string, key: string, value: string): void {
  if (COMMON_QUERY.has(key)) return;
  const type = fieldType(message, key);
  const wrong =
    type === undefined
      ? `Unknown name "${key}": Cannot bind query parameter.`
      : problem(type, ofType(type, value), key);
  if (wrong) throw new Refusal(400, "invalid", wrong);
}

function ofType(type: string, value: string): unknown {
  if (type === "bool") return value === "true" ? true : value === "false" ? false : value;
  return /^u?int32$/.test(type) ? Number(value) : value;
}

function checkBody(message: string, field: string, body: unknown): void {
  const type = field === "*" ? message : fieldType(message, field);
  const wrong = type === undefined ? `No field ${field} in ${message}` : problem(type, body);
  if (wrong) throw new Refusal(400, "invalid", wrong);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "parseError", "Invalid JSON payload received.");
  }
}

/** A path such as /projects/{project}/instances/{instance}:generateEphemeralCert or /{name=projects/*\/backups/*}. */
function pattern(template: string): { path: RegExp; names: string[] } {
  const names: string[] = [];
  const text = template.replace(/\{([\w.]+)(?:=([^}]*))?\}/g, (_, name: string, inner: string | undefined) => {
    names.push(name);
    return `(${(inner ?? "*").replaceAll("*", "[^/]+")})`;
  });
  return { path: new RegExp(`^${text}$`), names };
}
