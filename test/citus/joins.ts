import type { Facts, Rule } from "./rule.ts";
import { relationName } from "./schema.ts";
import { type Body, bodies, child, lastName, list, nameParts, strings } from "./tree.ts";

/** What a name in FROM stands for, and whether its rows are spread by bucket. */
interface Source {
  readonly id: number;
  readonly alias: string;
  readonly isSpread: boolean;
}

/** The names that a query can use: its own, those of the queries around it, and those of WITH. */
interface Scope {
  readonly own: Source[];
  readonly outer?: Scope;
  readonly ctes: Map<string, boolean>;
}

/** Looks for rows of big tables that are brought together by anything but their bucket: these may lie on different nodes. */
class JoinCheck {
  readonly breaches: string[] = [];
  readonly #same: number[] = [];
  readonly #facts: Facts;
  /** Told at the end, when all that is equal is known. */
  readonly #together: (readonly [Source, Source])[] = [];
  readonly #constants = new Map<string, number>();

  constructor(statement: Body, facts: Facts) {
    this.#facts = facts;
    this.#visit(statement, { own: [], ctes: new Map() });
    for (const [one, other] of this.#together) {
      if (this.#root(one.id) !== this.#root(other.id)) this.breaches.push(`${one.alias} and ${other.alias}`);
    }
  }

  /** Goes down to the queries of a tree. */
  #visit(tree: unknown, scope: Scope): void {
    if (Array.isArray(tree)) for (const entry of tree) this.#visit(entry, scope);
    else if (typeof tree === "object" && tree !== null) {
      for (const [kind, value] of Object.entries(tree)) {
        if (["SelectStmt", "UpdateStmt", "DeleteStmt", "InsertStmt"].includes(kind)) this.#query(value as Body, scope);
        else this.#visit(value, scope);
      }
    }
  }

