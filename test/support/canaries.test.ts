import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findCanaries } from "./canaries.ts";

const CANARY = 'hidden "canary" of /home/é';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sentinel-canaries-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** One entry, as any archiver writes it but for the directory at the end, which the search does without. */
function zip(content: string): Buffer {
  const header = Buffer.alloc(30);
  header.write("PK\u0003\u0004", "latin1");
  header.writeUInt16LE(8, 8);
  header.writeUInt16LE(1, 26);
  return Buffer.concat([header, Buffer.from("a"), deflateRawSync(content), Buffer.from("PK\u0001\u0002 the rest")]);
}

const padded = `what stands before ${CANARY} and after`;
const map = JSON.stringify({ version: 3, sources: ["a.ts"], sourcesContent: [padded], mappings: "AAAA" });

test.each<[string, string | Buffer]>([
  ["page.html", padded],
  ["data.json", JSON.stringify({ padded })],
  ["link.html", `<a href="?q=${encodeURIComponent(padded)}">`],
  ["utf16.csv", Buffer.from(padded, "utf16le")],
  ["hex.txt", Buffer.from(padded).toString("hex").toUpperCase()],
  ["one.txt", Buffer.from(padded).toString("base64")],
  ["two.txt", `x${Buffer.from(padded).toString("base64")}`],
  ["three.txt", `${Buffer.from(`a${padded}`).toString("base64")}`],
  ["bundle.js", `//# sourceMappingURL=data:application/json;base64,${Buffer.from(map).toString("base64")}`],
  ["bundle.js.map", map],
  ["page.html.gz", gzipSync(padded)],
  ["site.zip", zip(padded)],
  ["gzip-in-base64.js", `const data = "${gzipSync(padded).toString("base64")}"`],
  ["zip-of-gzip.txt", gzipSync(zip(padded))],
  [`name of ${CANARY.replaceAll("/", "")}`, ""],
])("the search finds a canary in %s", async (name, content) => {
  const dir = mkdtempSync(join(folder, "case-"));
  mkdirSync(join(dir, "deep"));
  writeFileSync(join(dir, "deep", name), content);
  writeFileSync(join(dir, "clean.txt"), "nothing here");
  const canary = content === "" ? CANARY.replaceAll("/", "") : CANARY;
  expect(await findCanaries(dir, { canary, other: "not anywhere" })).toEqual([`deep/${name}: canary`]);
});

test("the search finds a canary in a Parquet file, compressed and in a nested column", async () => {
  const dir = mkdtempSync(join(folder, "parquet-"));
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("SET VARIABLE canary = $1", [CANARY]);
  const rows = "SELECT {'list': [getvariable('canary'), 'x']} AS a FROM range(5000)";
  await connection.run(`COPY (${rows}) TO '${join(dir, "part")}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
  expect(await findCanaries(dir, { canary: CANARY })).toEqual(["part: canary"]);
});
