import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { DuckDBInstance } from "@duckdb/node-api";
import { filesUnder } from "../../pipelines/site/built-pages.ts";

/** What must never be published, by what it is. */
export type Canaries = Readonly<Record<string, string>>;

const PARQUET = Buffer.from("PAR1");
const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const ZIP_ENTRY = Buffer.from("PK\x03\x04", "latin1");
/** Archives within archives. */
const DEEPEST = 4;
const BASE64 = /[A-Za-z0-9+/]{16,}={0,2}/g;

/** Every file below a folder that holds a canary, in any encoding that is known here: `path: what`. */
export async function findCanaries(dir: string, canaries: Canaries): Promise<string[]> {
  const needles = Object.entries(canaries).map(([what, text]) => [what, spellings(text)] as const);
  const found: string[] = [];
  for (const file of await filesUnder(dir)) {
    const content = await readFile(file);
    const layers = [Buffer.from(relative(dir, file)), ...unwrap(content, DEEPEST)];
    if (content.subarray(0, 4).equals(PARQUET)) layers.push(await parquetText(file));
    for (const [what, spelt] of needles) {
      if (layers.some((layer) => spelt.some((needle) => layer.includes(needle))))
        found.push(`${relative(dir, file)}: ${what}`);
    }
  }
  return found;
}

/** A text as bytes, in each way that it may have been written. */
function spellings(text: string): Buffer[] {
  const bytes = Buffer.from(text);
  const quoted = JSON.stringify(text).slice(1, -1);
  const hex = bytes.toString("hex");
  return [
    bytes,
    Buffer.from(text, "utf16le"),
    ...[quoted, encodeURIComponent(text), hex, hex.toUpperCase()].map((spelt) => Buffer.from(spelt)),
  ];
}

/** The bytes themselves, and whatever is packed in them. Base64 is decoded wherever it may begin. */
function unwrap(content: Buffer, depth: number): Buffer[] {
  if (depth === 0) return [content];
  const inner = [...zipEntries(content), ...gzipped(content)];
  const texts = content.toString("latin1").match(BASE64) ?? [];
  const decoded = texts.flatMap((text) => [0, 1, 2, 3].map((skip) => Buffer.from(text.slice(skip), "base64")));
  return [
    content,
    Buffer.concat(decoded),
    ...[...inner, ...decoded.filter(isPacked)].flatMap((part) => unwrap(part, depth - 1)),
  ];
}

const isPacked = (content: Buffer): boolean =>
  [GZIP, ZIP_ENTRY].some((magic) => content.subarray(0, magic.length).equals(magic));

function gzipped(content: Buffer): Buffer[] {
  return content.subarray(0, GZIP.length).equals(GZIP) ? [gunzipSync(content)] : [];
}

/** Entries by their local headers; the bytes after one, where its size is told only behind it, are read as far as they go. */
function zipEntries(content: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  for (let at = content.indexOf(ZIP_ENTRY); at >= 0; at = content.indexOf(ZIP_ENTRY, at + 4)) {
    const begin = at + 30 + content.readUInt16LE(at + 26) + content.readUInt16LE(at + 28);
    if (content.readUInt16LE(at + 8) === 8) entries.push(inflateRawSync(content.subarray(begin)));
  }
  return entries;
}

async function parquetText(file: string): Promise<Buffer> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    await connection.run("SET VARIABLE file = $1", [file]);
    const answer = await connection.runAndReadAll(
      "SELECT to_json(t)::VARCHAR FROM read_parquet(getvariable('file')) t",
    );
    return Buffer.from(answer.getRows().flat().join("\n"));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
