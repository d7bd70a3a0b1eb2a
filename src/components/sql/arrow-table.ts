import type { DictionaryColumn } from "../dictionary-rows.js";

type Row = Readonly<Record<string, unknown>>;
/** The classes of Apache Arrow that the engine's own module gives. */
// biome-ignore lint/suspicious/noExplicitAny: it comes from the site's own copy at run time, which the compiler does not see
type Arrow = any;

/** Rows as an Arrow table with a mart's columns. Made by hand: Arrow's own builders make code of text, which the page's policy refuses. */
export function toTable(arrow: Arrow, columns: readonly DictionaryColumn[], rows: readonly Row[]): Arrow {
  const fields = columns.map(({ name, type }) => new arrow.Field(name, arrowType(arrow, type), true));
  const children = columns.map(({ name, type }) =>
    arrow.makeData(
      column(
        arrow,
        type,
        rows.map((row) => row[name]),
      ),
    ),
  );
  const schema = new arrow.Schema(fields);
  const data = arrow.makeData({ type: new arrow.Struct(fields), length: rows.length, nullCount: 0, children });
  return new arrow.Table(schema, new arrow.RecordBatch(schema, data));
}

function arrowType(arrow: Arrow, type: string): Arrow {
  switch (type) {
    case "VARCHAR":
      return new arrow.Utf8();
    case "INTEGER":
      return new arrow.Int32();
    case "DOUBLE":
      return new arrow.Float64();
    case "BOOLEAN":
      return new arrow.Bool();
    default:
      throw new Error(`a mart has a column of the type ${type}, which this page does not know`);
  }
}

function column(arrow: Arrow, type: string, values: readonly unknown[]): Record<string, unknown> {
  const isThere = (value: unknown): boolean => value !== null && value !== undefined;
  const common = {
    type: arrowType(arrow, type),
    length: values.length,
    nullCount: values.filter((value) => !isThere(value)).length,
    nullBitmap: bits(values, isThere),
  };
  if (type === "VARCHAR") return { ...common, ...utf8(values) };
  if (type === "BOOLEAN") return { ...common, data: bits(values, (value) => value === true) };
  const numbers = values.map(Number);
  return { ...common, data: type === "INTEGER" ? Int32Array.from(numbers) : Float64Array.from(numbers) };
}

/** One bit a value, the lowest first. */
function bits(values: readonly unknown[], isSet: (value: unknown) => boolean): Uint8Array {
  const packed = new Uint8Array(Math.ceil(values.length / 64) * 8);
  for (const [at, value] of values.entries())
    if (isSet(value)) packed[at >> 3] = (packed[at >> 3] ?? 0) | (1 << (at & 7));
  return packed;
}

function utf8(values: readonly unknown[]): { data: Uint8Array; valueOffsets: Int32Array } {
  const encoder = new TextEncoder();
  const texts = values.map((value) => encoder.encode(value === null || value === undefined ? "" : String(value)));
  const valueOffsets = new Int32Array(values.length + 1);
  for (const [at, text] of texts.entries()) valueOffsets[at + 1] = (valueOffsets[at] ?? 0) + text.length;
  const data = new Uint8Array(valueOffsets[values.length] ?? 0);
  for (const [at, text] of texts.entries()) data.set(text, valueOffsets[at]);
  return { data, valueOffsets };
}
