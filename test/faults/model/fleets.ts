import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, parse } from "node:path";
import type { Options } from "../../../pipelines/cli/options.ts";
import type { Folder, ImportRow } from "../../support/import-files.ts";

/** A fleet that a command line can ask for. */
export interface Fleet {
  readonly source: "generated" | "imported";
  /** Devices that can be stored. */
  readonly devices: number;
  /** Of chaos too, where it is given none of its own. */
  readonly seed: number;
  /** Of its campaign, where it is given none. */
  readonly name: string;
  /** What asks for it. */
  readonly options: Options;
}

const GENERATED = [
  { devices: 40, seed: 1 },
  { devices: 40, seed: 7 },
  { devices: 130, seed: 1 },
  { devices: 300, seed: 7 },
];
/** Of chaos over an imported fleet. */
const USUAL_SEED = 42;

/** Every fleet that is asked for; the files of imported ones are made in the folder. */
export async function makeFleets(files: Folder): Promise<readonly Fleet[]> {
  const generated = GENERATED.map(
    ({ devices, seed }): Fleet => ({
      source: "generated",
      devices,
      seed,
      name: `fleet-${devices}-seed-${seed}`,
      options: { devices, seed },
    }),
  );
  const meters = await files.rows("meters", "csv", [...reports(70), ...UNSTORABLE]);
  const bare = reports(45).map(({ storage_free_mb: _, ...row }) => row);
  return [...generated, imported(meters, 70), imported(await files.rows("bare", "ndjson", bare), 45)];
}

function imported(from: string, devices: number): Fleet {
  const sha256 = createHash("sha256").update(readFileSync(from)).digest("hex");
  const name = `import-${parse(from).name}-${sha256.slice(0, 8)}`;
  return { source: "imported", devices, seed: USUAL_SEED, name, options: { from } };
}

/** Name of the file of an imported fleet, as a campaign keeps it. */
export const fileOf = ({ options }: Fleet): string => basename(options.from ?? "");

const BATTERIES = ["12.9", "12.1", "UNKNOWN", "12.5", null, "99.9"];
const SIGNALS = ["70", "-999", "55", "3", "61"];

function reports(count: number): ImportRow[] {
  return Array.from({ length: count }, (_, no) => ({
    device_id: `METER-${String(no).padStart(4, "0")}`,
    region: no % 3 === 0 ? "India" : "Europe",
    battery_voltage: BATTERIES[no % BATTERIES.length] ?? null,
    signal_strength: SIGNALS[no % SIGNALS.length] ?? null,
    storage_free_mb: no % 11 === 0 ? "-1" : "512",
    update_status: no % 3 === 1 ? "Success" : "Partial",
  }));
}

const [first] = reports(1) as [ImportRow];
const UNSTORABLE: readonly ImportRow[] = [
  { ...first, device_id: null },
  { ...first, device_id: "METER-9999", update_status: "Maybe" },
];
