import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { giveName } from "./refresh.ts";

/** A file system in memory, which Linux has beside that of temporary files. */
const ELSEWHERE = "/dev/shm";

const folders: string[] = [];
const newFolder = async (parent: string): Promise<string> => {
  const folder = await mkdtemp(join(parent, "sentinel-name-"));
  folders.push(folder);
  return folder;
};

let file: string;
beforeEach(async () => {
  file = join(await newFolder(tmpdir()), "file");
  await writeFile(file, "content");
});
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

test("a file gets another name, and is not copied for it", async () => {
  const name = join(await newFolder(tmpdir()), "name");
  await giveName(file, name);
  expect((await stat(name)).ino).toBe((await stat(file)).ino);
});

test.skipIf(!existsSync(ELSEWHERE))("on another file system it is copied", async () => {
  const name = join(await newFolder(ELSEWHERE), "name");
  await giveName(file, name);
  expect((await stat(name)).nlink).toBe(1);
  expect(await readFile(name, "utf8")).toBe("content");
});

test("where neither can be, it says why", async () => {
  await expect(giveName(join(file, "missing"), `${file}.name`)).rejects.toThrow(/ENOTDIR|ENOENT/);
});
