import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { takePlace } from "./place.ts";

const SCRIPT = fileURLToPath(new URL("../../test/support/place-child.ts", import.meta.url));
const TOGETHER = 6;
const ROUNDS = 60;

let home: string;
const children: ChildProcess[] = [];
beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), "sentinel-place-"));
  for (let no = 0; no < TOGETHER; no++) children.push(fork(SCRIPT, { execArgv: ["--import", "tsx"] }));
  await Promise.all(children.map((child) => once(child, "message")));
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(home, { recursive: true });
});

/** Has all of them try at the same moment, and returns what they say. */
async function race(folder: string): Promise<string[]> {
  const at = performance.timeOrigin + performance.now() + 15;
  const answers = children.map((child) => once(child, "message"));
  for (const child of children) child.send({ folder, at });
  return (await Promise.all(answers)).map(([answer]) => String(answer)).sort();
}

const ONE_OF_THEM = [...Array<string>(TOGETHER - 1).fill("refused"), "taken"];

test("of many that start at the same moment exactly one takes the place, the first there is or that of a dead one", async () => {
  const { pid } = spawnSync(process.execPath, ["--version"]);
  for (let round = 0; round < ROUNDS; round++) {
    const folder = path.join(home, String(round));
    mkdirSync(folder);
    const isFirst = round % 2 === 0;
    if (!isFirst) writeFileSync(path.join(folder, "watch-place-7.json"), JSON.stringify({ pid, taken_at: new Date() }));
    expect(await race(folder), `round ${round}`).toEqual(ONE_OF_THEM);
    expect(readdirSync(folder)).toEqual([`watch-place-${isFirst ? 1 : 8}.json`]);
  }
});

test("who was slow and made a place again that others had left behind gives it up", () => {
  const folder = path.join(home, "slow");
  mkdirSync(folder);
  const hold = (place: number, pid: number): void =>
    writeFileSync(path.join(folder, `watch-place-${place}.json`), JSON.stringify({ pid, taken_at: new Date() }));
  hold(1, 111);
  const keeps = ({ pid }: { pid: number }): boolean => {
    // Meanwhile a second watcher came and went, and a third one lives.
    if (pid === 111) {
      rmSync(path.join(folder, "watch-place-1.json"));
      hold(3, 333);
    }
    return pid === 333;
  };
  expect(() => takePlace(folder, new Date(), keeps)).toThrow("This checkout has a watcher already: process 333.");
  expect(readdirSync(folder)).toEqual(["watch-place-3.json"]);
});
