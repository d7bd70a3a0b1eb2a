import { REPORTED_STATUSES, type ReportedStatus, UPDATE_STAGES, type UpdateStage } from "../domain/vocabulary.ts";
import { KNOWN_COLUMNS, type KnownColumn } from "./columns.ts";
import { type Path, parsePath } from "./path.ts";

/** Where a value of a report stands in a row: the text there, or what follows the last `after` in it, as a part of an address where so said. */
export interface ValueSource {
  readonly path: Path;
  readonly after?: string;
  readonly decode?: "url";
}

/** What a word of the source says about an update. */
export interface StatusWord {
  /** Where the word stands, unless where the status does. */
  readonly at?: Path;
  readonly word: string;
  readonly update_status: ReportedStatus;
  /** Null: it says none. */
  readonly last_stage: UpdateStage | null;
  readonly error_code: string | null;
}

/** How rows of another tool are read as reports: a file of `--map`, a guess, or a shape of `data/vendors/`. */
export interface Mapping {
  /** Name of the field that holds the rows, where the file is an object. */
  readonly list?: string;
  /** The first source that has a value counts. */
  readonly columns: Readonly<Partial<Record<KnownColumn, readonly ValueSource[]>>>;
  readonly constants: Readonly<Partial<Record<KnownColumn, string>>>;
  /** Which of several rows of a device counts: the latest by `reported_at`, or the first, and the others are rejects. */
  readonly several: "latest" | "reject";
  /** In the order in which they are tried. Without any, the status is Success or Partial. */
  readonly words: readonly StatusWord[];
}

const KEYS = ["list", "columns", "constants", "several", "words"];
const isKnown = (name: string): name is KnownColumn => (KNOWN_COLUMNS as readonly string[]).includes(name);
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Checks a mapping that came from a file. Returns it, or a sentence that says what is wrong and what to write.
 * @param codes the error codes that there are, of data/errors.csv.
 * @param more fields that a mapping of this kind has beside the usual ones.
 */
export function parseMapping(value: unknown, codes: readonly string[], more: readonly string[] = []): Mapping | string {
  if (!isObject(value)) return 'it must be an object with "columns"';
  const strange = Object.keys(value).find((key) => !KEYS.includes(key) && !more.includes(key));
  if (strange !== undefined) return `"${strange}" means nothing; write ${KEYS.join(", ")}`;
  const { list, several = "reject" } = value;
  if (list !== undefined && (typeof list !== "string" || list === "")) return '"list" must be the name of a field';
  if (several !== "latest" && several !== "reject") return '"several" must be "latest" or "reject"';
  const columns = parseColumns(value.columns ?? {});
  if (typeof columns === "string") return columns;
  const constants = parseConstants(value.constants ?? {});
  if (typeof constants === "string") return constants;
  const words = parseWords(value.words ?? [], codes);
  if (typeof words === "string") return words;
  return { ...(list === undefined ? {} : { list }), columns, constants, several, words };
}

function parseColumns(value: unknown): Mapping["columns"] | string {
  if (!isObject(value)) return '"columns" must say for each column where it stands, as {"device_id": "serial"}';
  const columns: Partial<Record<KnownColumn, ValueSource[]>> = {};
  for (const [name, given] of Object.entries(value)) {
    if (!isKnown(name)) return noColumn("columns", name);
    const sources = (Array.isArray(given) ? given : [given]).map(parseSource);
    if (sources.length === 0 || sources.includes(undefined))
      return `"columns" needs for "${name}" a name, a path as "$.a.b", {"path": .., "after": ..}, or a list of those`;
    columns[name] = sources as ValueSource[];
  }
  return columns;
}

function parseSource(value: unknown): ValueSource | undefined {
  const { path, after, decode } = isObject(value) ? value : { path: value };
  const parsed = typeof path === "string" ? parsePath(path) : undefined;
  if (!parsed || (decode !== undefined && decode !== "url")) return undefined;
  const isText = typeof after === "string" && after !== "" && !after.includes("\0");
  if (after !== undefined && !isText) return undefined;
  return { path: parsed, ...(isText ? { after } : {}), ...(decode === "url" ? { decode } : {}) };
}

function parseConstants(value: unknown): Mapping["constants"] | string {
  if (!isObject(value)) return '"constants" must give values of columns, as {"region": "Europe"}';
  for (const [name, given] of Object.entries(value)) {
    if (!isKnown(name) || name === "device_id") return noColumn("constants", name);
    if (typeof given !== "string" || given.includes("\0")) return `"constants" needs text for "${name}"`;
  }
  return value as Mapping["constants"];
}

function parseWords(value: unknown, codes: readonly string[]): readonly StatusWord[] | string {
  if (!Array.isArray(value)) return '"words" must be a list, as [{"word": "done", "update_status": "Success"}]';
  const words: StatusWord[] = [];
  for (const [at, given] of value.entries()) {
    const word = parseWord(given, codes);
    if (typeof word === "string") return `word ${at + 1}: ${word}`;
    words.push(word);
  }
  return words;
}

function parseWord(value: unknown, codes: readonly string[]): StatusWord | string {
  const {
    path,
    word,
    update_status: status,
    last_stage: stage = null,
    error_code: code = null,
  } = isObject(value) ? value : {};
  if (typeof word !== "string" || word.trim() === "") return '"word" must be what the source says';
  const at = path === undefined ? undefined : parsePath(String(path));
  if (path !== undefined && !at) return '"path" must be a name or a path as "$.a.b"';
  if (!isOneOf(REPORTED_STATUSES, status)) return `"update_status" must be one of ${REPORTED_STATUSES.join(", ")}`;
  if (stage !== null && !isOneOf(UPDATE_STAGES, stage))
    return `"last_stage" must be null or one of ${UPDATE_STAGES.join(", ")}`;
  if (code !== null && !isOneOf(codes, code))
    return `"error_code" must be null or one of ${codes.join(", ")} (data/errors.csv)`;
  return { ...(at ? { at } : {}), word, update_status: status, last_stage: stage, error_code: code };
}

const isOneOf = <T extends string>(words: readonly T[], value: unknown): value is T =>
  (words as readonly unknown[]).includes(value);

const noColumn = (where: string, name: string): string =>
  `"${where}" has no use for "${name}"; a report has ${KNOWN_COLUMNS.join(", ")}`;

/** A mapping with another one's columns, constants and words before its own. */
export function extended(base: Mapping, { columns, constants, words, several }: Mapping): Mapping {
  return {
    ...base,
    columns: { ...base.columns, ...columns },
    constants: { ...base.constants, ...constants },
    words: [...words, ...base.words],
    several: several === "latest" ? several : base.several,
  };
}
