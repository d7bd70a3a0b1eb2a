import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { awaited } from "../pipelines/awaited.ts";
import { SentinelError } from "../pipelines/cli/errors.ts";
import { newClient, type SessionConfig } from "../pipelines/db/client.ts";
import { watch } from "../pipelines/db/watch.ts";
import type { Catalogue } from "../pipelines/domain/catalogue.ts";
import { casesOf } from "../pipelines/domain/condition.ts";
import type { Policy } from "../pipelines/domain/policy.ts";
import { askedFields } from "../pipelines/domain/predicate-sql.ts";
import type { Assumptions } from "../pipelines/domain/roi.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import { WHAT_IF_NUMBERS, type WhatIfNumber } from "../pipelines/domain/what-if.ts";
import { withWorkspace } from "../pipelines/workspace.ts";
import { begin, build, check, type Given, prepare, stage } from "./build.ts";
import { writeDatabase } from "./engine.ts";
import { explainPull } from "./explain-pull.ts";
import { openLanes } from "./lanes.ts";
import { LIMITS, withEnoughMemory } from "./memory.ts";
import { beginPull, findCampaign, type Pulled, pullDevices, pullSource, SOURCES } from "./pull.ts";
import { pullOthers } from "./pull-others.ts";
import { readSnapshotOf, type Snapshot } from "./snapshot.ts";

export type { Snapshot } from "./snapshot.ts";

export interface RefreshOptions {
  readonly connection: SessionConfig;
  /** Name of the campaign; the current one where it is left out. Where it is a promise DuckDB is opened meanwhile, and nothing read. */
  readonly campaign?: string | Promise<string | undefined>;
  /** Folder in which the warehouse lies; made where it is missing. */
  readonly home: string;
  /** The rules of a name: the campaign says which are its own. */
  readonly rules: (name: string) => RuleSet;
  /** What error codes mean and where regions lie; left out: of none it is known. */
  readonly catalogue?: Catalogue;
  /** The policy of a name; undefined where there is none any more. */
  readonly policy: (name: string) => Policy | undefined;
  /** What the return is reckoned by. */
  readonly roi: Assumptions;
  /** What DuckDB may use before it spills to disk, for example 200MB. Left out: as little as does. */
  readonly memoryLimit?: string;
  readonly signal?: AbortSignal;
  /** Gets the devices pulled and the devices that the campaign has to store. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Gets what the user should know though it stops nothing. */
  readonly onNote?: (line: string) => void;
}

/** Folder with what was counted of other campaigns. */
const COUNTS = "counts";

/**
 * Pulls one campaign out of PostgreSQL, once, builds its marts in DuckDB and checks them. The file is put in place last, so that
 * a failed refresh leaves the old one as it was.
 * @throws SentinelError when the database can't be read, the campaign is missing, or a check finds a row.
 */
export async function refreshWarehouse(options: RefreshOptions): Promise<Snapshot> {
  const { home, signal } = options;
  signal?.throwIfAborted();
  return await withWorkspace(home, async (folder) => {
    const file = join(folder, "warehouse.duckdb");
    const underWay = pull(options, folder);
    const { pulling } = underWay;
    try {
      const snapshot = await buildFile(file, folder, underWay, options);
      signal?.throwIfAborted();
      const path = join(home, `${fileName(snapshot.campaignName, snapshot.campaignId)}.duckdb`);
      renameSync(file, path);
      return { ...snapshot, path };
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    } finally {
      await pulling.catch(() => {});
    }
  });
}

interface Judging {
  readonly given: Given;
  /** Devices that there are to be pulled. */
  readonly expected: number;
}

/** What is awaited from the database. */
interface Pull {
  /** The campaign's size, rules and policy, known long before the rest. */
  readonly judging: Promise<Judging>;
  /** The devices, which are staged while the rest is being pulled. */
  readonly devices: Promise<Pulled>;
  /** All else. */
  readonly pulling: Promise<readonly Pulled[]>;
}

/** Each may fail before it is waited for. */
function pull(options: RefreshOptions, folder: string): Pull {
  const judging = awaited<Judging>();
  const devices = awaited<Pulled>();
  const pulling = pullAll(options, folder, { judging: judging.resolve, devices: devices.resolve });
  for (const { reject } of [judging, devices]) pulling.catch(reject);
  return { judging: judging.promise, devices: devices.promise, pulling };
}

