import { NUMBER_LENGTH } from "./predicate.ts";
import { isNumberSql, quote } from "./predicate-sql.ts";
import { BLANK_ENDS, LONGEST_VALUE, type Repair, WRITTEN_NUMBER } from "./repair.ts";

/** A SQL expression for PostgreSQL, equal to {@link repaired} for a text column; NULL where the repair has nothing to say. */
export function repairSql(repair: Repair, column: string): string {
  const value = valueSql(repair, column);
  return `CASE WHEN length(${value}) BETWEEN 1 AND ${LONGEST_VALUE} THEN nullif(${value}, ${column}) END`;
}

function valueSql(repair: Repair, column: string): string {
  switch (repair.kind) {
    case "scale": {
      const number = `CASE WHEN ${isNumberSql(column, "postgres")} THEN CAST(${column} AS numeric) END`;
      const scaled = `CAST(trim_scale(round(${number} * CAST('${repair.factor}' AS numeric), ${repair.digits})) AS text)`;
      return `CASE WHEN length(${scaled}) <= ${NUMBER_LENGTH} THEN ${scaled} END`;
    }
    case "map": {
      const arms = Object.entries(repair.values).map(([old, fresh]) => `WHEN ${quote(old)} THEN ${quote(fresh)}`);
      return `CASE ${column} ${arms.join(" ")} END`;
    }
    case "number":
      return `replace(substring(${column} FROM ${quote(WRITTEN_NUMBER)}), ',', '.')`;
    case "trim":
      return `regexp_replace(${column}, ${quote(BLANK_ENDS)}, '', 'g')`;
  }
}
