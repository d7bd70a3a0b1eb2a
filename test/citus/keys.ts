import type { Facts, Rule } from "./rule.ts";
import { relationName } from "./schema.ts";
import { type Body, bodies, child, list, strings } from "./tree.ts";

/** Columns that name a device: a table that has one has a row for each. */
const OF_DEVICES = ["device_id", "device_no", "bucket"];

/** A constraint or index of a table, with the columns that it holds. */
interface Key {
  readonly table: string;
  readonly kind: "primary" | "unique" | "foreign";
  readonly columns: readonly string[];
  /** What a foreign key names on the other side. */
  readonly to?: { readonly table: string; readonly columns: readonly string[] };
}

const KINDS = { CONSTR_PRIMARY: "primary", CONSTR_UNIQUE: "unique", CONSTR_FOREIGN: "foreign" } as const;

function keysOf(statement: Body): Key[] {
  const made = child(statement, "CreateStmt") ?? child(statement, "AlterTableStmt");
  const table = relationName(child(made, "relation"));
  const ofColumns = [...bodies(made, "ColumnDef")].flatMap(({ colname, constraints }) =>
    [...bodies(constraints, "Constraint")].flatMap((entry) => keyOf(table, entry, [String(colname)])),
  );
  const ofTable = [...list(made?.tableElts), ...[...bodies(made?.cmds, "AlterTableCmd")].map(({ def }) => def as Body)];
  const constraints = ofTable.map((entry) => child(entry, "Constraint")).filter((entry) => entry !== undefined);
  return [...ofColumns, ...constraints.flatMap((entry) => keyOf(table, entry, [])), ...indexOf(statement)];
}

function keyOf(table: string, constraint: Body, column: readonly string[]): Key[] {
  const kind = KINDS[constraint.contype as keyof typeof KINDS];
  if (!kind) return [];
  const columns = [...column, ...strings(constraint.keys), ...strings(constraint.fk_attrs)];
  if (kind !== "foreign") return [{ table, kind, columns }];
  return [
    {
      table,
      kind,
      columns,
      to: { table: relationName(child(constraint, "pktable")), columns: strings(constraint.pk_attrs) },
    },
  ];
}

function indexOf(statement: Body): Key[] {
  const index = child(statement, "IndexStmt");
  if (!index?.unique) return [];
  const columns = [...bodies(index.indexParams, "IndexElem")].map(({ name }) => String(name));
  return [{ table: relationName(child(index, "relation")), kind: "unique", columns }];
}

/** Not that it has one: a table of partitions is loaded without, and gets it later. */
const bucketFirst: Rule = {
  name: "the bucket comes first in the primary key of a big table",
  breaches: (statement, facts) => [
    ...keysOf(statement)
      .filter(
        ({ table, kind, columns }) => kind === "primary" && facts.schema.isSpread(table) && columns[0] !== "bucket",
      )
      .map(({ table, columns }) => `${table} (${columns.join(", ")})`),
    ...withoutBucket(statement),
  ],
};

function withoutBucket(statement: Body): string[] {
  const table = child(statement, "CreateStmt");
  const columns = [...bodies(table?.tableElts, "ColumnDef")].map(({ colname }) => String(colname));
  if (!columns.some((column) => OF_DEVICES.includes(column)) || columns.includes("bucket")) return [];
  return [`${relationName(child(table, "relation"))} has no bucket`];
}

const uniqueWithBucket: Rule = {
  name: "a unique key of a big table holds the bucket",
  breaches: (statement, { schema }) =>
    keysOf(statement)
      .filter(({ table, kind, columns }) => kind === "unique" && schema.isSpread(table) && !columns.includes("bucket"))
      .map(({ table, columns }) => `${table} (${columns.join(", ")})`),
};

const foreignWithBucket: Rule = {
  name: "a foreign key of or to a big table holds the bucket on both sides",
  breaches: (statement, { schema }) =>
    keysOf(statement).flatMap(({ table, columns, to }) =>
      to && !isKept(table, columns, to, schema) ? [`${table} to ${to.table}`] : [],
    ),
};

/** To a table that each node has a copy of, a foreign key may point as it likes; between big ones it holds the bucket in the same place. */
function isKept(
  table: string,
  columns: readonly string[],
  to: NonNullable<Key["to"]>,
  schema: Facts["schema"],
): boolean {
  if (!schema.isSpread(to.table)) return true;
  const at = columns.indexOf("bucket");
  return schema.isSpread(table) && at >= 0 && to.columns[at] === "bucket";
}

const upsertWithBucket: Rule = {
  name: "an upsert into a big table names the bucket",
  breaches: (statement, { schema }) =>
    [...bodies(statement, "InsertStmt")]
      .filter((insert) => insert.onConflictClause && schema.isSpread(relationName(child(insert, "relation"))))
      .filter((insert) => {
        const infer = child(child(insert, "onConflictClause"), "infer");
        return ![...bodies(infer?.indexElems, "IndexElem")].some(({ name }) => name === "bucket");
      })
      .map((insert) => relationName(child(insert, "relation"))),
};

/** The rules of what a table is made of. */
export const KEY_RULES: readonly Rule[] = [bucketFirst, uniqueWithBucket, foreignWithBucket, upsertWithBucket];
