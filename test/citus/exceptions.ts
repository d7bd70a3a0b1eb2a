/** A statement that breaks a rule today, and why that may be. One that is not needed any more fails the test. */
export interface Exception {
  readonly statement: string;
  readonly rule: string;
  readonly reason: string;
}

export const EXCEPTIONS: readonly Exception[] = [
  {
    statement: "migrations/0001_schema.sql",
    rule: "the bucket comes first in the primary key of a big table",
    reason:
      "import_reject holds rows that could not be stored: many have no id that could be hashed. It is small, and each node has a copy.",
  },
  {
    statement: "migrations/0006_triage.sql",
    rule: "no stable function of a column in what an UPDATE sets",
    reason:
      "quarantine_again converts the raw value in what it sets; what was applied is not changed, so migration 11 makes it anew.",
  },
  {
    statement: "migrations/0008_contradiction.sql",
    rule: "beside a big table EXISTS names a column where it asks for nothing around it",
    reason:
      "count_contradictions, which only the import of a backup from before contradictions were counted asks for: Citus refuses it, docs/scale.md says so.",
  },
  {
    statement: "migrations/0009_rule_sets.sql",
    rule: "an INSERT of a SELECT that returns columns gives its table an alias",
    reason: "amend_by_rule; what was applied is not changed, so migration 11 makes it anew.",
  },
];
