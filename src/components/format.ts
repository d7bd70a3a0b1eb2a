import { visible } from "./visible.js";

/** One way to write each kind of number, on every page. Nothing known is an en dash. */

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const NOTHING = "–";

type Maybe = number | null | undefined;

const known = (value: Maybe): value is number => typeof value === "number" && Number.isFinite(value);

/** So many digits behind the point, halves away from zero as in SQL: 9.725 is a little less as a double, and stays 9.73. */
const fixed = (value: number, digits: number): string => (value * (1 + 2 ** -40)).toFixed(digits);

/** 48000 as 48,000. */
export const whole = (value: Maybe): string => (known(value) ? WHOLE.format(value) : NOTHING);

/** 0.3312 as 33.1%. */
export function percent(rate: Maybe, digits = 1): string {
  if (!known(rate)) return NOTHING;
  if (rate === 0 || rate === 1) return `${100 * rate}%`;
  const text = fixed(100 * rate, digits);
  if (rate < 1 && Number(text) === 100) return `>${(100 - 10 ** -digits).toFixed(digits)}%`;
  if (rate > 0 && Number(text) === 0) return `<${(10 ** -digits).toFixed(digits)}%`;
  return `${text}%`;
}

/** A difference of two rates, in percentage points: 0.094 as +9.4. */
export function points(difference: Maybe, digits = 1): string {
  if (!known(difference)) return NOTHING;
  const text = fixed(Math.abs(100 * difference), digits);
  if (Number(text) === 0) return text;
  return `${difference < 0 ? "−" : "+"}${text}`;
}

/** The two ends of an interval of rates: 30.1–35.2%. */
export const range = (low: Maybe, high: Maybe, digits = 1): string =>
  known(low) && known(high) ? `${fixed(100 * low, digits)}–${fixed(100 * high, digits)}%` : NOTHING;

/** A p-value: below 0.001 only that it is. */
export function pValue(p: Maybe): string {
  if (!known(p)) return NOTHING;
  return p < 0.001 ? "<0.001" : p.toFixed(3);
}

/** Milliseconds as 840 ms, 2.4 s or 3 min 20 s. */
export function duration(ms: Maybe): string {
  if (!known(ms)) return NOTHING;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`;
}

/** The size of a file: 840 B, 13 KB, 2.1 MB. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1_000_000 ? `${whole(bytes / 1000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** A moment in UTC: 2026-03-02 10:16 UTC. Text that is no moment stays as it is. */
export function moment(value: string | number | null | undefined): string {
  if (value === null || value === undefined || value === "") return NOTHING;
  const text = String(value);
  const zoned = /[zZ]|[+-]\d\d(:?\d\d)?$/.test(text) ? text : `${text}Z`;
  const date = new Date(typeof value === "number" ? value : zoned.replace(" ", "T").replace(/([+-]\d\d)$/, "$1:00"));
  return Number.isNaN(date.getTime()) ? text : `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

/** "1 device", "2 devices". */
export const count = (n: number, one: string, many = `${one}s`): string => `${whole(n)} ${n === 1 ? one : many}`;

/** "India", "India and Europe", "India, Europe and APAC". */
export function list(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A word of the vocabulary for people: out_of_range as "out of range". */
export const words = (name: string | null | undefined): string => (name ?? NOTHING).replaceAll("_", " ").toLowerCase();

/** Cuts a label that a device or an import may have made endless. */
export const short = (text: string | null | undefined, length = 28): string => {
  const label = text ?? "not reported";
  return label.length > length ? `${label.slice(0, length - 1)}…` : label;
};

/** A region or model as people read it; the marts say `(none)` where a device reports none, `(untrusted)` where a rule finds fault with it. */
export function place(name: string | null | undefined): string {
  if (name === null || name === undefined || name === "(none)") return "not reported";
  return name === "(untrusted)" ? "not trusted" : visible(name);
}

/** A stage of the update for people: DOWNLOADING as Downloading. */
export const stageName = (stage: string): string => stage.charAt(0).toUpperCase() + stage.slice(1).toLowerCase();

const FIELDS: Readonly<Record<string, string>> = {
  battery_voltage: "Battery voltage",
  signal_strength: "Signal strength",
  storage_free_mb: "Free storage",
  attempts: "Attempts",
  reported_at: "Time of report",
  region: "Region",
  model: "Model",
  hardware: "Hardware",
  firmware_from: "Version before",
  firmware_to: "Version to install",
  firmware_reported: "Version reported",
  last_stage: "Last stage",
  error_code: "Error code",
  device_id: "Device id",
};

/** A field of the report for people. */
export const fieldName = (field: string): string => FIELDS[field] ?? words(field);
