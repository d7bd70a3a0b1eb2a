import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
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
import { beginPull, type Campaign, findCampaign, type Pulled, pullDevices, pullSource, SOURCES } from "./pull.ts";
import { pullOthers } from "./pull-others.ts";
import { readSnapshotOf, type Snapshot } from "./snapshot.ts";

export type { Snapshot } from "./snapshot.ts";

export interface RefreshOptions {
  readonly connection: SessionConfig;
  /** Name of the campaign; the current one where it is left out. */
  readonly campaign?: string | undefined;
  /** No rows are read before it is kept. DuckDB is opened meanwhile, and what the campaign is judged by made ready. */
  readonly settled?: Promise<void> | undefined;
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
  readonly campaign: Campaign;
  readonly given: Given;
}

/** What is awaited from the database. */
interface Pull {
  /** What `judging` is likely to be, and then is the very same: looked up before the campaign is settled. */
  readonly foreseen: Promise<Judging>;
  /** The campaign's size, rules and policy, known long before the rest. */
  readonly judging: Promise<Judging>;
  /** The devices, which are staged while the rest is being pulled. */
  readonly devices: Promise<Pulled>;
  /** All else. */
  readonly pulling: Promise<readonly Pulled[]>;
}

/** Each may fail before it is waited for. */
function pull(options: RefreshOptions, folder: string): Pull {
  const [foreseen, judging, devices] = [awaited<Judging>(), awaited<Judging>(), awaited<Pulled>()];
  const tell = { foreseen: foreseen.resolve, judging: judging.resolve, devices: devices.resolve };
  const pulling = pullAll(options, folder, tell);
  for (const { reject } of [foreseen, judging, devices]) pulling.catch(reject);
  return { foreseen: foreseen.promise, judging: judging.promise, devices: devices.promise, pulling };
}

/** Builds and checks the warehouse, which is opened while the rows are being pulled; where the small memory does not do and no other was asked for, again with more. */
async function buildFile(
  file: string,
  folder: string,
  { foreseen, judging, devices, pulling }: Pull,
  { memoryLimit, signal, onNote }: RefreshOptions,
): Promise<Omit<Snapshot, "path">> {
  const size = foreseen.then(({ campaign }) => campaign.devices);
  size.catch(() => {});
  const options = { spill: join(folder, "spill"), signal, devices: size };
  const attempt = (limit: string): Promise<Omit<Snapshot, "path">> =>
    writeDatabase(file, { ...options, memoryLimit: limit }, async (db, beside) => {
      await begin(db);
      const { given: likely } = await foreseen;
      // Taken back if the campaign has come to be judged by something else.
      await db.run("BEGIN");
      await prepare(db, likely);
      const { given, campaign } = await judging;
      await db.run(given === likely ? "COMMIT" : "ROLLBACK");
      if (given !== likely) await prepare(db, given);
      const lanes = await openLanes(db, beside, campaign.devices);
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

/** Who is told of what is pulled first: the campaign's rules and policy, and the devices. Of each, the first word counts. */
interface Listeners {
  readonly foreseen: (judging: Judging) => void;
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
  const { campaign: name, settled, onNote = () => {}, onProgress } = options;
  const look = async (client: pg.Client, known?: Judging): Promise<Judging> => {
    const campaign = await findCampaign(client, name);
    return known && isDeepStrictEqual(known.campaign, campaign)
      ? known
      : { campaign, given: givenOf(options, campaign) };
  };
  // By a session of its own: who has to wait for minutes holds none.
  const foreseen = settled && (await withSession(options, (client) => look(client)));
  if (foreseen) tell.foreseen(foreseen);
  await settled;
  return withSession(options, async (client) => {
    const snapshot = await beginPull(client, onNote);
    const judging = await look(client, foreseen);
    tell.foreseen(judging);
    tell.judging(judging);
    const { campaign, given } = judging;
    const { rules, policy } = given;
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

/** Before recovery has run, it would decide by policy default. */
function givenOf({ rules, policy, roi, catalogue }: RefreshOptions, campaign: Campaign): Given {
  const policyName = campaign.policy ?? "default";
  return { rules: rules(campaign.rules), policyName, policy: policy(policyName), roi, catalogue };
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
