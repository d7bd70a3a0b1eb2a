/**
/**
 * The one door between the pages and the warehouse: every mart as data/marts/NAME.json, .csv, .parquet and .sql, what describes them all, and
 * the outlines of its regions as world.json. One process for all of them, because Framework runs doors one after another.
 */

import { toCsv } from "sentinel-ota/domain";
import { martSql, readMarts } from "../../loaders/mart.ts";
import type { Campaign } from "../components/rows.ts";
import { dataPackage } from "./data-package.ts";
import { type DescribedMart, dictionary } from "./dictionary.ts";
import { type TarEntry, tar } from "./tar.ts";
import { world } from "./world.ts";

async function main(): Promise<void> {
  const warehouse = process.env.SENTINEL_WAREHOUSE;
  if (!warehouse) throw new Error("SENTINEL_WAREHOUSE names no warehouse: `npm run dev` and `npm run build` set it");
  const marts = (await readMarts(warehouse)).map(({ header, rows, parquet }): DescribedMart => {
    const { name, columns } = header;
    const names = columns.map((column) => column.name);
    const files: TarEntry[] = [
      { name: `${name}.csv`, content: Buffer.from(toCsv(rows, names)) },
      { name: `${name}.json`, content: Buffer.from(toJson(rows)) },
      { name: `${name}.parquet`, content: parquet },
      { name: `${name}.sql`, content: Buffer.from(martSql(name)) },
    ];
    return { header, rows, files };
  });
  const rowsOf = (name: string) => marts.find(({ header }) => header.name === name)?.rows ?? [];
  const campaign = rowsOf("campaign_summary")[0] as Campaign | undefined;
  const described = [
    { name: "dictionary.json", content: Buffer.from(toJson(dictionary(marts))) },
    { name: "datapackage.json", content: Buffer.from(toJson(dataPackage(marts, campaign), 2)) },
    { name: "world.json", content: Buffer.from(JSON.stringify(world(rowsOf("region_place")))) },
  ];
  process.stdout.write(tar([...marts.flatMap(({ files }) => files), ...described]));
}

/** Escaped, so that the text stays inert wherever it is put into a page. */
function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent)
    .replaceAll("<", "\\u003c")
    .replaceAll("\u2028", "\\u2028")
    .replaceAll("\u2029", "\\u2029");
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
