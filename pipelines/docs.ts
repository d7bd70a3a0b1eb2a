import { writeFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { MARTS } from "../loaders/mart.ts";
import { COMMON, OPTIONS } from "./cli/options.ts";
import { COMMANDS } from "./commands.ts";
import type { Context } from "./context.ts";
import { type Target, withClient } from "./db/connect.ts";
import { migrate } from "./db/migrate.ts";
import { installRuleViews } from "./db/rule-set-views.ts";
import { sql } from "./db/sql.ts";
import { FAULT_KIND_SPECS } from "./domain/fault-kinds.ts";
import { FAULT_KINDS } from "./domain/vocabulary.ts";
import type { Reference } from "./reference.ts";

/** Writes the documents that are made from the code: `docs/dictionary.md`, `docs/options.md` and `docs/faults.md`. */
export async function writeDocs(context: Context, target: Target): Promise<void> {
  const dictionary = await withClient(target, (client) => dictionaryMarkdown(client, context.reference));
  const docs = path.join(context.projectRoot, "docs");
  writeFileSync(path.join(docs, "dictionary.md"), dictionary);
  writeFileSync(path.join(docs, "options.md"), optionsMarkdown());
  writeFileSync(path.join(docs, "faults.md"), faultsMarkdown());
  context.reporter.result("docs/dictionary.md, docs/options.md and docs/faults.md are up to date.");
}

/** Every table, view and mart with its grain and columns, from the comments in the schema and the headers of the marts. */
export async function dictionaryMarkdown(client: pg.ClientBase, { rules }: Pick<Reference, "rules">): Promise<string> {
  await migrate(client);
  await installRuleViews(client, rules, () => {});
  const relations = await client.query<{ name: string; kind: string; comment: string }>(sql("docs.relations"));
  const columns = await client.query<ColumnRow>(sql("docs.columns"));
  const described = relations.rows.map(({ name, kind, comment }) => {
    const rows = columns.rows
      .filter(({ relation }) => relation === name)
      .map((column) => [`\`${column.name}\``, column.type, cell(column.comment ?? "")]);
    return `### ${name}\n\n${kind === "view" ? "View. " : ""}${comment}\n\n${markdownTable(["column", "type", "meaning"], rows)}`;
  });
  const marts = MARTS.map(({ name, question, grain, columns: list }) => {
    const rows = list.map((column) => [`\`${column.name}\``, column.type, cell(column.meaning)]);
    return `### ${name}\n\n${question} Grain: ${grain}.\n\n${markdownTable(["column", "type", "meaning"], rows)}`;
  });
  return [HEAD, "## PostgreSQL\n", described.join("\n\n"), "\n## Marts (DuckDB)\n", `${marts.join("\n\n")}\n`].join(
    "\n",
  );
}

interface ColumnRow {
  readonly relation: string;
  readonly name: string;
  readonly type: string;
  readonly comment: string | null;
}

const HEAD = `# Dictionary

Every table, view and mart, with what one row of it is (its grain) and what its columns mean. Made from the code by
\`npm run docs\`; a test fails when it is out of date.
`;

/** Every option with its environment variable, its meaning, and the commands that take it. */
export function optionsMarkdown(): string {
  const rows = OPTIONS.map(({ name, flag, value, help, env }) => {
    const takers = COMMANDS.filter(({ options }) => options.includes(name)).map((command) => command.name);
    const all = COMMON.includes(name) ? "all" : takers.join(", ");
    return [`\`--${flag}${value ? ` ${value}` : ""}\``, env ? `\`${env}\`` : "", cell(help), all];
  });
  const commands = COMMANDS.map(({ name, help, words }) => [
    `\`npm run ${name}${words ? ` -- ${cell(words.join(" "))}` : ""}\``,
    help,
  ]);
  return `# Commands and options

Made from the code by \`npm run docs\`; a test fails when it is out of date. A stage refuses an option that means nothing to it.

${markdownTable(["command", "what it does"], commands)}

${markdownTable(["option", "environment", "meaning (default)", "commands"], rows)}
`;
}

/** Every kind of fault: what it is, what it can strike, and where it does so unless a profile says otherwise. */
export function faultsMarkdown(): string {
  const rows = FAULT_KINDS.map((kind) => {
    const { layer, severity, what, fields, usual = fields } = FAULT_KIND_SPECS[kind];
    const named = (list: readonly string[]): string => list.map((field) => `\`${field}\``).join(", ");
    const elsewhere = fields.filter((field) => !usual.includes(field));
    return [`\`${kind}\``, layer, severity, what, named(usual), named(elsewhere)];
  });
  const head = ["kind", "layer", "severity", "what is wrong then", "strikes", "and where a profile says so"];
  return `# Kinds of faults

What chaos can do to a report. Made from the code by \`npm run docs\`; a test fails when it is out of date. A syntactic fault is one that the value alone gives
away; a contextual one shows against the other fields, or against what is usual for such a device. The ground truth of each is in \`fault_ledger\`.

${markdownTable(head, rows)}
`;
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => "---"), ...rows].map((row) => `| ${row.join(" | ")} |`).join("\n");
}
