import { type Choice, choose, type Ways } from "./choose.ts";
import { assertFewSpellings, KNOWN_COLUMNS, spellingsOf } from "./columns.ts";
import type { ImportEngine } from "./engine.ts";
import { type Layout, wordTable } from "./layout.ts";
import { LIMITS } from "./limits.ts";
import { jsonValue, type Path } from "./path.ts";
import type { Prepared } from "./prepare.ts";
import type { SourceFile } from "./source-file.ts";

type Read = (engine: ImportEngine, source: SourceFile, prepared: Prepared, ways: Ways) => Promise<Choice>;

/** Makes `source`: every row with the columns that Sentinel knows, as text, and how it is damaged. */
export const READ: Readonly<Record<SourceFile["format"], Read>> = {
  csv: readCsv,
  json: readJson,
  parquet: readParquet,
};

async function readCsv(...[engine, { file }, { csv }, ways]: Parameters<Read>): Promise<Choice> {
  const { delimiter = ",", names = [] } = csv ?? {};
  const read = (path: Path) => {
    const at = placeOf(names, path);
    return at === undefined ? undefined : `c${at}`;
  };
  const choice = choose({ file, names, spellings: spellingsOf(names), read }, ways);
  await engine.set("delimiter", delimiter);
  const places = names.map((_, at) => `c${at}`);
  await made(engine, choice.layout, "read_csv", {
    names: ["damage", ...places].map((place) => `${place}: 'VARCHAR'`).join(", "),
  });
  return choice;
}

async function readJson(...[engine, { file }, , ways]: Parameters<Read>): Promise<Choice> {
  await engine.run("read_json");
  await engine.set("known", KNOWN_COLUMNS);
  await engine.set("most_spellings", LIMITS.spellings);
  const spelled = namesIn(await engine.run("columns_json"));
  assertFewSpellings(file, spelled);
  const objects = (await engine.run("first_objects")).flatMap(({ object }) => parsed(String(object)));
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
  const choice = choose({ file, names, spellings: spellingsOf(spelled), objects, read: jsonValue }, ways);
  await made(engine, choice.layout, "source_json");
  return choice;
}

async function readParquet(...[engine, { file }, , ways]: Parameters<Read>): Promise<Choice> {
  const names = namesIn(await engine.run("columns_parquet"));
  const read = (path: Path) => {
    const at = placeOf(names, path);
    return at === undefined ? undefined : `CAST("${names[at]?.replaceAll('"', '""')}" AS VARCHAR)`;
  };
  const choice = choose({ file, names, spellings: spellingsOf(names), read }, ways);
  await engine.set("most_rows", LIMITS.rows);
  await made(engine, choice.layout, "read_parquet");
  return choice;
}

/** Reads the rows into `source`, by way of the words that tell their status where there are such. */
async function made(
  engine: ImportEngine,
  { columns, signals, mapping }: Layout,
  query: string,
  parts: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (signals === undefined || !mapping)
    return void (await engine.run(query, { ...parts, relation: "VIEW source", columns }));
  // What is translated is read twice.
  const translated = { relation: "TABLE untranslated", columns: `${columns}, ${signals} AS signals` };
  await engine.run(query, { ...parts, ...translated });
  await engine.set("words", wordTable(mapping));
  await engine.run("translate");
}

const namesIn = (rows: readonly Record<string, unknown>[]): string[] => rows.map(({ name }) => String(name));

/** Which column a map means: the one of that very name, else the only one that differs in blanks around it and in case alone. */
function placeOf(names: readonly string[], path: Path): number | undefined {
  const [name, ...more] = path;
  if (typeof name !== "string" || more.length > 0) return undefined;
  const plain = (text: string): string => text.trim().toLowerCase();
  const exact = names.flatMap((other, at) => (other === name ? [at] : []));
  const alike = names.flatMap((other, at) => (plain(other) === plain(name) ? [at] : []));
  const found = exact.length > 0 ? exact : alike;
  return found.length === 1 ? found[0] : undefined;
}

/** JSON that DuckDB takes and this engine doesn't shows nothing. */
function parsed(text: string): object[] {
  try {
    return [JSON.parse(text) as object];
  } catch {
    return [];
  }
}
