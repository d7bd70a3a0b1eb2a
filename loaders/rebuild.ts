import { rmSync } from "node:fs";
import { fill } from "../pipelines/db/sql.ts";
import type { Catalogue } from "../pipelines/domain/catalogue.ts";
import type { Policy } from "../pipelines/domain/policy.ts";
import { quote } from "../pipelines/domain/predicate-sql.ts";
import type { Assumptions } from "../pipelines/domain/roi.ts";
import type { RuleSet } from "../pipelines/domain/rules.ts";
import { begin, build, check, expectDevices, type Given, prepare } from "./build.ts";
import { readDatabase, rowsOf, writeDatabase } from "./engine.ts";
import { openLanes } from "./lanes.ts";
import { LIMITS, withEnoughMemory } from "./memory.ts";
import { readSql } from "./models.ts";

export interface RebuildOptions {
  /** The warehouse whose pulled rows are taken. */
  readonly warehouse: string;
  /** File to write, which must not be there. */
  readonly target: string;
  /** Folder for what does not fit into memory. */
  readonly spill: string;
  /** The rules, the policy and the assumptions of a name: the warehouse says which are its own. */
  readonly rules: (name: string) => RuleSet;
  readonly policy: (name: string) => Policy | undefined;
  readonly roi: (name: string) => Assumptions;
  readonly catalogue?: Catalogue;
}

/** An editor waits: the least is not tried. */
const [, ...MEMORY] = LIMITS;

/**
 * Makes a warehouse again from the rows that another one has staged, with the SQL as it is now: no database is asked.
 * @throws Error of the engine where a model is wrong, SentinelError where a check finds a row.
 */
export async function rebuildWarehouse(options: RebuildOptions): Promise<void> {
  const { warehouse, target, spill, catalogue } = options;
  const [former] = await readDatabase(warehouse, {}, (db) => rowsOf(db, readSql("engine/read_given")));
  const [policyName, rules] = [String(former?.policy), options.rules(String(former?.rules))];
  const [policy, roi] = [options.policy(policyName), options.roi(String(former?.roi))];
  const devices = Number(former?.devices);
  const given: Given = { rules, policyName, policy, roi, catalogue };
  const make = (memoryLimit: string): Promise<void> =>
    writeDatabase(target, { memoryLimit, spill, devices }, async (db, beside) => {
      await begin(db);
      await prepare(db, given);
      await db.run(fill(readSql("engine/take_staging"), { former: () => quote(warehouse) }));
      const lanes = await openLanes(db, beside, devices);
      // The copy is whole if that one was.
      await expectDevices(lanes, devices);
      await build(lanes, rules);
      await check(lanes);
    });
  await withEnoughMemory(MEMORY, make, () => rmSync(target, { force: true }));
}
