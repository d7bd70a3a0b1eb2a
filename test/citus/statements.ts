import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { withDetection, withRules, withSources } from "../../pipelines/db/rule-views.ts";
import { sql } from "../../pipelines/db/sql.ts";
import { SOURCES, type Source } from "../../pipelines/domain/judge.ts";
import { REPORT_COLUMNS } from "../../pipelines/domain/vocabulary.ts";
import { reference } from "../../pipelines/reference.ts";

/** A statement that is sent to PostgreSQL, as text that its parser takes. */
export interface Statement {
  /** `queries/recover.sql: read`, `migrations/0001_schema.sql`. */
  readonly name: string;
  readonly text: string;
  /** Whether workers send it, for every batch. */
  readonly isHot: boolean;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const filesOf = (folder: string, ending: string): string[] =>
  readdirSync(path.join(root, folder))
    .filter((file) => file.endsWith(ending) && !file.endsWith(`.test${ending}`))
    .sort()
    .map((file) => `${folder}/${file}`);

/** Parts of statements that the compiler of rules puts together: what becomes of them stands in the statement that holds them. */
export const PARTS = [
  "validate.judged_values",
  "validate.judged_words",
  "validate.alarms",
  "validate.alarms_in_context",
];

/** Statements that the compiler writes rules into; the two views are taken from the database instead, which holds them as they became. */
export const VIEWS = ["rules.ota_telemetry", "rules.telemetry_finding", "rules.findings_of_field"];

/** All statements of `pipelines/db` and of the loaders' pull, with rules written into them. */
export function allStatements(): Statement[] {
  return [...migrationStatements(), ...queryStatements(), ...pullStatements()];
}

/** The migrations, in order. */
export function migrationStatements(): Statement[] {
  return filesOf("pipelines/db/migrations", ".sql").map((file) => ({
    name: file.replace("pipelines/db/", ""),
    text: read(file),
    isHot: false,
  }));
}

/** Of what workers are made. */
const HOT = ["pipelines/db/reports.ts", "pipelines/db/ledger.ts", "pipelines/db/faults.ts"];

/** The names of what workers send. */
export function hotNames(): Set<string> {
  const files = [...filesOf("pipelines/workers", ".ts"), ...HOT];
  return new Set(
    files.flatMap((file) => [...read(file).matchAll(/"([a-z]+\.[a-z_]+)"/g)].map(([, name = ""]) => name)),
  );
}

function queryStatements(): Statement[] {
  const hot = hotNames();
  return filesOf("pipelines/db/queries", ".sql").flatMap((file) => {
    const base = path.basename(file, ".sql");
    return [...read(file).matchAll(/^-- name: ([a-z_]+)$/gm)]
      .map((match) => `${base}.${match[1]}`)
      .filter((name) => ![...PARTS, ...VIEWS].includes(name))
      .map((name) => ({
        name: `queries/${base}.sql: ${name.slice(base.length + 1)}`,
        text: bound(composed(name)),
        isHot: hot.has(name),
      }));
  });
}

function pullStatements(): Statement[] {
  return filesOf("loaders/pull", ".sql").map((file) => ({ name: file, text: bound(read(file)), isHot: false }));
}

/** With the rules and the policy that ask most. */
function composed(name: string): string {
  const { rules, policy } = largest();
  const text = withSources(sql(name), Object.keys(SOURCES) as Source[]);
  return name === "validate.detection"
    ? withDetection(text, rules, REPORT_COLUMNS)
    : withRules(text, rules, REPORT_COLUMNS, policy);
}

function largest() {
  const { rules, policy } = reference(root);
  return { rules: rules("field"), policy: policy("field") };
}

/** Places become what the parser takes wherever they stand; it does not ask for types. */
export function bound(text: string): string {
  return text.replace(/(?<=SNAPSHOT )(?<!:):[a-z_]+\b/g, "'7'").replace(/(?<!:):(?:[a-z_]+\b|\{[a-z_]+\})/g, "7");
}
