import { mkdirSync, truncateSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { hostileValues } from "../../test/support/hostile.ts";
import {
  type FileReport,
  type Folder,
  folder,
  type ImportFormat,
  type ImportRow,
  known,
  reportsIn,
} from "../../test/support/import-files.ts";
import { bucketOf } from "../domain/bucket.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { type ImportFile, openImport } from "./file.ts";
import { LIMITS } from "./limits.ts";

const FORMATS: readonly ImportFormat[] = ["csv", "ndjson", "json", "parquet"];
const HEAD = "device_id,region,battery_voltage,signal_strength,update_status\n";

let files: Folder;
let opened: ImportFile | undefined;
beforeAll(() => {
  files = folder();
});
afterEach(() => {
  opened?.close();
  opened = undefined;
});
afterAll(() => files.remove());

let places = 0;
function scratch(): string {
  const place = path.join(files.path, `scratch-${++places}`);
  mkdirSync(place);
  return place;
}

async function open(file: string): Promise<ImportFile> {
  opened = await openImport(file, scratch(), known());
  return opened;
}

async function reportsOf(file: ImportFile, size = 100): Promise<FileReport[]> {
  const all: FileReport[] = [];
  for await (const batch of file.batches(size)) all.push(...reportsIn(batch));
  return all;
}

const VALUES = hostileValues(900);
const value = (at: number): string | null => VALUES[at % VALUES.length] ?? null;
const ids = [
  ...new Set(
    VALUES.filter((text): text is string => text !== null && text.trim() !== "" && Buffer.byteLength(text) <= 256),
  ),
];
const FIVE: ImportRow[] = ids.map((device_id, no) => ({
  device_id,
  region: value(no + 1),
  battery_voltage: value(no + 2),
  signal_strength: value(no + 3),
  update_status: no % 3 === 0 ? "Partial" : "Success",
}));
const ALL: ImportRow[] = FIVE.map((row, no) => ({
  ...Object.fromEntries(REPORT_COLUMNS.map((column, at) => [column, value(no + 7 * at)])),
  ...row,
}));

const expected = (rows: readonly ImportRow[]) =>
  rows.map(({ device_id, update_status, ...columns }, at) => ({
    rowNo: at + 1,
    bucket: bucketOf(device_id ?? ""),
    deviceId: device_id,
    updateStatus: update_status,
    ...Object.fromEntries(REPORT_COLUMNS.map((column) => [column, columns[column] ?? null])),
  }));

test.each(FORMATS)(
  "%s: hostile values of the five columns survive to the byte, in the order of the file",
  async (format) => {
    const file = await open(await files.rows("five", format, FIVE));
    expect(file).toMatchObject({ devices: FIVE.length, rejects: [] });
    expect(file.reported).toEqual(["region", "battery_voltage", "signal_strength"]);
    expect(await reportsOf(file)).toEqual(expected(FIVE));
  },
);

test.each(FORMATS)("%s: hostile values of every column survive to the byte", async (format) => {
  const file = await open(await files.rows("all", format, ALL));
  expect(file).toMatchObject({ devices: ALL.length, rejects: [] });
  expect(file.reported).toEqual(REPORT_COLUMNS);
  expect(await reportsOf(file)).toEqual(expected(ALL));
});

test("batches are as large as asked for, whatever the file's own chunks are", async () => {
  const many = Array.from({ length: 2500 }, (_, no) => `d${no},EU,12,50,Success\n`).join("");
  const file = await open(files.file("many.csv", HEAD + many));
  const sizes: number[] = [];
  for await (const batch of file.batches(700)) sizes.push(batch.rows);
  expect(sizes).toEqual([700, 700, 700, 400]);
});

test("columns are found by name, whatever their case, order and company", async () => {
  const text =
    'Update_Status, SIGNAL_STRENGTH ,row_no,reason,battery_voltage,"odd ""name"", indeed",Region,DEVICE_ID\npartial,7,x,y,12,z,EU,a\n SUCCESS ,8,x,y,13,z,EU,b\n';
  const reports = await reportsOf(await open(files.file("order.csv", text)));
  expect(reports).toEqual(
    expected([
      { device_id: "a", region: "EU", battery_voltage: "12", signal_strength: "7", update_status: "Partial" },
      { device_id: "b", region: "EU", battery_voltage: "13", signal_strength: "8", update_status: "Success" },
    ]),
  );
});

test("an empty field is NULL, a quoted empty one is empty, and quotes, breaks and separators are kept", async () => {
  const text = `${HEAD.replace("\n", "\r\n")}a,,"",  ,Partial\r\n"b","x,""y""\r\nz","12.5\n",';DROP,Partial\r\n`;
  const reports = await reportsOf(await open(files.file("quotes.csv", text)));
  expect(
    reports.map(({ region, battery_voltage, signal_strength }) => [region, battery_voltage, signal_strength]),
  ).toEqual([
    [null, "", "  "],
    ['x,"y"\r\nz', "12.5\n", "';DROP"],
  ]);
});

test("a row that looks like a comment, a heading or a title is a row", async () => {
  const rows = "#a,EU,12,50,Success\ndevice_id,region,1,2,Partial\n//,EU,12,50,Success\nb,# no comment,12,50,Partial\n";
  const reports = await reportsOf(await open(files.file("comment.csv", HEAD + rows)));
  expect(reports.map(({ deviceId }) => deviceId)).toEqual(["#a", "device_id", "//", "b"]);
});

test.each([";", "\t", "|"])("columns may be separated by %j", async (delimiter) => {
  const text = `\ufeff${HEAD}a,"x,y;z|\t","12,5",50,Success\nb,EU,12,50,Partial\n`;
  const quoted = text.replace(/"[^"]*"|,/g, (part) => (part === "," ? delimiter : part));
  const reports = await reportsOf(await open(files.file(`d${delimiter.codePointAt(0)}.csv`, quoted)));
  expect(reports.map(({ region, battery_voltage }) => [region, battery_voltage])).toEqual([
    ["x,y;z|\t", "12,5"],
    ["EU", "12"],
  ]);
});

test("rows that can't be stored are told one by one, with the reason; the first of equal ids is kept", async () => {
  const rows = [
    "a,EU,12,50,Success",
    ",EU,12,50,Success",
    '"  ",EU,12,50,Success',
    "a,EU,13,50,Partial",
    "b,EU,12,50,Melted",
    "c,EU,12,50,",
    `${"é".repeat(129)},EU,12,50,Success`,
    "d,EU,1\x002,50,Success",
    "b,EU,12,50,Partial",
    "e\0,EU,12,50,Success",
  ];
  const file = await open(files.file("bad.csv", `${HEAD}${rows.join("\n")}\n`));
  expect(file.rejects).toEqual([
    { rowNo: 2, reason: "it has no device_id", deviceId: null },
    { rowNo: 3, reason: "it has no device_id", deviceId: "  " },
    { rowNo: 4, reason: "its device_id stands in an earlier row", deviceId: "a" },
    { rowNo: 5, reason: "its update_status is neither Success nor Partial", deviceId: "b" },
    { rowNo: 6, reason: "it has no update_status", deviceId: "c" },
    { rowNo: 7, reason: "its device_id is longer than 256 bytes", deviceId: null },
    { rowNo: 8, reason: expect.stringContaining("NUL byte"), deviceId: "d" },
    { rowNo: 10, reason: expect.stringContaining("NUL byte"), deviceId: null },
  ]);
  expect((await reportsOf(file)).map(({ deviceId, updateStatus }) => [deviceId, updateStatus])).toEqual([
    ["a", "Success"],
    ["b", "Partial"],
  ]);
});

test("NUL in JSON is told too, and a number is kept as it is written", async () => {
  const line = (device_id: string, battery_voltage: string) =>
    `{"device_id":"${device_id}","region":null,"battery_voltage":${battery_voltage},"signal_strength":"1","update_status":"Partial"}\n`;
  const file = await open(files.file("nul.ndjson", line("a", '"1\\u00002"') + line("b", "12.25") + line("c", "null")));
  expect(file.rejects).toEqual([{ rowNo: 1, reason: expect.stringContaining("NUL byte"), deviceId: "a" }]);
  expect((await reportsOf(file)).map((report) => report.battery_voltage)).toEqual(["12.25", null]);
});

const FIRST_ROW = "a,EU,12,50,Success\n";
test.each<[string, string, string | Buffer, RegExp]>([
  ["an empty CSV", "empty.csv", "", /empty|damaged|has no device_id/],
  [
    "a CSV without the columns",
    "other.csv",
    "id,volts\n1,2\n",
    /it has no device_id, region, .*; its columns are: id, volts/,
  ],
  [
    "a CSV that lacks one column",
    "four.csv",
    "device_id,region,battery_voltage,signal_strength\na,b,1,2\n",
    /it has no update_status;/,
  ],
  ["a CSV whose first line has a broken quote", "head.csv", `"a"b,${HEAD}`, /of its first line a quote/],
  ["a CSV that has a column twice", "twice.csv", `Region,${HEAD}EU,${FIRST_ROW}`, /it has the column region twice/],
  ["a CSV in UTF-16", "wide.csv", Buffer.from(`\ufeff${HEAD}`, "utf16le"), /it is UTF-16/],
  ["a file larger than may be", "large.csv", "", /more than 68,719,476,736/],
  ["a Parquet file that is none", "text.parquet", HEAD, /damaged or no parquet/],
  ["an empty Parquet file", "empty.parquet", "", /damaged or no parquet/],
  ["a JSON file cut off", "cut.json", '[{"device_id":"a","region":', /damaged or no json/],
  ["JSON that holds no objects", "numbers.json", "[1,2,3]", /can't be imported/],
  ["an unknown kind of file", "fleet.xlsx", "PK", /does not end in \.csv/],
])("%s is refused whole, with exit 2", async (_, name, content, cause) => {
  const file = files.file(name, content);
  if (name === "large.csv") truncateSync(file, LIMITS.file + 1);
  await expect(open(file)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(cause),
    remedy: expect.stringMatching(/./),
  });
});

test("a Parquet file with a damaged page is refused whole", async () => {
  const { readFileSync } = await import("node:fs");
  const bytes = readFileSync(await files.rows("torn", "parquet", FIVE));
  bytes.fill(0xff, 4, bytes.length >> 1);
  await expect(open(files.file("torn.parquet", bytes))).rejects.toMatchObject({ exitCode: 2 });
  await expect(open(files.file("half.parquet", bytes.subarray(0, bytes.length >> 1)))).rejects.toMatchObject({
    exitCode: 2,
  });
});

test("a file that is not there and a folder in a file's place are refused", async () => {
  mkdirSync(path.join(files.path, "folder.csv"), { recursive: true });
  for (const [name, cause] of [
    ["none.csv", /it is not there/],
    ["folder.csv", /it is a folder/],
  ] as const) {
    await expect(open(path.join(files.path, name))).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(cause),
    });
  }
});

test("a name with quotes and patterns is a name, not SQL nor a pattern", async () => {
  files.file("other.csv", `${HEAD}x,EU,12,50,Success\n`);
  const file = await open(files.file("o'th*r [1].csv", HEAD + FIRST_ROW));
  expect((await reportsOf(file)).map(({ deviceId }) => deviceId)).toEqual(["a"]);
});
