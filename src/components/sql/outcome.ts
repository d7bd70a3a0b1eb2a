/** A value of a result, as tables, plots and CSV take it. */
export type Value = string | number | boolean | null;

export interface OutcomeColumn {
  /** Unlike every other of the result. */
  readonly name: string;
  readonly kind: "number" | "time" | "other";
}

/** What a query gave. */
export interface Outcome {
  readonly columns: readonly OutcomeColumn[];
  readonly rows: readonly Readonly<Record<string, Value>>[];
  /** Whether there are more rows than were read. */
  readonly more: boolean;
  readonly ms: number;
}

/** Rows that are read: enough to look at and to take away, few enough for the page. */
export const MOST_ROWS = 50_000;

// biome-ignore lint/suspicious/noExplicitAny: Arrow's own classes, which come at run time
type Arrow = any;

/** The parts of a connection that are used here. */
export interface Connection {
  send(
    query: string,
    allowStream: boolean,
  ): Promise<AsyncIterable<Arrow> & { schema?: Arrow; open?(): Promise<unknown> }>;
  cancelSent(): Promise<boolean>;
}

/** Asks, and reads the rows as they come, up to the limit. */
export async function readOutcome(connection: Connection, query: string): Promise<Outcome> {
  const started = performance.now();
  const answer = await connection.send(query, true);
  const rows: Record<string, Value>[] = [];
  let fields: readonly Arrow[] = [];
  let more = false;
  for await (const batch of answer) {
    if (fields.length === 0) fields = batch.schema.fields;
    const names = unique(fields.map(({ name }: Arrow) => String(name)));
    const readers = fields.map(({ type }: Arrow) => reader(type));
    for (let at = 0; at < batch.numRows; at += 1) {
      more = rows.length === MOST_ROWS;
      if (more) break;
      const row = names.map((name, no) => [name, readers[no]?.(batch.getChildAt(no)?.get(at)) ?? null]);
      rows.push(Object.fromEntries(row));
    }
    if (more) {
      await connection.cancelSent();
      break;
    }
  }
  fields = fields.length > 0 ? fields : (answer.schema?.fields ?? []);
  const names = unique(fields.map(({ name }: Arrow) => String(name)));
  const columns = fields.map(({ type }: Arrow, no) => ({ name: names[no] ?? "", kind: kindOf(type) }));
  return { columns, rows, more, ms: performance.now() - started };
}

/** A result may have one name twice, a row may not. */
function unique(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let other = name;
    for (let no = 2; seen.has(other); no += 1) other = `${name}_${no}`;
    seen.add(other);
    return other;
  });
}

/** Numbers of Arrow's types: https://arrow.apache.org/docs/js/enums/Arrow_dom.Type.html */
const TYPE = { int: 2, float: 3, binary: 4, date: 8, time: 9, timestamp: 10 } as const;

function kindOf({ typeId }: Arrow): OutcomeColumn["kind"] {
  if (typeId === TYPE.int || typeId === TYPE.float) return "number";
  return typeId === TYPE.date || typeId === TYPE.timestamp ? "time" : "other";
}

function reader({ typeId }: Arrow): (value: unknown) => Value {
  if (typeId === TYPE.date) return (value) => (value === null ? null : momentOf(value).slice(0, 10));
  if (typeId === TYPE.timestamp) return (value) => (value === null ? null : momentOf(value));
  return plain;
}

const momentOf = (value: unknown): string => new Date(Number(value)).toISOString();

function plain(value: unknown): Value {
  if (value === null || value === undefined) return null;
  if (typeof value === "string" || typeof value === "boolean" || typeof value === "number") return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? String(inner) : inner));
}
