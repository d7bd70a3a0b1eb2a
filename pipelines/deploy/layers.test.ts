import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { writeDatabase } from "../../loaders/engine.ts";
import { layersOf } from "./layers.ts";

const TEXT = "what nobody should read";
const ATTACHED = `<a href="data:application/gzip;base64,${gzipSync(TEXT).toString("base64")}">x</a>`;

async function layers(content: Buffer): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-layers-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "file"), content);
  return Buffer.concat(await layersOf(join(folder, "file"), content, folder)).toString();
}

test.each([
  ["plain", Buffer.from(TEXT)],
  ["packed twice", gzipSync(gzipSync(TEXT))],
  ["in an address that holds its data", Buffer.from(ATTACHED)],
])("a text is found %s", async (_, content) => {
  expect(await layers(content)).toContain(TEXT);
});

test("a text is found in Parquet", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sentinel-layers-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "mart.parquet");
  await writeDatabase(":memory:", { memoryLimit: "100MB", spill: folder }, async (db) => {
    await db.run("SET VARIABLE target = $1", [file]);
    await db.run(
      `COPY (SELECT repeat(md5((i % 7)::VARCHAR), 20) || '${TEXT}' AS said FROM range(5000) r(i)) TO (getvariable('target')) (FORMAT parquet, COMPRESSION zstd)`,
    );
  });
  expect(readFileSync(file).includes(TEXT)).toBe(false);
  expect(await layers(readFileSync(file))).toContain(TEXT);
});

test("what only begins like an archive is left as it is", async () => {
  expect(await layers(Buffer.from([0x1f, 0x8b, 0x08, 1, 2]))).toHaveLength(5);
  expect(await layers(Buffer.from("PK\x03\x04 and no more", "latin1"))).toContain("and no more");
});
