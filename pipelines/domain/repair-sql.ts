import { NUMBER_LENGTH } from "./predicate.ts";
import { type Dialect, duckdbPattern, isNumberSql, quote } from "./predicate-sql.ts";
import { BLANK_ENDS, factorOf, LONGEST_VALUE, type Repair, WRITTEN_NUMBER } from "./repair.ts";

/**
 * A SQL expression equal to {@link repaired} for a text column; NULL where the repair has nothing to say. DuckDB, which multiplies no number
 * of 64 digits exactly, needs the macro `scaled` of the loaders.
 */
export function repairSql(repair: Repair, column: string, dialect: Dialect): string {
  const value = valueSql(repair, column, dialect);
  return named(
    value,
    "made",
    dialect,
    (made) => `CASE WHEN length(${made}) BETWEEN 1 AND ${LONGEST_VALUE} THEN nullif(${made}, ${column}) END`,
  );
}

/** What is to be worked out once and named twice: in DuckDB by a lambda, PostgreSQL has none. */
function named(value: string, name: string, dialect: Dialect, sql: (value: string) => string): string {
  return dialect === "postgres" ? sql(value) : `list_transform([${value}], lambda ${name}: ${sql(name)})[1]`;
}

type Scale = Extract<Repair, { kind: "scale" }>;

function valueSql(repair: Repair, column: string, dialect: Dialect): string {
  const isPostgres = dialect === "postgres";
  switch (repair.kind) {
    case "scale": {
      const scaled = isPostgres ? scaledInPostgres(repair, column) : scaledInDuckdb(repair, column);
      return named(
        scaled,
        "scaled",
        dialect,
        (text) => `CASE WHEN length(${text}) <= ${NUMBER_LENGTH} THEN ${text} END`,
      );
    }
    case "map": {
      const arms = Object.entries(repair.values).map(([old, fresh]) => `WHEN ${quote(old)} THEN ${quote(fresh)}`);
      return `CASE ${column} ${arms.join(" ")} END`;
    }
    case "number":
      return isPostgres
        ? `replace(substring(${column} FROM ${quote(WRITTEN_NUMBER)}), ',', '.')`
        : `replace(regexp_extract(${column}, ${quote(duckdbPattern(WRITTEN_NUMBER))}, 1), ',', '.')`;
    case "trim":
      return `regexp_replace(${column}, ${quote(isPostgres ? BLANK_ENDS : duckdbPattern(BLANK_ENDS))}, '', 'g')`;
  }
}

function scaledInPostgres({ factor, digits }: Scale, column: string): string {
  const number = `CASE WHEN ${isNumberSql(column, "postgres")} THEN CAST(${column} AS numeric) END`;
  return `CAST(trim_scale(round(${number} * CAST('${factor}' AS numeric), ${digits})) AS text)`;
}

function scaledInDuckdb({ factor, digits }: Scale, column: string): string {
  const { whole, power } = factorOf(factor);
  const size = whole < 0n ? -whole : whole;
  return `CASE WHEN ${isNumberSql(column, "duckdb")} THEN scaled(${column}, ${size}::HUGEINT, ${power}, ${digits}, ${whole < 0n}) END`;
}
