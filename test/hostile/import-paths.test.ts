import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, openSync, readdirSync, symlinkSync, truncateSync, writeSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { command, PROJECT } from "../support/command.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { query } from "../support/fleet.ts";
import { type Folder, folder } from "../support/import-files.ts";

const HEAD = "device_id,region,battery_voltage,signal_strength,update_status\n";
const ROW = "a,EU,12,50,Success\n";

let files: Folder;
let database: TestDatabase;
beforeAll(async () => {
  files = folder();
  database = await freshDatabase();
  files.file("real.csv", HEAD + ROW);
});
afterAll(async () => {
  files.remove();
  await database.drop();
});

const scratchOf = (): string[] => {
  const place = path.join(PROJECT, "data", "local", "import");
  return existsSync(place) ? readdirSync(place).filter((name) => name.startsWith(`.work-${process.pid}-`)) : [];
};

async function refused(from: string, cause: RegExp): Promise<void> {
  const { error } = await command("generate", database.url, { from });
  expect(error).toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(cause),
    remedy: expect.stringMatching(/./),
  });
  expect(scratchOf()).toEqual([]);
  expect(await query(database.url, "SELECT * FROM campaign")).toEqual([]);
}

test.each<[string, (place: string) => string, RegExp]>([
  ["a link to a file", (place) => linked(place, "real.csv", "link.csv"), /it is a link to another place/],
  ["a link to a device that never ends", (place) => linked(place, "/dev/zero", "zero.csv"), /it is a link/],
  ["a link to nothing", (place) => linked(place, "nowhere", "lost.csv"), /it is not there/],
  ["a pipe that nobody writes to", (place) => piped(path.join(place, "pipe.csv")), /it is a pipe or a device/],
  ["a folder", (place) => made(path.join(place, "folder.parquet")), /it is a folder/],
  ["a device", () => "/dev/zero", /does not end in/],
  ["a place below a file", (place) => path.join(place, "real.csv", "x.csv"), /it is not there/],
  ["a pattern", (place) => path.join(place, "*.csv"), /it is not there/],
  ["a deep pattern", (place) => path.join(place, "**", "r?al.csv"), /it is not there/],
  ["a name too long", (place) => path.join(place, `${"x".repeat(5000)}.csv`), /cannot be read/],
  ["a bucket", () => "s3://bucket/fleet.parquet", /it is not there/],
  ["a file above the folder that is not there", () => "../../../../../none/fleet.csv", /it is not there/],
])("%s is refused, and nothing is stored", async (_, from, cause) => refused(from(files.path), cause));

function linked(place: string, target: string, name: string): string {
  symlinkSync(target, path.join(place, name));
  return path.join(place, name);
}

function piped(file: string): string {
  execFileSync("mkfifo", [file]);
  return file;
}

function made(folderName: string): string {
  mkdirSync(folderName);
  return folderName;
}

test("an address is a path that is not there: no server is asked", async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    response.end(HEAD + ROW);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const { port } = server.address() as AddressInfo;
  for (const ending of ["csv", "parquet", "json"])
    await refused(`http://127.0.0.1:${port}/fleet.${ending}`, /it is not there/);
  expect(asked).toBe(0);
  await new Promise((closed) => server.close(closed));
});

test.each(["csv", "ndjson", "json"])("a %s of one endless line is refused in little memory", async (ending) => {
  const file = files.file(`endless.${ending}`, "");
  const handle = openSync(file, "w");
  const start = ending === "csv" ? `${HEAD}a,` : ending === "json" ? '[{"device_id":"' : '{"device_id":"';
  writeSync(handle, start);
  truncateSync(file, 100 * 1024 ** 2);
  const before = process.memoryUsage.rss();
  await refused(file, /holds no device|damaged|has no device_id/);
  expect(process.memoryUsage.rss() - before).toBeLessThan(150e6);
});

test("names with quotes, marks and what looks like a pattern or a folder of a partition are names", async () => {
  const place = path.join(files.path, "region=Mars", 'o\'th*r "[1]" ; --');
  mkdirSync(place, { recursive: true });
  const names = ["fleet [1]*?'.csv", "$(id).csv", "\u202efleet\u001b[31m.csv"];
  for (const [no, name] of names.entries()) {
    const file = files.file(path.join(path.relative(files.path, place), name), HEAD + ROW.replace("a,", `a${no},`));
    const { error, events } = await command("generate", database.url, { from: file, campaign: `c${no}` });
    expect(error).toBeUndefined();
    expect(JSON.stringify(events)).not.toMatch(/\\u001b|\u202e/);
    expect(await query(database.url, "SELECT device_id, region FROM ota_logs")).toEqual([
      { device_id: `a${no}`, region: "EU" },
    ]);
  }
});
