import { type Body, bodies, child, list, nameParts, strings } from "./tree.ts";

/** What of a schema the rules ask about, as its DDL says it, statement by statement. */
export class Schema {
  readonly #columns = new Map<string, Set<string>>();
  /** Columns that count by themselves. */
  readonly identities = new Set<string>();

  constructor(statements: readonly Body[]) {
    for (const statement of statements) this.#apply(statement);
  }

  /** Whether the rows of a table or view are spread by bucket: it has a column of that name. A partition is as its table. */
  isSpread(relation: string): boolean {
    return this.#columns.get(relation.replace(/(_\d+)+$/, ""))?.has("bucket") ?? false;
  }

  #apply(statement: Body): void {
    const table = child(statement, "CreateStmt");
    if (table) this.#createTable(table);
    const view = child(statement, "ViewStmt");
    if (view) this.#columns.set(relationName(child(view, "view")), new Set(this.#outputs(view)));
    const altered = child(statement, "AlterTableStmt");
    if (altered) this.#add(relationName(child(altered, "relation")), [...bodies(altered, "ColumnDef")]);
    const dropped = child(statement, "DropStmt");
    for (const name of strings(dropped?.objects)) this.#columns.delete(name);
  }

  #createTable(table: Body): void {
    const name = relationName(child(table, "relation"));
    this.#columns.set(name, new Set());
    this.#add(name, [...bodies(table, "ColumnDef")]);
  }

  #add(table: string, columns: readonly Body[]): void {
    const known = this.#columns.get(table);
    for (const column of columns) {
      known?.add(String(column.colname));
      const counts = [...bodies(column.constraints, "Constraint")].some(({ contype }) => contype === "CONSTR_IDENTITY");
      if (counts || strings(column.typeName).some((type) => /serial/.test(type))) {
        this.identities.add(String(column.colname));
      }
    }
  }

  /** Of `SELECT s.*` those of the relations that it is from. */
  #outputs(view: Body): string[] {
    const select = child(child(view, "query"), "SelectStmt");
    return list(select?.targetList).flatMap((entry) => {
      const target = child(entry, "ResTarget");
      if (target?.name) return [String(target.name)];
      const [column] = [...bodies(target, "ColumnRef")];
      const last = column ? (nameParts(column).at(-1) ?? "") : "";
      if (last !== "*") return [last];
      return [...bodies(select?.fromClause, "RangeVar")].flatMap((from) => [
        ...(this.#columns.get(relationName(from)) ?? []),
      ]);
    });
  }
}

/** The name of a RangeVar. */
export function relationName(relation: Body | undefined): string {
  return String(relation?.relname ?? "");
}
