import { choose, type Ways } from "./choose.ts";
import { assertFewSpellings, KNOWN_COLUMNS, spellingsOf } from "./columns.ts";
import type { Desk, Reading } from "./desk.ts";
import { handOver } from "./hand-over.ts";
import { isSpread, JsonEnvelope, JsonObjects, listIn } from "./json-envelope.ts";
import { isJsonList, JsonLines, JsonList } from "./json-rows.ts";
import { LIMITS } from "./limits.ts";
import { jsonValue } from "./path.ts";
import { pour } from "./pour.ts";
import type { RowCutter } from "./rows.ts";
import type { SourceFile } from "./source-file.ts";

/** Its objects are copied one a line, and read by DuckDB. */
export async function readJson(desk: Desk): Promise<Reading> {
  const { source, ways, engine, copy } = desk;
  const cutter = jsonCutter(source, listsFor(ways));
  const sha256 = await pour(source, {
    async push(bytes) {
      cutter.push(bytes, copy.rows);
      await copy.flush();
    },
    async end() {
      cutter.end(copy.rows);
      await copy.flush();
    },
    taken: () => cutter,
  });
  await engine.run("read_json");
  await engine.set("known", KNOWN_COLUMNS);
  await engine.set("most_spellings", LIMITS.spellings);
  const spelled = (await engine.run("columns_json")).map(({ name }) => String(name));
  assertFewSpellings(source.file, spelled);
  const objects = (await engine.run("first_objects")).flatMap(({ object }) => parsed(String(object)));
  const names = [...new Set(objects.flatMap((object) => Object.keys(object)))].sort();
  const seen = { file: source.file, names, spellings: spellingsOf(spelled), objects, read: jsonValue };
  const choice = choose(seen, ways);
  await handOver(desk, choice.layout, { query: "source_json", copied: cutter.rows });
  return { sha256, choice };
}

/** Names of the fields that may hold the rows of a JSON object. */
function listsFor({ map, format, shapes }: Ways): readonly string[] {
  if (map?.list !== undefined) return [map.list];
  return (format ?? shapes()).flatMap(({ list }) => (list === undefined ? [] : [list]));
}

/** By the name of the file and the first of it: one object a line, a list, an object that holds a list, or objects over several lines. */
function jsonCutter({ isLines, start }: SourceFile, lists: readonly string[]): RowCutter {
  if (isLines) return new JsonLines();
  if (isJsonList(start)) return new JsonList();
  const list = listIn(start, lists);
  if (list !== undefined) return new JsonEnvelope(list);
  return isSpread(start) ? new JsonObjects() : new JsonLines();
}

/** JSON that DuckDB takes and this engine doesn't shows nothing. */
function parsed(text: string): object[] {
  try {
    return [JSON.parse(text) as object];
  } catch {
    return [];
  }
}
