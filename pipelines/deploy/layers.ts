import { readFileSync } from "node:fs";
import { gunzipSync, inflateRawSync } from "node:zlib";
import { rowsOf, setVariable, writeDatabase } from "../../loaders/engine.ts";
import { withWorkspace } from "../workspace.ts";

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
const ZIP_ENTRY = Buffer.from("PK\x03\x04", "latin1");
const PARQUET = Buffer.from("PAR1");
const DATA_ADDRESS = /data:[\w/+.;=-]*;base64,([A-Za-z0-9+/=]+)/g;
/** Archives within archives. */
const DEEPEST = 4;
/** Enough for a file within the budget of a site. */
const MEMORY = "200MB";

/** The bytes of a file, and whatever is packed in them: gzip, zip, addresses that hold their data, Parquet. */
export async function layersOf(file: string, content: Buffer, scratch: string): Promise<Buffer[]> {
  const layers = unpack(content, DEEPEST);
  return begins(content, PARQUET) ? [...layers, await parquetText(file, scratch)] : layers;
}

function unpack(content: Buffer, depth: number): Buffer[] {
  if (depth === 0) return [content];
  const data = [...content.toString("latin1").matchAll(DATA_ADDRESS)].map(([, text = ""]) =>
    Buffer.from(text, "base64"),
  );
  return [
    content,
    ...[...gzipped(content), ...zipEntries(content), ...data].flatMap((part) => unpack(part, depth - 1)),
  ];
}

const begins = (content: Buffer, magic: Buffer): boolean => content.subarray(0, magic.length).equals(magic);

function gzipped(content: Buffer): Buffer[] {
  try {
    return begins(content, GZIP) ? [gunzipSync(content)] : [];
  } catch {
    // It only begins like one.
    return [];
  }
}

/** Entries by their local headers, each as far as it can be read. */
function zipEntries(content: Buffer): Buffer[] {
  if (!begins(content, ZIP_ENTRY)) return [];
  const entries: Buffer[] = [];
  for (let at = 0; at >= 0; at = content.indexOf(ZIP_ENTRY, at + 4)) {
    try {
      const body = at + 30 + content.readUInt16LE(at + 26) + content.readUInt16LE(at + 28);
      if (content.readUInt16LE(at + 8) === 8) entries.push(inflateRawSync(content.subarray(body)));
    } catch {
      // No entry after all.
    }
  }
  return entries;
}

function parquetText(file: string, scratch: string): Promise<Buffer> {
  return withWorkspace(scratch, (spill) =>
    writeDatabase(":memory:", { memoryLimit: MEMORY, spill }, async (db) => {
      await setVariable(db, "file", file);
      const sql = readFileSync(new URL("./queries/parquet_rows.sql", import.meta.url), "utf8");
      return Buffer.from((await rowsOf(db, sql)).map(({ line }) => String(line)).join("\n"));
    }),
  );
}
