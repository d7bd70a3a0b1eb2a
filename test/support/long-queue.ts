import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TriageItem } from "../../src/components/rows.ts";
import { triageRows } from "./triage-fixture.ts";

export const LONG_QUEUE = 100_000;

const REGIONS = ["India", "Middle East", "North America", "Europe", "APAC"].map((name) => [name, 0] as const);

/** Puts a queue in the place of the one that a built site has, longer than a build takes, and returns its rows. */
export async function lengthenQueue(dir: string): Promise<TriageItem[]> {
  const folder = join(dir, "_file", "data", "marts");
  const [name = ""] = (await readdir(folder)).filter((file) => /^triage_open\.[0-9a-f]{8}\.json$/.test(file));
  const rows = triageRows({ devicesPerRegion: 0, regions: REGIONS, triage: LONG_QUEUE }).map((row, no) => ({
    ...row,
    // An odd factor leaves no two the same, in no order.
    device_id: `DEV-${((no * 2_654_435_761) >>> 0).toString(16).padStart(8, "0")}`,
  }));
  await writeFile(join(folder, name), JSON.stringify(rows));
  return rows as unknown as TriageItem[];
}