  /** @returns what its rows are, where it gives their bucket on. */
  #query(query: Body, around: Scope): Source | undefined {
    const ctes = new Map(around.ctes);
    const scope: Scope = { own: [], outer: around, ctes };
    for (const { ctename, ctequery } of bodiesOfWith(query)) {
      const given = this.#queryIn(ctequery, { own: [], ctes });
      ctes.set(String(ctename), given !== undefined);
    }
    if (query.op !== undefined && query.op !== "SETOP_NONE")
      return this.#union(query, { own: [], outer: around, ctes });
    const isChange =
      child(query, "relation") !== undefined && query.cols === undefined && query.selectStmt === undefined;
    if (isChange) this.#relation(child(query, "relation") as Body, scope);
    for (const entry of [...list(query.fromClause), ...list(query.usingClause)]) this.#from(entry, scope);
    const { fromClause: _, usingClause: __, withClause: ___, ...rest } = query;
    this.#equalities(rest.whereClause, scope);
    this.#visit(rest, scope);
    this.#bringTogether(query, scope);
    return this.#output(query, scope);
  }

  #queryIn(tree: unknown, scope: Scope): Source | undefined {
    for (const kind of ["SelectStmt", "UpdateStmt", "DeleteStmt", "InsertStmt"]) {
      const query = child(tree, kind);
      if (query) return this.#query(query, scope);
    }
    return undefined;
  }

  #union(query: Body, scope: Scope): Source | undefined {
    const parts = [query.larg, query.rarg].map((part) => this.#query(part as Body, scope));
    return parts.every((part) => part !== undefined) ? parts[0] : undefined;
  }

  #from(entry: Body, scope: Scope): void {
    const relation = child(entry, "RangeVar");
    if (relation) this.#relation(relation, scope);
    const join = child(entry, "JoinExpr");
    if (join) this.#join(join, scope);
    const subselect = child(entry, "RangeSubselect");
    if (subselect) {
      const given = this.#queryIn(subselect.subquery, { own: [], outer: scope, ctes: scope.ctes });
      const made = this.#source(aliasOf(subselect), given !== undefined, scope);
      if (given) this.#unite(given.id, made.id);
    }
    const called = child(entry, "RangeFunction");
    if (called) this.#source(aliasOf(called), false, scope);
  }

  #join(join: Body, scope: Scope): void {
    const before = scope.own.length;
    this.#from(join.larg as Body, scope);
    const between = scope.own.length;
    this.#from(join.rarg as Body, scope);
    this.#equalities(join.quals, scope);
    this.#visit(join.quals, scope);
    if (!strings(join.usingClause).includes("bucket")) return;
    const sides = [scope.own.slice(before, between), scope.own.slice(between)];
    const [left, right] = sides.map((side) => side.find(({ isSpread }) => isSpread));
    if (left && right) this.#unite(left.id, right.id);
  }

  #relation(relation: Body, scope: Scope): void {
    const name = relationName(relation);
    const isSpread = scope.ctes.get(name) ?? this.#facts.schema.isSpread(name);
    this.#source(aliasOf(relation) || name, isSpread, scope);
  }

  #source(alias: string, isSpread: boolean, scope: Scope): Source {
    const made = { id: this.#node(), alias, isSpread };
    scope.own.push(made);
    return made;
  }

  /** Of conditions that all must hold: which buckets are the same, or the same as a parameter. */
  #equalities(condition: unknown, scope: Scope): void {
    const all = child(condition, "BoolExpr");
    if (all?.boolop === "AND_EXPR") for (const part of list(all.args)) this.#equalities(part, scope);
    const equal = child(condition, "A_Expr");
    if (equal?.kind !== "AEXPR_OP" || lastName(equal.name) !== "=") return;
    const sides = [equal.lexpr, equal.rexpr].map((side) => this.#bucketOf(side, scope) ?? this.#constantOf(side));
    const isOfBucket = [equal.lexpr, equal.rexpr].some((side) => this.#bucketOf(side, scope) !== undefined);
    const [left, right] = sides;
    if (isOfBucket && left !== undefined && right !== undefined) this.#unite(left, right);
  }

  #bucketOf(tree: unknown, scope: Scope): number | undefined {
    const column = child(tree, "ColumnRef");
    const parts = column ? nameParts(column) : [];
    if (parts.at(-1) !== "bucket") return undefined;
    if (parts.length === 1) return scope.own.find(({ isSpread }) => isSpread)?.id;
    return resolve(scope, parts.at(-2) as string)?.id;
  }

  #constantOf(tree: unknown): number | undefined {
    const value = child(child(tree, "TypeCast"), "arg") ?? tree;
    const given = child(value, "ParamRef")?.number ?? child(child(value, "A_Const"), "ival")?.ival;
    if (given === undefined) return undefined;
    const known = this.#constants.get(String(given)) ?? this.#node();
    this.#constants.set(String(given), known);
    return known;
  }

  /** The big tables of one query, and one of the query around it that is asked for here. */
  #bringTogether(query: Body, scope: Scope): void {
    const [first, ...others] = scope.own.filter(({ isSpread }) => isSpread);
    if (!first) return;
    for (const other of others) this.#together.push([first, other]);
    const asked = [...bodies(query, "ColumnRef")].map((column) => nameParts(column).at(-2) ?? "");
    const around = asked
      .filter((alias) => !scope.own.some((source) => source.alias === alias))
      .map((alias) => (scope.outer ? resolve(scope.outer, alias) : undefined));
    const big = around.find((source) => source?.isSpread);
    if (big) this.#together.push([big, first]);
  }

  #output(query: Body, scope: Scope): Source | undefined {
    const targets = [...list(query.targetList), ...list(child(query, "returningClause")?.exprs)].map((entry) =>
      child(entry, "ResTarget"),
    );
    const given = targets.some((target) => {
      const column = child(child(target, "val"), "ColumnRef");
      const last = column ? nameParts(column).at(-1) : undefined;
      return last === "*" || (target?.name ?? last) === "bucket";
    });
    return given ? scope.own.find(({ isSpread }) => isSpread) : undefined;
  }

  #node(): number {
    return this.#same.push(this.#same.length) - 1;
  }

  #root(id: number): number {
    const up = this.#same[id] as number;
    return up === id ? id : this.#root(up);
  }

  #unite(one: number, other: number): void {
    this.#same[this.#root(one)] = this.#root(other);
  }
}

function bodiesOfWith(query: Body): Body[] {
  return list(child(query, "withClause")?.ctes).map((entry) => child(entry, "CommonTableExpr") as Body);
}

const aliasOf = (entry: Body): string => String(child(entry, "alias")?.aliasname ?? "");

function resolve(scope: Scope, alias: string): Source | undefined {
  return scope.own.find((source) => source.alias === alias) ?? (scope.outer && resolve(scope.outer, alias));
}

/** A join by the device alone would send rows between nodes; one by bucket and device stays where they are. */
export const JOIN_RULE: Rule = {
  name: "big tables are joined by their bucket",
  breaches: (statement, facts) => new JoinCheck(statement, facts).breaches,
};
