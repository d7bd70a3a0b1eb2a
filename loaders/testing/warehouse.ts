import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { onTestFinished } from "vitest";
import { parsePolicy } from "../../pipelines/domain/policy.ts";
import { parseAssumptions } from "../../pipelines/domain/roi.ts";
import { parseRuleSet, type RuleSet } from "../../pipelines/domain/rules.ts";
import { freshDatabase } from "../../test/support/database.ts";
import { type RefreshOptions, refreshWarehouse, type Snapshot } from "../warehouse.ts";
import { createPartitions, keyPartitions, makeCurrent } from "./partitions.ts";

/** A database, a session on it and a folder for warehouses, all gone when the test ends. */
export interface Trial {
  readonly url: string;
  readonly client: pg.Client;
  readonly home: string;
  refresh(options?: Partial<RefreshOptions>): Promise<Snapshot>;
}

/** The rules that Sentinel comes with. */
export function defaultRules(): RuleSet {
  return parseRuleSet(shipped("rules"));
}

const shipped = (kind: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../data/${kind}/default.json`, import.meta.url), "utf8"));

/** The policy and the assumptions that Sentinel comes with. */
export const SHIPPED = { policy: () => parsePolicy(shipped("policy")), roi: parseAssumptions(shipped("roi")) };

/** A migrated database with no campaign. */
export async function emptyTrial(): Promise<Trial> {
  const { url, drop } = await freshDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const home = mkdtempSync(join(tmpdir(), "sentinel-warehouse-"));
  onTestFinished(async () => {
    await client.end();
    await drop();
    rmSync(home, { recursive: true, force: true });
  });
  const refresh = (options: Partial<RefreshOptions> = {}): Promise<Snapshot> =>
    refreshWarehouse({ connection: { connectionString: url }, home, ...SHIPPED, rules: defaultRules, ...options });
  return { url, client, home, refresh };
}

/** A database with a campaign, `trial`, of so many devices that has been through all stages. */
export async function trialOf(devices: number): Promise<Trial> {
  const trial = await emptyTrial();
  await createPartitions(trial.client, TRIAL);
  await trial.client.query(fleetSql, [devices]);
  await makeCurrent(trial.client, TRIAL);
  await keyPartitions(trial.client, TRIAL);
  return trial;
}

/** Another campaign beside `trial`. */
export interface OtherCampaign {
  readonly id: number;
  readonly name: string;
  readonly seed?: number;
  /** Every so-manieth device that failed is left out; none where it is 0. */
  readonly without?: number;
  readonly policy?: string;
}

/** Adds a campaign over devices of `trial` that has been through generate and recover. */
export async function addOther({ client }: Trial, other: OtherCampaign): Promise<void> {
  const { id, name, seed = 42, without = 0, policy = `policy-${id}` } = other;
  await createPartitions(client, id);
  await client.query(otherSql, [id, name, seed, without, policy]);
  await keyPartitions(client, id);
}

/** Number of the campaign that `fleet.sql` makes. */
const TRIAL = 7;
const fleetSql = readFileSync(new URL("./fleet.sql", import.meta.url), "utf8");
const otherSql = readFileSync(new URL("./other.sql", import.meta.url), "utf8");
