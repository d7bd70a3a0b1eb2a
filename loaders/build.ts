import type { DuckDBConnection } from "@duckdb/node-api";
import { EXIT, SentinelError } from "../pipelines/cli/errors.ts";
import type { Catalogue } from "../pipelines/domain/catalogue.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import { rowsOf, setVariable } from "./engine.ts";
import { type Lanes, overLanes } from "./lanes.ts";
import { type Model, readerFingerprint, readFolder, readModels, readSql } from "./models.ts";
import { type OutlookInputs, outlookVariables } from "./outlook.ts";
import { proposalsMacro } from "./proposals.ts";
import type { Pulled } from "./pull.ts";
import { catalogueVariables, findingsSql, referenceVariables, ruleMacros } from "./reference.ts";

/** What files say of a campaign, beside its rows. */
export interface Given extends OutlookInputs {
  readonly rules: RuleSet;
  /** What error codes mean and where regions lie; left out: of none it is known. */
  readonly catalogue?: Catalogue | undefined;
}

/** Makes what the models of every campaign are written in. */
export async function begin(db: DuckDBConnection): Promise<void> {
  await db.run(readSql("engine/load"));
  for (const { sql } of readFolder("macros")) await db.run(sql);
}

/** Makes what depends on the campaign: vocabulary and rules. */
export async function prepare(db: DuckDBConnection, { rules, catalogue = UNKNOWN, ...outlook }: Given): Promise<void> {
  for (const macro of ruleMacros(rules)) await db.run(macro);
  const variables = { ...referenceVariables(rules), ...catalogueVariables(catalogue), ...outlookVariables(outlook) };
  for (const [name, json] of Object.entries(variables)) await setVariable(db, name, json);
  await setVariable(
    db,
    "reader",
    readerFingerprint(JSON.stringify(variables), ...ruleMacros(rules), ...findingsSql(rules), proposalsMacro(rules)),
  );
  for (const { sql } of readFolder("reference")) await db.run(sql);
}

/** Where nobody says what error codes mean and where regions lie. */
const UNKNOWN: Catalogue = { errors: [], regions: [] };

/** Reads the files of pulled rows into the staging models of their sources. */
export async function stage(lanes: Lanes, pulled: readonly Pulled[]): Promise<void> {
  const rows = pulled.reduce((sum, { rows }) => sum + rows, 0);
  if (rows >= LARGE) await lanes[0].run(readSql("engine/two_threads"));
  const longest = Math.max(LEAST_LINE, ...pulled.map(({ longestLine }) => longestLine + 1));
  for (const db of lanes) await db.run(readSql("engine/longest_line"), [longest]);
  const sources = new Map(pulled.map((one) => [`stg_${one.source}`, one]));
  const models = readModels("staging").filter(({ name }) => sources.has(name));
  await overLanes(lanes, models, async (db, model) => {
    const { source, files } = sources.get(model.name) as Pulled;
    await setVariable(db, source, JSON.stringify(files));
    await make(db, model);
  });
  const devices = sources.get("stg_device");
  if (devices) await expectDevices(lanes, devices.rows);
}

/** Tells the checks, whichever lane they come to run on, how many rows the devices' file held. */
export async function expectDevices(lanes: Lanes, rows: number): Promise<void> {
  for (const db of lanes) await setVariable(db, "device_rows", String(rows));
}

/** Rows from which two threads are faster than one. */
const LARGE = 500_000;

/** Bytes: buffers below it would make the load slower. */
const LEAST_LINE = 1 << 20;

/** Builds all that follows from the staged rows: the intermediate models, the snapshot and the marts. */
export async function build(lanes: Lanes, rules: RuleSet): Promise<void> {
  const [db] = lanes;
  for (const sql of [readSql("engine/findings"), ...findingsSql(rules)]) await db.run(sql);
  await db.run(proposalsMacro(rules));
  await overLanes(lanes, readModels("intermediate"), make);
  await db.run(readSql("snapshot"));
  await db.run(readSql("engine/publish"));
  await overLanes(lanes, readModels("marts"), make);
}

async function make(db: DuckDBConnection, { sql }: Model): Promise<void> {
  await db.run(sql);
}

/** Rows of a broken check that are shown. */
const SHOWN = 3;

/** Runs every check. @throws SentinelError naming the first one that returns a row. */
export async function check(lanes: Lanes): Promise<void> {
  const answers = await overLanes(lanes, readModels("checks"), async (db, { name, question, sql }) => {
    const rows = await rowsOf(db, sql);
    if (rows.length === 0) return [];
    const shown = rows.slice(0, SHOWN).map((row) => JSON.stringify(row, bigIntAsText));
    const count = `${rows.length} row${rows.length === 1 ? "" : "s"}`;
    return [`The check ${name} (${question}) found ${count}: ${shown.join(", ")}.`];
  });
  const found = answers.flat();
  if (found.length === 0) return;
  throw new SentinelError({
    exitCode: EXIT.validation,
    // All of them: one thing that is wrong breaks several, and not the first tells what it is.
    cause: found.join(" "),
    remedy: "Nothing was published; see which promise the database breaks.",
    command: "npm run validate",
  });
}

function bigIntAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
