import type { DuckDBConnection } from "@duckdb/node-api";
import type { Beside } from "./engine.ts";
import type { Model } from "./models.ts";

/** Connections to the database that is being made; each has variables of its own. */
export type Lanes = readonly [DuckDBConnection, ...DuckDBConnection[]];

/** Devices from which an engine of two threads is as fast by one lane; of ten million, two models at a time do not fit into its memory. */
const FEWEST_FOR_ONE = 3_000_000;

/** Two where devices are few: most models of a small fleet are all planning, which an engine of several threads does by one of them. */
export const openLanes = async (db: DuckDBConnection, beside: Beside, devices: number): Promise<Lanes> =>
  devices < FEWEST_FOR_ONE ? [db, await beside()] : [db];

/**
 * Runs every model, on whichever lane is free, once those have run that it is made from. Returns what came of them, in the order of the models. The first
 * failure is thrown when nothing runs any more.
 */
export async function overLanes<T>(
  lanes: Lanes,
  models: readonly Model[],
  run: (db: DuckDBConnection, model: Model) => Promise<T>,
): Promise<T[]> {
  const outcomes = new Map<string, T>();
  const underWay = new Set<Promise<void>>();
  let waiting = [...models];
  const next = async (db: DuckDBConnection, model: Model): Promise<void> => {
    try {
      outcomes.set(model.name, await run(db, model));
    } catch (error) {
      waiting = [];
      throw error;
    }
  };
  const work = async (db: DuckDBConnection): Promise<void> => {
    while (waiting.length > 0) {
      const model = waiting.find(({ madeFrom }) => madeFrom.every((name) => outcomes.has(name)));
      waiting = waiting.filter((one) => one !== model);
      const step = model ? next(db, model) : Promise.race(underWay);
      if (model) underWay.add(step);
      await step.finally(() => underWay.delete(step));
    }
  };
  const failed = (await Promise.allSettled(lanes.map(work))).find((end) => end.status === "rejected");
  if (failed) throw failed.reason;
  return models.map(({ name }) => outcomes.get(name) as T);
}