/** Builds and checks the warehouse, which is opened while the rows are being pulled; where the small memory does not do and no other was asked for, again with more. */
async function buildFile(
  file: string,
  folder: string,
  { judging, devices, pulling }: Pull,
  { memoryLimit, signal, onNote }: RefreshOptions,
): Promise<Omit<Snapshot, "path">> {
  const attempt = (limit: string): Promise<Omit<Snapshot, "path">> =>
    writeDatabase(file, { memoryLimit: limit, spill: join(folder, "spill"), signal }, async (db, beside) => {
      await begin(db);
      const { given, expected } = await judging;
      await prepare(db, given);
      const lanes = await openLanes(db, beside, expected);
      await stage(lanes, [await devices]);
      await stage(lanes, await pulling);
      await build(lanes, given.rules);
      await check(lanes);
      return await readSnapshotOf(db);
    });
  return withEnoughMemory(memoryLimit === undefined ? LIMITS : [memoryLimit], attempt, (limit, next) => {
    onNote?.(`The marts do not fit into ${limit}: building them again with ${next}.`);
    rmSync(file, { force: true });
  });
}

/** Who is told of what is pulled first: the campaign's rules and policy, and the devices. */
interface Listeners {
  readonly judging: (judging: Judging) => void;
  readonly devices: (pulled: Pulled) => void;
}

/** Devices below which a second session takes longer to open than it spares. */
const FEWEST_FOR_TWO = 20_000;

/**
 * All sources of a campaign, as they were at one moment: the devices by two sessions where they are many, the rest, which is returned, by the first of
 * them.
 */
async function pullAll(options: RefreshOptions, folder: string, tell: Listeners): Promise<Pulled[]> {
  const { rules: rulesOf, policy: policyOf, roi, catalogue, onNote = () => {}, onProgress } = options;
  const name = await options.campaign;
  return withSession(options, async (client) => {
    const snapshot = await beginPull(client, onNote);
    const campaign = await findCampaign(client, name);
    const rules = rulesOf(campaign.rules);
    // Before it has run, recovery would decide by this one.
    const policyName = campaign.policy ?? "default";
    const policy = policyOf(policyName);
    tell.judging({ given: { rules, policyName, policy, roi, catalogue }, expected: campaign.devices });
    const proposes = rules.rules.some(({ repair }) => repair);
    const asked = [...askedFields(rules), ...(policy ? WHAT_IF_NUMBERS.filter((field) => asksFor(policy, field)) : [])];
    const place = { client, campaign, folder, asked, proposes };
    const onRows = (rows: number): void => onProgress?.(rows, campaign.devices);
    const byTwo = (): Promise<Pulled> =>
      withSession(options, async (second) => {
        await beginPull(second, () => {}, snapshot);
        return pullDevices([place, { ...place, client: second }], onRows);
      });
    tell.devices(await (campaign.devices < FEWEST_FOR_TWO ? pullDevices([place], onRows) : byTwo()));
    const pulled: Pulled[] = [];
    for (const source of SOURCES.filter((other) => other !== "device")) pulled.push(await pullSource(place, source));
    return [...pulled, ...(await pullOthers(place, { kept: join(options.home, COUNTS), onNote }))];
  });
}

const asksFor = (policy: Policy, field: WhatIfNumber): boolean =>
  policy.rules.flatMap(casesOf).some((one) => one.some((condition) => condition.field === field));

/** A session of its own, closed when the work is done: nothing is built while one is open, and only the devices are staged. */
async function withSession<T>(
  { connection, signal }: RefreshOptions,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  let client: pg.Client | undefined;
  const stop = (): void => void client?.end();
  signal?.addEventListener("abort", stop);
  try {
    client = await newClient({ application_name: "sentinel-ota", ...connection });
    signal?.throwIfAborted();
    await client.connect();
    watch(client, connection);
    return await work(client);
  } catch (error) {
    throw error instanceof SentinelError ? error : explainPull(error, client, connection);
  } finally {
    signal?.removeEventListener("abort", stop);
    await client?.end().catch(() => {});
  }
}

/** Names that are files' names on every system keep theirs. */
function fileName(campaign: string, id: number): string {
  return /^[a-z][a-z0-9_-]{0,80}$/.test(campaign) && !/^campaign-\d+$/.test(campaign) ? campaign : `campaign-${id}`;
}
