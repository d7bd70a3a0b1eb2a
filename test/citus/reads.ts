import type { Facts, Rule } from "./rule.ts";
import { bodies, child, lastName, nameParts, relations } from "./tree.ts";

/** Whether a tree reads a big table. */
export function isOfBig(tree: unknown, { schema }: Facts): boolean {
  return [...relations(tree)].some((name) => schema.isSpread(name));
}

const isBucket = (tree: unknown): boolean =>
  [...bodies(tree, "ColumnRef")].some((column) => nameParts(column).at(-1) === "bucket");

/** `bucket = $1`; as a list, `bucket = ANY($1)`. Both let a node be left out that holds none of them. */
export function names(tree: unknown, kinds: readonly string[]): boolean {
  return [...bodies(tree, "A_Expr")].some(
    ({ kind, name, lexpr, rexpr }) =>
      kinds.includes(String(kind)) && lastName(name) === "=" && isBucket({ lexpr }) && isGiven(rexpr),
  );
}

/** A parameter or a constant, cast or not. */
function isGiven(tree: unknown): boolean {
  const value = child(child(tree, "TypeCast") ?? { arg: tree }, "arg");
  return child(value, "ParamRef") !== undefined || child(value, "A_Const") !== undefined;
}

const noLockAcross: Rule = {
  name: "no FOR UPDATE across buckets",
  breaches: (statement, facts) =>
    [...bodies(statement, "SelectStmt")]
      .filter(({ lockingClause, fromClause }) => lockingClause && isOfBig(fromClause, facts))
      .filter(({ whereClause }) => !names(whereClause, ["AEXPR_OP"]))
      .map(({ fromClause }) => [...relations(fromClause)].join(", ")),
};

const noRollup: Rule = {
  name: "no ROLLUP or CUBE over a big table",
  breaches: (statement, facts) =>
    [...bodies(statement, "SelectStmt")]
      .filter(
        ({ groupClause, fromClause }) => !bodies(groupClause, "GroupingSet").next().done && isOfBig(fromClause, facts),
      )
      .map(({ fromClause }) => [...relations(fromClause)].join(", ")),
};

const noOrderByIdentity: Rule = {
  name: "no order by a column that counts by itself",
  breaches: (statement, { schema }) =>
    [...bodies(statement, "SortBy")].flatMap((sort) =>
      [...bodies(sort, "ColumnRef")]
        .map((column) => nameParts(column).at(-1) ?? "")
        .filter((name) => schema.identities.has(name)),
    ),
};

/** Of what prunes, only equality: by a range every node is asked. */
const noRange: Rule = {
  name: "buckets are named by = or = ANY, never by a range",
  breaches: (statement) =>
    [...bodies(statement, "A_Expr")]
      .filter(
        ({ kind, name, lexpr }) => isBucket({ lexpr }) && (kind === "AEXPR_BETWEEN" || /^[<>]=?$/.test(lastName(name))),
      )
      .map(({ name }) => `bucket ${lastName(name)}`),
};

/** COPY into a table needs none: each row has its own. */
const hotNamesBuckets: Rule = {
  name: "what workers send for every batch names its buckets",
  breaches: (statement, facts) => {
    const reads = ["SelectStmt", "UpdateStmt", "DeleteStmt"].flatMap((kind) => [...bodies(statement, kind)]);
    if (!facts.isHot || !isOfBig(reads, facts) || names(statement, ["AEXPR_OP", "AEXPR_OP_ANY"])) return [];
    return [[...new Set([...relations(reads)])].join(", ")];
  },
};

/** The rules of what reads them. */
export const READ_RULES: readonly Rule[] = [noLockAcross, noRollup, noOrderByIdentity, noRange, hotNamesBuckets];
