import type { Schema } from "./schema.ts";
import type { Body } from "./tree.ts";

/** `v` may give another answer at every call, `s` at every statement, `i` never. */
export type Volatility = "v" | "s" | "i";

/** What the rules know beside the statement. */
export interface Facts {
  readonly schema: Schema;
  /** The worst of all functions of a name, as the server says. */
  readonly functions: ReadonlyMap<string, Volatility>;
  /** Of what reads a type from text. */
  readonly types: ReadonlyMap<string, Volatility>;
  /** Whether workers send the statement, for every batch. */
  readonly isHot: boolean;
}

/** A rule of SQL that runs on one server and on many. */
export interface Rule {
  readonly name: string;
  /** What is wrong with a statement, in words that name the table or the function; nothing where it keeps the rule. */
  readonly breaches: (statement: Body, facts: Facts) => string[];
}
