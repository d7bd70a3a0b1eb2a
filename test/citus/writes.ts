import type { Facts, Rule, Volatility } from "./rule.ts";
import { relationName } from "./schema.ts";
import { type Body, bodies, child, lastName, list, strings } from "./tree.ts";

const noTrigger: Rule = {
  name: "no trigger",
  breaches: (statement) => [...bodies(statement, "CreateTrigStmt")].map(({ trigname }) => String(trigname)),
};

/** What an UPDATE, or the one within an upsert, sets. */
function assignments(statement: Body): Body[] {
  const updates = [...bodies(statement, "UpdateStmt")];
  const upserts = [...bodies(statement, "InsertStmt")]
    .map((insert) => child(insert, "onConflictClause"))
    .filter((clause) => clause !== undefined);
  return [...updates, ...upserts].flatMap(({ targetList }) => list(targetList));
}

/** Functions and casts of a tree that are of one volatility. */
function callsOf(tree: Body, facts: Facts, wanted: Volatility): { name: string; call: Body }[] {
  const calls = [...bodies(tree, "FuncCall")].map((call) => ({ name: lastName(call.funcname), call }));
  const casts = [...bodies(tree, "TypeCast")].map((call) => ({ name: lastName(child(call, "typeName")?.names), call }));
  return [
    ...calls.filter(({ name }) => facts.functions.get(name) === wanted),
    ...casts.filter(({ name }) => facts.types.get(name) === wanted),
  ];
}

/** A table of which each node has a copy is no exception: they would differ. */
const noVolatile: Rule = {
  name: "no volatile function in what an UPDATE sets",
  breaches: (statement, facts) =>
    assignments(statement).flatMap((entry) => callsOf(entry, facts, "v").map(({ name }) => `${name}()`)),
};

const noStableOfColumn: Rule = {
  name: "no stable function of a column in what an UPDATE sets",
  breaches: (statement, facts) =>
    assignments(statement).flatMap((entry) =>
      callsOf(entry, facts, "s")
        .filter(({ call }) => !bodies(call, "ColumnRef").next().done)
        .map(({ name }) => `${name}()`),
    ),
};

const noMergeFromValues: Rule = {
  name: "no MERGE from VALUES",
  breaches: (statement) =>
    [...bodies(statement, "MergeStmt")]
      .filter((merge) => [...bodies(merge.sourceRelation, "SelectStmt")].some(({ valuesLists }) => valuesLists))
      .map((merge) => relationName(child(merge, "relation"))),
};

const byColumnsAlone: Rule = {
  name: "an upsert names columns, never a constraint",
  breaches: (statement) =>
    [...bodies(statement, "InsertStmt")].flatMap((insert) => {
      const { conname } = child(child(insert, "onConflictClause"), "infer") ?? {};
      return conname ? [String(conname)] : [];
    }),
};

/** Citus sends its nodes the table by another name, and what is returned sometimes by the old one. */
const returnsByAlias: Rule = {
  name: "an INSERT of a SELECT that returns columns gives its table an alias",
  breaches: (statement) =>
    [...bodies(statement, "InsertStmt")]
      .filter(({ selectStmt }) => child(selectStmt, "SelectStmt")?.valuesLists === undefined)
      .filter(({ returningClause }) => !bodies(returningClause, "ColumnRef").next().done)
      .map((insert) => child(insert, "relation"))
      .filter((relation) => child(relation, "alias") === undefined)
      .map(relationName),
};

const noSessionSignals: Rule = {
  name: "no advisory lock, LISTEN or NOTIFY: they are of one node",
  breaches: (statement) => [
    ...["ListenStmt", "NotifyStmt"].flatMap((kind) =>
      [...bodies(statement, kind)].map(({ conditionname }) => String(conditionname)),
    ),
    ...[...bodies(statement, "FuncCall")]
      .map(({ funcname }) => strings(funcname).at(-1) ?? "")
      .filter((name) => /^pg_(try_)?advisory_|^pg_notify$/.test(name)),
  ],
};

/** The rules of what changes rows. */
export const WRITE_RULES: readonly Rule[] = [
  noTrigger,
  noVolatile,
  noStableOfColumn,
  noMergeFromValues,
  byColumnsAlone,
  returnsByAlias,
  noSessionSignals,
];
