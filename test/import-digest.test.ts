import { expect, test } from "vitest";
import { done } from "./support/command.ts";
import { freshDatabase, keptDatabases } from "./support/database.ts";
import { digestOf, query } from "./support/fleet.ts";
import { folder } from "./support/import-files.ts";

/** What this file came to when imports were first stored row by row: how they are read must never change what is stored. */
const DIGEST = "3b45828b45860a216d24b14d8c28c8a6f71dcb64e88a3450d81c84b442de1f9f";

const HEAD = "Device_ID,region,battery_voltage,signal_strength,update_status,firmware_reported,firmware_to,reported_at";
const REGIONS = ["EU", "India", "Zürich"];
const plain = Array.from({ length: 600 }, (_, no) => {
  const id = no % 3 === 0 ? `dev ${no}` : `DEV-${(no * 7919).toString(16).padStart(8, "0")}`;
  const volts = no % 5 === 0 ? "" : no / 10;
  return `${id},${REGIONS[no % 3]},${volts},${no % 101},${no % 2 === 0 ? "Partial" : " success "},4.${no % 4}.0,4.1.0,UNKNOWN\\${no % 9}`;
});
const odd = [
  '"q""1", "India" ,"12.5\n",50,PARTIAL,,"",x',
  '"two\r\nlines","",  ,-999,Success,4.1.0,V4.1.0 ,\\N',
  "",
  "dev 0,EU,1,1,Success,,,",
  ",EU,1,1,Success,,,",
  "n\0ul,EU,1,1,Success,,,",
  "short,EU",
  'ümlaut\t,a"b,NaN,\u{1f50b},pArTiAl,3,4,',
];

const keep = keptDatabases();

test("a CSV with all that may be in one has the digest and the rejects that it always had", async () => {
  const files = folder();
  const { url } = keep(await freshDatabase());
  const from = files.file("golden.csv", `${[HEAD, ...plain, ...odd].join("\r\n")}\n`);
  await done("generate", url, { from, batchSize: 100 });
  files.remove();
  expect(await query(url, "SELECT row_no::int, reason, device_id FROM import_reject ORDER BY row_no")).toEqual([
    { row_no: 603, reason: "its device_id stands in an earlier row", device_id: "dev 0" },
    { row_no: 604, reason: "it has no device_id", device_id: null },
    { row_no: 605, reason: "a value holds a NUL byte, which PostgreSQL cannot store", device_id: null },
    { row_no: 606, reason: "it has fewer columns than the first line", device_id: null },
  ]);
  expect(await digestOf(url)).toBe(DIGEST);
});
