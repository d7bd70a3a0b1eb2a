import { loadModule, parsePlPgSQLSync, parseSync } from "libpg-query";

await loadModule();

/** A node of PostgreSQL's own parse tree: `{RangeVar: {...}}` holds a body of this form under its kind. */
export type Body = Readonly<Record<string, unknown>>;

/** The statements of a text, each as its kind and its body. Throws where PostgreSQL would find an error of syntax. */
export function statementsOf(text: string): Body[] {
  const { stmts = [] } = parseSync(text) as unknown as { stmts?: { stmt: Body }[] };
  return stmts.flatMap(({ stmt }) => [stmt, ...bodiesOf(stmt).flatMap(statementsOf)]);
}

/** The texts that are run as SQL by a function or a DO block. */
function bodiesOf(stmt: Body): string[] {
  const made = child(stmt, "CreateFunctionStmt") ?? child(stmt, "DoStmt");
  if (!made) return [];
  const option = (name: string): Body | undefined =>
    list(made.options ?? made.args)
      .map((entry) => child(entry, "DefElem"))
      .find((entry) => entry?.defname === name);
  const text = strings(option("as")).join("\n");
  const [language = "plpgsql"] = strings(option("language"));
  if (language === "sql") return [text];
  return expressionsOf(parsePlPgSQLSync(asFunction(stmt, text)) as unknown as Body);
}

/** The parser of PL/pgSQL takes a whole statement, and gives no texts of a DO block's own language. */
function asFunction(stmt: Body, text: string): string {
  const made = child(stmt, "CreateFunctionStmt");
  if (!made) return `DO $body$${text}$body$`;
  const names = list(made.parameters).map((entry) => String(child(entry, "FunctionParameter")?.name));
  const given = names.map((name) => `${name} text`).join(", ");
  const returned = lastName(child(made, "returnType")?.names) === "void" ? "void" : "text";
  return `CREATE FUNCTION f(${given}) RETURNS ${returned} LANGUAGE plpgsql AS $body$${text}$body$`;
}

const WHOLE_STATEMENT = 0;

function expressionsOf(tree: Body): string[] {
  const texts = [...bodies(tree, "PLpgSQL_expr")].map(({ query, parseMode }) =>
    parseMode === WHOLE_STATEMENT ? String(query) : `SELECT ${String(query).replace(/^\s*\w+\s*:=/, "")}`,
  );
  return [...texts, ...[...bodies(tree, "PLpgSQL_stmt_dynexecute")].flatMap(executed)];
}

/** What EXECUTE is given as `format('..', ..)` or as a constant: a number stands in each place. */
function executed(execute: Body): string[] {
  const [expression] = bodies(execute.query, "PLpgSQL_expr");
  const [constant] = bodies(parseSync(`SELECT ${expression?.query}`), "A_Const");
  const text = String(child(constant, "sval")?.sval);
  return [text.replace(/%(?:\d\$)?([sIL])/g, (_, kind: string) => (kind === "I" ? "x7" : "7"))];
}

/** Every body of one kind, below and including a node. */
export function* bodies(node: unknown, kind: string): Generator<Body> {
  if (Array.isArray(node)) for (const entry of node) yield* bodies(entry, kind);
  if (!isBody(node)) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === kind && isBody(value)) yield value;
    yield* bodies(value, kind);
  }
}

/** The name of every table and view below a node, whether it is read or changed. */
export function* relations(node: unknown): Generator<string> {
  if (Array.isArray(node)) for (const entry of node) yield* relations(entry);
  if (!isBody(node)) return;
  if (typeof node.relname === "string") yield node.relname;
  for (const value of Object.values(node)) yield* relations(value);
}

/** Every text below a node. */
export function strings(node: unknown): string[] {
  return [...bodies(node, "String")].map(({ sval }) => String(sval));
}

/** What a field holds, where that is a node. */
export function child(node: unknown, field: string): Body | undefined {
  const value = isBody(node) ? node[field] : undefined;
  return isBody(value) ? value : undefined;
}

/** What a field holds, as a list. */
export function list(value: unknown): Body[] {
  return Array.isArray(value) ? value.filter(isBody) : [];
}

/** The parts of a column's name: `["r", "bucket"]`; a star is "*". */
export function nameParts(column: Body): string[] {
  return list(column.fields).map((field) => String(child(field, "String")?.sval ?? "*"));
}

/** The last part of a function's or a type's name. */
export function lastName(names: unknown): string {
  return strings(names).at(-1) ?? "";
}

function isBody(value: unknown): value is Body {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
