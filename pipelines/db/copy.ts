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

/** What a line of COPY can be made of: bytes become a `bytea`. */
export type CopyValue = string | number | Buffer | null;

/** A line of these values. */
export function copyLine(values: readonly CopyValue[]): string {
  return `${values.map(encoded).join("\t")}\n`;
}

function encoded(value: CopyValue): string {
  if (typeof value === "number") return String(value);
  return Buffer.isBuffer(value) ? copyBytes(value) : copyField(value);
}
