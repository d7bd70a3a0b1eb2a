import { choose } from "./choose.ts";
import { spellingsOf } from "./columns.ts";
import type { Desk, Reading } from "./desk.ts";
import { handOver } from "./hand-over.ts";
import { LIMITS } from "./limits.ts";
import { type Path, placeOf } from "./path.ts";
import { pour } from "./pour.ts";
import { readCsv } from "./read-csv.ts";
import { readJson } from "./read-json.ts";
import type { SourceFile } from "./source-file.ts";

/** Has the rows of a file judged and written as records. */
export const READ: Readonly<Record<SourceFile["format"], (desk: Desk) => Promise<Reading>>> = {
  csv: readCsv,
  json: readJson,
  parquet: readParquet,
};

async function readParquet(desk: Desk): Promise<Reading> {
  const { source, ways, engine } = desk;
  const { file } = source;
  const sha256 = await pour(source);
  const names = (await engine.run("columns_parquet")).map(({ name }) => String(name));
  const read = (path: Path) => {
    const at = placeOf(names, path);
    return at === undefined ? undefined : `CAST("${names[at]?.replaceAll('"', '""')}" AS VARCHAR)`;
  };
  const choice = choose({ file, names, spellings: spellingsOf(names), read }, ways);
  await engine.set("most_rows", LIMITS.rows);
  await handOver(desk, choice.layout, { query: "read_parquet" });
  return { sha256, choice };
}
