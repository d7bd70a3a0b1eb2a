/**
 * The one door between the pages and the warehouse: every mart as data/marts/NAME.json, .csv and .sql, and the outlines of its regions
 * as data/marts/world.json. One process for all of them, because Framework runs doors one after another.
 */
import { MARTS, martSql, readMart } from "../../loaders/mart.ts";
import { toCsv } from "../components/csv.ts";
import { type TarEntry, tar } from "./tar.ts";
import { world } from "./world.ts";

async function main(): Promise<void> {
  const warehouse = process.env.SENTINEL_WAREHOUSE;
  if (!warehouse) throw new Error("SENTINEL_WAREHOUSE names no warehouse: `npm run dev` and `npm run build` set it");
  const files = await Promise.all(
    MARTS.map(async ({ name, columns }): Promise<TarEntry[]> => {
      const rows = await readMart(warehouse, name);
      const header = columns.map((column) => column.name);
      return [
        { name: `${name}.json`, text: toJson(rows) },
        { name: `${name}.csv`, text: toCsv(rows, header) },
        { name: `${name}.sql`, text: martSql(name) },
      ];
    }),
  );
  const outlines = { name: "world.json", text: JSON.stringify(world(await readMart(warehouse, "region_place"))) };
  process.stdout.write(tar([...files.flat(), outlines]));
}

/** Escaped, so that the text stays inert wherever it is put into a page. */
function toJson(rows: readonly Record<string, unknown>[]): string {
  return JSON.stringify(rows)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
