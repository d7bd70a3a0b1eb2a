import { appendFileSync, mkdtempSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Folder } from "./folder.ts";

let place: string;
let wall: number;
let steady: number;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), "sentinel-folder-"));
  wall = Date.now() + 1_000;
  steady = 0;
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const folder = (): Folder => new Folder(place, { wall: () => wall, steady: () => steady });
const at = (name: string): string => join(place, name);

function pass(ms: number): void {
  wall += ms;
  steady += ms;
}

/** Moved there when it is whole; its bytes are older. */
function move(name: string): void {
  writeFileSync(at(".beside"), name);
  utimesSync(at(".beside"), 1, 1);
  renameSync(at(".beside"), at(name));
}

/** The names of files that are whole, each dealt with. */
function taken(from: Folder): string[] {
  const names: string[] = [];
  for (let next = from.next(); next; next = from.next()) {
    names.push(next.file.slice(place.length + 1));
    next.done();
  }
  return names;
}

test("files that were moved there come at once, once, in their order; other names do not come", async () => {
  for (const name of ["b.csv", "a.ndjson", "c.PARQUET"]) {
    move(name);
    await pause(30);
  }
  for (const name of [".hidden.csv", "fleet.csv.part", "notes.txt"]) move(name);
  const files = folder();
  expect(taken(files)).toEqual(["b.csv", "a.ndjson", "c.PARQUET"]);
  pass(60_000);
  expect(taken(files)).toEqual([]);
  expect(files.waiting).toBe(0);
});

test("a file that is written is waited for until it has not changed for two seconds", async () => {
  writeFileSync(at("a.csv"), "1");
  wall = statSync(at("a.csv")).ctimeMs;
  const files = folder();
  for (let step = 0; step < 4; step++) {
    expect(taken(files)).toEqual([]);
    pass(1_500);
    await pause(10);
    appendFileSync(at("a.csv"), "2");
  }
  expect(taken(files)).toEqual([]);
  expect(files.waiting).toBe(1);
  pass(1_999);
  expect(taken(files)).toEqual([]);
  pass(1);
  expect(taken(files)).toEqual(["a.csv"]);
});

test("one that lay there before need not be waited for, and comes again when it has changed", () => {
  writeFileSync(at("a.csv"), "1");
  pass(10_000);
  const files = folder();
  expect(taken(files)).toEqual(["a.csv"]);
  appendFileSync(at("a.csv"), "2");
  expect(taken(files)).toEqual(["a.csv"]);
});

test("one that was not dealt with comes again, and those behind it wait", async () => {
  move("a.csv");
  await pause(30);
  move("b.csv");
  const files = folder();
  for (let look = 0; look < 3; look++) expect(files.next()?.file).toBe(at("a.csv"));
  expect(files.waiting).toBe(2);
  expect(taken(files)).toEqual(["a.csv", "b.csv"]);
});

test("a clock that is set back loses no file: all are looked at again", () => {
  move("a.csv");
  const files = folder();
  expect(taken(files)).toEqual(["a.csv"]);
  wall -= 500;
  expect(taken(files)).toEqual(["a.csv"]);
});

test("a folder that is none is refused by its name", () => {
  place = at("missing");
  expect(() => folder().next()).toThrow(`${place} is no folder.`);
});
