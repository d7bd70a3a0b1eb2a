/**
 * The one door between the pages and the warehouse: every mart as data/marts/NAME.json, .csv and .sql. One process for all of
 * them, because Framework runs doors one after another.
 */
import { MARTS, martSql, readMart } from "../../loaders/mart.ts";
import { toCsv } from "../components/csv.ts";
import { type TarEntry, tar } from "./tar.ts";

const warehouse = process.env.SENTINEL_WAREHOUSE;
if (!warehouse) {
  console.error("SENTINEL_WAREHOUSE names no warehouse. Run `npm run dev` or `npm run build`: they set it.");
  process.exit(1);
}

const entries: TarEntry[] = [];
for (const { name, columns } of MARTS) {
  const rows = await readMart(warehouse, name);
  const names = columns.map((column: string | { name: string }) => (typeof column === "string" ? column : column.name));
  entries.push(
    { name: `${name}.json`, text: toJson(rows) },
    { name: `${name}.csv`, text: toCsv(rows, names) },
    { name: `${name}.sql`, text: await martSql(name) },
  );
}
process.stdout.write(tar(entries));

/** Escaped, so that the text stays inert wherever it is put into a page. */
function toJson(rows: readonly Record<string, unknown>[]): string {
  return JSON.stringify(rows, (_, value) => (typeof value === "bigint" ? Number(value) : value))
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}
