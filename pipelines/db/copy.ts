import type pg from "pg";
import { from as copyFrom, to as copyTo } from "pg-copy-streams";

/** Writes a value as a field of COPY's text format. */
export function copyField(value: string | null): string {
  if (value === null) return "\\N";
  return NEEDS_ESCAPE.test(value) ? value.replace(ESCAPED, (character) => ESCAPES[character] ?? character) : value;
}

const NEEDS_ESCAPE = /[\\\t\n\r]/;
const ESCAPED = /[\\\t\n\r]/g;
const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };
const UNESCAPES: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** Reads a field of COPY's text format. */
export function readCopyField(field: string): string | null {
  if (field === "\\N") return null;
  if (!field.includes("\\")) return field;
  return field.replace(/\\(.)/gs, (_, character: string) => UNESCAPES[character] ?? character);
}

/** Bytes as a field of COPY's text format, in PostgreSQL's hexadecimal notation. */
export function copyBytes(bytes: Buffer | null): string {
  return bytes === null ? "\\N" : `\\\\x${bytes.toString("hex")}`;
}

/**
 * Sends lines to a `COPY .. FROM STDIN`. Statements that follow it in the same text run in the same transaction: the server
 * takes one message as one, so a batch and its ledger row cost one round trip. A failed COPY leaves the client unusable.
 */
export function copyIn(client: pg.ClientBase, text: string, lines: string | Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const stream = client.query(copyFrom(text));
    stream.on("error", reject);
    stream.on("finish", resolve);
    stream.end(lines);
  });
}

/**
 * Reads a `COPY .. TO STDOUT` line by line, holding one chunk at a time.
 * @param onLine gets the fields as they stand in the text format; read each with {@link readCopyField}.
 */
export async function copyOut(client: pg.ClientBase, text: string, onLine: (fields: string[]) => void): Promise<void> {
  const stream = client.query(copyTo(text));
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) onLine(line.split("\t"));
  }
}
