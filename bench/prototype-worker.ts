import { once } from "node:events";
import { parentPort, workerData } from "node:worker_threads";
import { type Target, withClient } from "../pipelines/db/connect.ts";
import { statement } from "./statement.ts";

/** What one thread is started with. It says when it is ready, waits to be told to go, and says how many devices it did. */
export interface PrototypeShare {
  readonly target: Target;
  readonly lane: number;
  readonly lanes: number;
  /** At most. */
  readonly devices: number;
}

const { target, lane, lanes, devices } = workerData as PrototypeShare;

await withClient(target, async (client) => {
  const { rows } = await client.query<{ device_id: string }>(statement("prototype_sample"), [lanes, lane, devices]);
  const text = statement("prototype_update");
  parentPort?.postMessage(0);
  if (parentPort) await once(parentPort, "message");
  for (const row of rows) await client.query({ name: "update", text, values: [row.device_id] });
  parentPort?.postMessage(rows.length);
});
