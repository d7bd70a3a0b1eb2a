import { readFileSync, symlinkSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SEED } from "../../test/hostile/extent.ts";
import { type Folder, folder, type ImportFormat, known } from "../../test/support/import-files.ts";
import { ALIASES, guessed } from "./guess.ts";
import type { Wanted } from "./map-file.ts";
import { jsonValue, parsePath } from "./path.ts";

let files: Folder;
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const imported = (file: string, wanted?: Wanted) => files.imported(file, wanted);

const map = (name: string, content: unknown): string => files.file(`${name}.map.json`, JSON.stringify(content));

const ROWS = [
  { Serial: "a", "Batt $": "12.9", sig: "70", outcome: "done", when: "1772359200", odd: "x" },
  { Serial: "b", "Batt $": null, sig: "-999", outcome: " STUCK ", when: "soon", odd: "y" },
  { Serial: "c", "Batt $": "12,1", sig: "", outcome: "melted", when: null, odd: "z" },
];
const MAP = {
  columns: {
    device_id: "Serial",
    battery_voltage: "Batt $",
    signal_strength: "sig",
    update_status: "outcome",
    reported_at: "when",
  },
  constants: { region: 'Europe\'s "north"', model: "M-1" },
  words: [
    { word: "done", update_status: "Success", last_stage: "SUCCEEDED" },
    { word: "stuck", update_status: "Partial", last_stage: "INSTALLING", error_code: "low_battery" },
  ],
};

test.each<ImportFormat>(["csv", "ndjson", "json", "parquet"])("%s of any columns is read by a map", async (format) => {
  const file = await imported(await files.rows("any", format, ROWS), { map: map("any", MAP) });
  const common = { region: 'Europe\'s "north"', model: "M-1", storage_free_mb: null, hardware: null };
  expect(file.reports).toMatchObject([
    {
      ...common,
      ...{ deviceId: "a", battery_voltage: "12.9", signal_strength: "70", updateStatus: "Success" },
      ...{ last_stage: "SUCCEEDED", error_code: null, reported_at: "2026-03-01T10:00:00Z" },
    },
    {
      ...common,
      ...{ deviceId: "b", battery_voltage: null, signal_strength: "-999", updateStatus: "Partial" },
      ...{ last_stage: "INSTALLING", error_code: "low_battery", reported_at: "soon" },
    },
    {
      ...common,
      ...{ deviceId: "c", battery_voltage: "12,1", signal_strength: "", updateStatus: "Partial" },
      ...{ last_stage: "melted", error_code: null, reported_at: null },
    },
  ]);
  expect(file.unknown).toEqual({ words: 1, devices: 1, shown: [{ word: "melted", devices: 1 }] });
  expect(file.reported).toEqual([
    ...["region", "model", "last_stage", "error_code", "battery_voltage", "signal_strength", "reported_at"],
  ]);
});

test("a map without words takes Success and Partial alone; one without battery and signal is enough", async () => {
  const text = "Serial,outcome\na,partial\nb,Success\nc,done\n";
  const columns = { device_id: "serial", update_status: "outcome" };
  const file = await imported(files.file("plain.csv", text), { map: map("plain", { columns }) });
  expect(file.reports.map(({ deviceId, updateStatus }) => [deviceId, updateStatus])).toEqual([
    ["a", "Partial"],
    ["b", "Success"],
  ]);
  expect(file.rejects).toMatchObject([{ rowNo: 3, reason: "its update_status is neither Success nor Partial" }]);
  expect(file.reported).toEqual([]);
});

test("paths lead into objects and lists, and to names that are none of SQL's; several are tried in order", async () => {
  const rows = [
    { meta: { 'o\'id "x"': "a" }, v: [{ volts: 12.5 }], s: "Success" },
    { alt: "b", v: [{ volts: "12.50" }], s: "Partial" },
  ];
  const columns = {
    device_id: ['$.meta."o\'id \\"x\\""', "alt"],
    battery_voltage: "$.v[0].volts",
    update_status: "s",
  };
  const file = await imported(files.file("deep.json", JSON.stringify({ fleet: rows })), {
    map: map("deep", { list: "fleet", columns }),
  });
  expect(file.reports).toMatchObject([
    { deviceId: "a", battery_voltage: "12.5" },
    { deviceId: "b", battery_voltage: "12.50" },
  ]);
});

test("a map without device_id adds telemetry and words to the format of a vendor", async () => {
  const target = (controllerId: string, updateStatus: string, volts: string) => ({
    ...{ controllerId, updateStatus, attributes: { volts, site: "India" } },
  });
  const from = files.file(
    "attributes.json",
    JSON.stringify({
      content: [target("a", "error", "12.7"), target("b", "bricked", "-1"), target("c", "in_sync", "x")],
    }),
  );
  const added = {
    columns: { battery_voltage: "$.attributes.volts", region: "$.attributes.site" },
    words: [{ word: "Bricked", update_status: "Partial", last_stage: "REBOOTING", error_code: "power_loss" }],
  };
  const file = await imported(from, { map: map("attributes", added) });
  expect(file.reported).toEqual(expect.arrayContaining(["region", "battery_voltage", "last_stage"]));
  expect(file.reports).toMatchObject([
    { deviceId: "a", region: "India", battery_voltage: "12.7", last_stage: "INSTALLING" },
    { deviceId: "b", region: "India", battery_voltage: "-1", last_stage: "REBOOTING", error_code: "power_loss" },
    { deviceId: "c", region: "India", battery_voltage: "x", updateStatus: "Success" },
  ]);
  const plain = await imported(from);
  expect(plain.sha256).not.toBe(file.sha256);
  expect(plain.sha256).toBe((await imported(from, { format: "hawkbit" })).sha256);
});

