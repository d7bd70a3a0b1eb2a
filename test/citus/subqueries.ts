import { isOfBig, names } from "./reads.ts";
import type { Facts, Rule } from "./rule.ts";
import { type Body, bodies, child, list, nameParts } from "./tree.ts";

/** What stands in FROM or is changed, by the name that its columns are asked for with. */
interface Source {
  readonly alias: string;
  readonly tree: Body;
}

/** Without the sides of joins, which are sources themselves. */
function sourcesOf(entry: Body): Source[] {
  const join = child(entry, "JoinExpr");
  if (join) return [join.larg, join.rarg].flatMap((side) => sourcesOf(side as Body));
  const [body] = Object.values(entry) as [Body];
  return [{ alias: String(child(body, "alias")?.aliasname ?? body.relname ?? ""), tree: entry }];
}

function sources(query: Body): Source[] {
  const changed = child(query, "relation");
  const from = [...list(query.fromClause), ...list(query.usingClause)].flatMap(sourcesOf);
  return changed ? [...sourcesOf({ RangeVar: changed }), ...from] : from;
}

const QUERIES = ["SelectStmt", "UpdateStmt", "DeleteStmt", "InsertStmt"];

/** The names of what a subquery asks for and does not have itself. */
function asked(subquery: unknown): Set<string> {
  const own = QUERIES.flatMap((kind) => [...bodies(subquery, kind)]).flatMap((query) => sources(query));
  const wanted = [...bodies(subquery, "ColumnRef")].map((column) => nameParts(column).at(-2) ?? "");
  return new Set(wanted.filter((alias) => alias !== "" && !own.some((source) => source.alias === alias)));
}

/** What stands for itself Citus asks beforehand, of small tables too where a big one is read: rows without a column it can't keep. */
const existsNamesColumn: Rule = {
  name: "beside a big table EXISTS names a column where it asks for nothing around it",
  breaches: (statement, facts) =>
    [...bodies(isOfBig(statement, facts) ? statement : {}, "SubLink")]
      .filter(({ subLinkType }) => subLinkType === "EXISTS_SUBLINK")
      .map(({ subselect }) => child(subselect, "SelectStmt") as Body)
      .filter((select) => list(select.targetList).length === 0 && asked({ SelectStmt: select }).size === 0)
      .map((select) =>
        sources(select)
          .map(({ alias }) => alias)
          .join(", "),
      ),
};

/** A row that every node has is told to none of them: it has no bucket to go by. */
const smallAsksNoBig: Rule = {
  name: "no subquery over a big table is asked for each row of small ones",
  breaches: (statement, facts) =>
    QUERIES.flatMap((kind) => [...bodies(statement, kind)]).flatMap((query) => subqueriesOfSmall(query, facts)),
};

function subqueriesOfSmall(query: Body, facts: Facts): string[] {
  const around = sources(query);
  const inFrom = around.map(({ tree }) => child(tree, "RangeSubselect")).filter((entry) => entry?.lateral);
  const subqueries = [...inFrom, ...bodies(query, "SubLink")].map((entry) => entry?.subquery ?? entry?.subselect);
  return subqueries
    .filter((subquery) => isOfBig(subquery, facts) && !names(subquery, ["AEXPR_OP"]))
    .flatMap((subquery) => {
      const beside = around.filter(({ tree }) => child(tree, "RangeSubselect")?.subquery !== subquery);
      const isOfSmall = beside.every(({ tree }) => !isOfBig(tree, facts));
      return isOfSmall ? beside.filter(({ alias }) => asked(subquery).has(alias)).map(({ alias }) => alias) : [];
    });
}

/** The rules of queries within queries. */
export const SUBQUERY_RULES: readonly Rule[] = [existsNamesColumn, smallAsksNoBig];
