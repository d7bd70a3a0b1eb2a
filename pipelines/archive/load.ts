import { randomUUID } from "node:crypto";
import type { DuckDBConnection } from "@duckdb/node-api";
import type pg from "pg";
import { EXIT, SentinelError } from "../cli/errors.ts";
import { count } from "../cli/format.ts";
import type { StageProgress } from "../cli/reporter.ts";
import type { StageRun } from "../context.ts";
import { type Campaign, createPartitionsOf, makeCurrent, removeCampaign } from "../db/campaigns.ts";
import { copyIn } from "../db/copy-in.ts";
import { enterRules, type NamedPolicy } from "../db/decision-rules.ts";
import { campaignDigest } from "../db/digest.ts";
import { keyDecisions, keyReports } from "../db/partitions.ts";
import { bind, sql } from "../db/sql.ts";
import type { PolicyAction } from "../domain/vocabulary.ts";
import { columnsOf, copyLines, type NewNames, smallTable } from "./engine.ts";
import { NOTHING_STORED, unusable } from "./failure.ts";
import { columnsIn, fileOf, saysCounted, TABLE_NAMES, type TableName } from "./tables.ts";
import type { Archive } from "./verify.ts";

export interface Load {
  readonly run: StageRun;
  readonly archive: Archive;
  readonly db: DuckDBConnection;
  /** What the campaign is to be called. */
  readonly name: string;
  /** The one that has the name, which this one replaces. */
  readonly found: Campaign | undefined;
}

/**
 * Stores all tables in the transaction that is open, and checks the digest. Others read what is there until the end: only then the old
 * campaign goes and the new one gets its name.
 */
export async function storeAll(load: Load): Promise<void> {
  const { run, archive, db, name, found } = load;
  const { client, reporter, signal } = run;
  const { campaign: row, digest, format, keyed, files } = archive.manifest;
  for (const table of TABLE_NAMES) await refuseColumns(db, archive, table);
  await client.query(sql("archive.begin_import"));
  const { rows } = await client.query<{ campaign: number }>(sql("archive.next_campaign"));
  const id = rows[0]?.campaign ?? 0;
  await createPartitionsOf(client, id, row);
  const names = await newNames(client, db, archive, id);
  const progress = reporter.stage("import", name, files["device.parquet"].rows, "devices");
  for (const table of TABLE_NAMES) if (table !== "rule") await storeTable(load, table, names, progress);
  const numbers = Object.keys(names.rules).map(Number);
  await client.query(sql("archive.renumber_checksums"), [id, numbers, Object.values(names.rules)]);
  reporter.note("import: all rows are stored, building keys and working out the digest");
  if (keyed.reports) await keyReports({ client, signal }, id);
  if (keyed.decisions) await keyDecisions({ client, signal }, id);
  await client.query(bind(sql("generate.analyze"), { campaign: id }));
  await client.query(bind(sql("recover.analyze"), { campaign: id }));
  signal.throwIfAborted();
  const stored = await campaignDigest(client, id);
  if (stored !== digest) throw differs(archive, stored);
  signal.throwIfAborted();
  if (found) await removeCampaign(client, found);
  await client.query(sql("archive.store_campaign"), [JSON.stringify(row), id, name]);
  if (!saysCounted(format)) await client.query(sql("archive.count_contradictions"), [id]);
  await makeCurrent(client, { campaign_id: id });
}

/** Hashes say that a file is what was written, not that an export wrote it. */
async function refuseColumns(db: DuckDBConnection, archive: Archive, table: TableName): Promise<void> {
  const file = archive.path(table);
  const found = await columnsOf(db, file).catch((error: unknown) => {
    throw unusable(
      file,
      "is no Parquet file that can be read",
      `${NOTHING_STORED} Take another copy of the export.`,
      error,
    );
  });
  const expected = Object.entries(columnsIn(table, archive.manifest.format));
  if (JSON.stringify(found) === JSON.stringify(expected)) return;
  const names = found.map(([name]) => name.replaceAll(/\W/g, "?")).join(", ");
  throw unusable(
    file,
    `has other columns than an export: ${names}`,
    `${NOTHING_STORED} Take another copy of the export.`,
  );
}

/** Rules have numbers of this database, and ids of runs are unique in it. */
async function newNames(
  client: pg.ClientBase,
  db: DuckDBConnection,
  archive: Archive,
  campaign: number,
): Promise<NewNames> {
  const rules: Record<number, number> = {};
  for (const { policy, numbers } of policiesOf(await smallTable(db, archive.path("rule")))) {
    const here = policy ? await enterRules(client, policy) : [0];
    for (const [at, number] of numbers.entries()) rules[number] = here[at] ?? -1;
  }
  const ids = (await smallTable(db, archive.path("run"))).map((row) => String(row.run_id));
  const { rows } = await client.query<{ run_id: string }>(sql("archive.taken_runs"), [ids]);
  const { format } = archive.manifest;
  return { format, campaign, rules, runs: Object.fromEntries(rows.map(({ run_id }) => [run_id, randomUUID()])) };
}

/** The rules of an archive by their policy, each with its number there; quarantine has none. */
function policiesOf(
  rows: readonly Record<string, unknown>[],
): { policy: NamedPolicy | undefined; numbers: number[] }[] {
  const keys = [...new Set(rows.map(({ policy, policy_version }) => JSON.stringify([policy, policy_version])))];
  return keys.map((key) => {
    const own = rows.filter(({ policy, policy_version }) => JSON.stringify([policy, policy_version]) === key);
    const [name, version] = JSON.parse(key) as [string | null, number];
    const rules = own.map(policyRuleOf);
    return {
      policy: name === null ? undefined : { name, version, rules },
      numbers: own.map((row) => Number(row.rule_no)),
    };
  });
}

function policyRuleOf(row: Record<string, unknown>): NamedPolicy["rules"][number] {
  const { backoff_base_minutes: base, backoff_cap_minutes: cap } = row;
  return {
    id: String(row.policy_rule),
    action: row.action as PolicyAction,
    ...(base === null ? {} : { backoff: { base_minutes: Number(base), cap_minutes: Number(cap) } }),
    free: row.is_free === "t",
    final: row.is_final === "t",
  };
}

/** While a block of rows is under way to the server, the next one is read. */
async function storeTable(
  { run, archive, db }: Load,
  table: TableName,
  names: NewNames,
  progress: StageProgress,
): Promise<void> {
  const into = bind(sql(`archive.store_${table}`), { campaign: names.campaign });
  let sent = Promise.resolve();
  let stored = 0;
  for await (const { rows, lines } of copyLines(db, table, archive.path(table), names)) {
    await sent;
    run.signal.throwIfAborted();
    sent = copyIn(run.client, [{ into, lines }]);
    sent.catch(() => {}); // It may fail before it is waited for.
    stored += rows;
    if (table === "device") progress.update([{ batches: 0, rows: stored }]);
  }
  await sent;
  const { rows: expected } = archive.manifest.files[fileOf(table)];
  if (stored === expected) return;
  throw unusable(
    archive.path(table),
    `holds ${count(stored)} rows (the manifest says ${count(expected)})`,
    `${NOTHING_STORED} Take another copy of the export.`,
  );
}

function differs({ folder, manifest }: Archive, stored: string): SentinelError {
  return new SentinelError({
    exitCode: EXIT.validation,
    cause: `What ${folder} holds is not what its manifest says: it has digest ${stored}, not ${manifest.digest}.`,
    remedy: `${NOTHING_STORED} Its files are as they were written, so it was written wrongly: export the campaign again.`,
  });
}
