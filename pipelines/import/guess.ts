import { REQUIRED_IMPORT_COLUMNS } from "../domain/vocabulary.ts";
import { KNOWN_COLUMNS, type KnownColumn } from "./columns.ts";

/**
 * Other names of the columns, in small letters and digits alone; none of another unit (rssi is dBm, mv millivolts). Documented in
 * docs/import.md.
 */
export const ALIASES: Readonly<Record<KnownColumn, readonly string[]>> = {
  device_id: ["id", "device", "serial", "serialnumber", "deviceserial", "uuid", "imei", "thingname", "controllerid"],
  update_status: ["status", "state", "result", "otastatus", "updatestate", "updateresult"],
  region: ["area", "zone", "market", "territory", "geo"],
  model: ["devicemodel", "modelname", "devicetype", "product"],
  hardware: ["hw", "hwrevision", "hardwarerevision", "hardwareversion"],
  firmware_from: ["fromversion", "previousversion", "oldversion"],
  firmware_to: ["toversion", "targetversion", "newversion"],
  firmware_reported: ["firmware", "firmwareversion", "fwversion", "currentversion", "version"],
  last_stage: ["stage", "step", "phase", "updatestage"],
  error_code: ["error", "failure", "failurereason"],
  attempts: ["attempt", "tries", "retries", "retrycount"],
  battery_voltage: ["battery", "voltage", "volts", "vbat", "batteryv", "batteryvolts"],
  signal_strength: ["signal", "signalpercent", "signalquality"],
  storage_free_mb: ["storagefree", "freestoragemb", "freemb", "diskfreemb"],
  reported_at: ["timestamp", "time", "ts", "lastseen", "updatedat", "lastreported"],
};

/** A map as a person would write it, and what keeps it from being used. */
export interface Guess {
  readonly columns: Readonly<Partial<Record<KnownColumn, string>>>;
  readonly missing: readonly string[];
  /** Columns for which several names of the file could stand. */
  readonly unclear: readonly string[];
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** Which name of a file may be which column: by the column's own name, else by another that is usual for it. */
export function guessed(names: readonly string[]): Guess {
  const columns: Partial<Record<KnownColumn, string>> = {};
  const unclear: string[] = [];
  for (const column of KNOWN_COLUMNS) {
    const own = names.filter((name) => plain(name) === plain(column));
    const found = own.length > 0 ? own : names.filter((name) => ALIASES[column].includes(plain(name)));
    if (found.length === 1) columns[column] = found[0] as string;
    if (found.length > 1) unclear.push(column);
  }
  const missing = REQUIRED_IMPORT_COLUMNS.filter((column) => columns[column] === undefined);
  return { columns, missing, unclear };
}

/** A name as a map file writes it, where it could be taken for a path. */
export const written = (name: string): string => (name.startsWith("$") ? `$.${JSON.stringify(name)}` : name);
