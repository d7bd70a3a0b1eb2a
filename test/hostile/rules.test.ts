import { createHash } from "node:crypto";
import { DuckDBInstance } from "@duckdb/node-api";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refreshWarehouse } from "../../loaders/warehouse.ts";
import { countedStatus } from "../../pipelines/domain/contradiction.ts";
import { askedOneByOne } from "../../pipelines/domain/one-by-one.fixture.ts";
import { effectOf, type Finding, type RuleSet } from "../../pipelines/domain/rules.ts";
import { type ReportedStatus, RULE_FIELDS, type RuleField } from "../../pipelines/domain/vocabulary.ts";
import { martInputs, type Reference, reference } from "../../pipelines/reference.ts";
import { command, done, PROJECT } from "../support/command.ts";
import { freshDatabase, keptDatabases } from "../support/database.ts";
import { query } from "../support/fleet.ts";
import { hostileReports } from "../support/hostile.ts";
import { type Folder, folder } from "../support/import-files.ts";
import { ruleSet } from "../support/rule-sets.ts";
import { EXTENT, SEED } from "./extent.ts";

const DEVICES = 700;
const keep = keptDatabases();
let files: Folder;
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

type Report = Readonly<Record<RuleField | "update_status", string | null>>;

/** Hostile reports, each with an id that can be stored and that no other has; three of four are Partial. */
function fleetOf(no: number): Report[] {
  const taken = new Set<string>();
  return hostileReports(DEVICES, SEED + no).map((report, at) => {
    const id = [...(report.device_id ?? "")].slice(0, 40).join("");
    const own = /^ *$/.test(id) || taken.has(id) ? `${id}#${at}` : id;
    taken.add(own);
    return { ...report, device_id: own, update_status: at % 4 === 0 ? "Success" : "Partial" };
  });
}

const judgedBy = (rules: RuleSet): { reference: Reference } => ({
  reference: { ...reference(PROJECT), rules: () => rules },
});
const byDevice = <T extends { device_id: string | null }>(rows: readonly T[]): T[] =>
  [...rows].sort((a, b) => Buffer.compare(Buffer.from(a.device_id ?? ""), Buffer.from(b.device_id ?? "")));

/** The row of the queue that a device must have, from its report and what the rules say of it alone. */
function placeOf(report: Report, findings: readonly Finding[]) {
  const [{ rule, field, raw }] = findings as [Finding];
  const bytes = raw === null ? null : Buffer.from(raw);
  return {
    ...{ device_id: report.device_id, rule_id: rule, field, findings, state: "open" },
    raw_value: bytes?.toString("hex") ?? null,
    raw_sha256: bytes && createHash("sha256").update(bytes).digest("hex"),
  };
}

/** A set that would halt, with quarantine instead. */
const going = (set: RuleSet): RuleSet => ({
  ...set,
  rules: set.rules.map((rule) => (effectOf(rule) === "halt" ? { ...rule, effect: "quarantine" } : rule)),
});

/** Of an id, whose text the client of DuckDB alters where it begins with a byte order mark. */
const hex = (id: string | null): string =>
  Buffer.from(id ?? "")
    .toString("hex")
    .toUpperCase();

/** What DuckDB found, as the marts have it. */
async function foundByMarts(url: string, rules: RuleSet): Promise<unknown[]> {
  const { path } = await refreshWarehouse({
    connection: { connectionString: url },
    home: files.path,
    ...martInputs(reference(PROJECT)),
    rules: () => rules,
  });
  const instance = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const db = await instance.connect();
  const reader = await db.runAndReadAll("SELECT hex(encode(device_id)) AS device_id, field, rule_id FROM int_finding");
  db.closeSync();
  instance.closeSync();
  return reader.getRowObjectsJS();
}

const sets = fc.sample(ruleSet, { seed: SEED, numRuns: EXTENT.ruleSets });

describe(`hostile fleets of ${DEVICES} under generated rules, SENTINEL_SEED=${SEED}`, () => {
  test.each(sets.map((set, no) => [no, set] as const))("rule set %i", async (no, set) => {
    const { url } = keep(await freshDatabase());
    const fleet = fleetOf(no);
    const lines = fleet.map((report) => `${JSON.stringify(report)}\n`).join("");
    await done("generate", url, { from: files.file(`fleet-${no}.ndjson`, lines), batchSize: 90 });
    const columns = [...RULE_FIELDS, "update_status"];
    const stored = await query<Report>(url, `SELECT ${columns.join(", ")} FROM device_report`);
    expect(byDevice(stored)).toEqual(byDevice(fleet));

    const held = fleet
      .filter(
        (report) => countedStatus({ ...report, updateStatus: report.update_status as ReportedStatus }) === "Partial",
      )
      .map((report) => ({ report, findings: askedOneByOne(set, report) }))
      .filter(({ findings }) => findings.length > 0);
    const effects = new Map(set.rules.map((rule) => [rule.id, effectOf(rule)]));
    const halts = held.some(({ findings }) => findings.some(({ rule }) => effects.get(rule) === "halt"));
    const { error } = await command("recover", url, { batchSize: 100 }, judgedBy(set));
    expect(error?.exitCode).toBe(halts ? 5 : undefined);
    if (halts) expect(error?.message).toContain(`of rules generated version ${set.version}`);
    const rules = going(set);
    await done("recover", url, { batchSize: 100 }, judgedBy(rules));

    const queue = await query<{ device_id: string }>(
      url,
      `SELECT device_id, rule_id, field, findings, state, encode(raw_value, 'hex') AS raw_value, encode(raw_sha256, 'hex') AS raw_sha256
       FROM triage_queue`,
    );
    expect(byDevice(queue)).toEqual(byDevice(held.map(({ report, findings }) => placeOf(report, findings))));
    expect((await command("validate", url, {}, judgedBy(rules))).error?.message).toBeUndefined();

    const found = fleet.flatMap((report) =>
      askedOneByOne(rules, report).map(({ field, rule }) => ({
        device_id: hex(report.device_id),
        field,
        rule_id: rule,
      })),
    );
    const order = (rows: readonly unknown[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
    expect(order(await foundByMarts(url, rules))).toEqual(order(found));
  });
});