test("a guess that is whole and leaves no doubt is shown and used", async () => {
  const text = "Serial Number,Zone,VBAT,Signal,Status,Last Seen\na,EU,12.9,70,Partial,1772359200\n";
  const file = await imported(files.file("guess.csv", text));
  expect(file.guess).toBe(
    '{"columns":{"device_id":"Serial Number","update_status":"Status","region":"Zone","battery_voltage":"VBAT","signal_strength":"Signal","reported_at":"Last Seen"}}',
  );
  expect(file.notes).toEqual([expect.stringContaining(file.guess as string)]);
  expect(file.reports).toMatchObject([
    { deviceId: "a", region: "EU", battery_voltage: "12.9", reported_at: "2026-03-01T10:00:00Z" },
  ]);
  const again = await imported(files.file("guess.csv", text), {
    map: files.file("guess.map.json", file.guess as string),
  });
  expect(again.reports).toEqual(file.reports);
});

test.each<[string, string, RegExp, RegExp]>([
  [
    "what is not there",
    "serial,zone,status\na,EU,Partial\n",
    /has no device_id, region, .*columns are: serial, zone/,
    /"region":"zone"/,
  ],
  [
    "what could be two columns",
    "serial,uuid,zone,vbat,signal,status\na,b,EU,12,50,Partial\n",
    /several of its columns could be device_id/,
    /--map map\.json.*"update_status":"status"/,
  ],
  [
    "signal in dBm",
    "serial,zone,vbat,rssi,status\na,EU,12,-70,Partial\n",
    /has no device_id, .*signal_strength/,
    /"battery_voltage":"vbat"/,
  ],
])("a guess stops at %s, and shows how far it came", async (name, text, cause, remedy) => {
  const from = files.file(`${name}.csv`, text);
  await expect(imported(from)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(cause),
    remedy: expect.stringMatching(remedy),
  });
});

test("no name is usual for two columns", () => {
  const all = Object.values(ALIASES).flat();
  expect(new Set(all).size).toBe(all.length);
  for (const [column, names] of Object.entries(ALIASES))
    for (const name of names) expect(guessed([name]).columns).toEqual({ [column]: name });
});

test.each<[string, unknown, RegExp]>([
  ["no object", [], /it must be an object with "columns"/],
  ["a word that means nothing", { colums: {} }, /"colums" means nothing; write list, columns, constants/],
  ["no status", { columns: { device_id: "Serial" } }, /says no "update_status"/],
  ["a column that the file lacks", { columns: { ...MAP.columns, model: "type" } }, /names type, which it has not/],
  ["a path in a CSV", { columns: { ...MAP.columns, model: "$.a.b" } }, /names a\.b, which it has not/],
  ["an id for all", { columns: {}, constants: { device_id: "a" } }, /no use for "device_id"/],
  ["neither id nor format", { columns: { region: "odd" } }, /formats of other tools are JSON/],
])("a map with %s is refused, with what to write", async (name, content, cause) => {
  const from = await files.rows("refused", "csv", ROWS);
  await expect(imported(from, { map: map(name, content) })).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(cause),
    remedy: expect.stringMatching(/./),
  });
});

test("a map is a regular file of JSON at the very place that was named", async () => {
  const from = await files.rows("place", "csv", ROWS);
  symlinkSync(map("real", MAP), path.join(files.path, "link.json"));
  const bad = [
    [path.join(files.path, "link.json"), /it is a link/],
    [path.join(files.path, "none.json"), /it is not there/],
    [files.path, /it is a folder/],
    [files.file("torn.json", '{"columns":'), /it is no map/],
    [files.file("long.json", " ".repeat(1_000_001)), /longer than 1,000,000 bytes/],
  ] as const;
  for (const [place, cause] of bad) {
    const refused = {
      exitCode: 2,
      message: expect.stringMatching(cause),
      remedy: expect.not.stringContaining("--from"),
    };
    await expect(imported(from, { map: place })).rejects.toMatchObject(refused);
  }
  await expect(imported(from, { format: "mainframe" })).rejects.toMatchObject({
    exitCode: 2,
    message: 'There is no format "mainframe".',
    remedy: expect.stringContaining("mender-devices"),
  });
});

test("whatever a path says, it is refused or one value of a row", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom("$", ".", '"', "\\", "[", "0", "]", "'", "a") }),
  );
  fc.assert(
    fc.property(text, (given) => {
      const parsed = parsePath(given);
      if (!parsed) return;
      const expression = jsonValue(parsed);
      // One literal, of which no quote leads out.
      expect(expression.replaceAll("''", "")).toMatch(/^\(object ->> '[^']*'\)$/s);
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test("every name that is usual for a column is in the docs, and every format", () => {
  const docs = readFileSync(path.resolve(import.meta.dirname, "../../docs/import.md"), "utf8");
  for (const [column, names] of Object.entries(ALIASES)) expect(docs).toContain(`\`${column}\` as ${names.join(", ")}`);
  for (const { name } of known().shapes()) expect(docs).toContain(`| \`${name}\` |`);
});
