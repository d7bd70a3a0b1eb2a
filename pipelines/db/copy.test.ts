import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { copyBytes, copyField, readCopyField } from "./copy.ts";
import { copyIn } from "./copy-in.ts";
import { CopyLines } from "./copy-lines.ts";
import { copyOut } from "./copy-out.ts";

const VALUES = [
  ...hostileValues(3000),
  "\b\f\v",
  "\\t",
  "\\\\N",
  "a\tb\nc\rd\\e",
  "\\x41",
  "\u{10ffff}",
  "é".repeat(70_000),
];

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());

async function store(client: pg.Client): Promise<void> {
  await client.query("CREATE TEMP TABLE t (no int, v text, b bytea)");
  const line = (value: string | null, no: number) =>
    `${no}\t${copyField(value)}\t${copyBytes(value === null ? null : Buffer.from(value))}\n`;
  await copyIn(client, [{ into: "COPY t FROM STDIN", lines: Buffer.from(VALUES.map(line).join("")) }]);
}

/** The first column of a query. */
async function texts(client: pg.Client, query: string): Promise<(string | null)[]> {
  const read: (string | null)[] = [];
  await copyOut(client, `COPY (${query}) TO STDOUT`, (bytes, from, to) =>
    read.push(readCopyField(bytes.toString("utf8", from, to))),
  );
  return read;
}

test("hostile text goes through a real COPY, in and out, to the byte", () =>
  session(database.url, async (client) => {
    await store(client);
    const { rows } = await client.query<{ v: string | null }>("SELECT v FROM t ORDER BY no");
    expect(rows.map(({ v }) => v)).toEqual(VALUES);
    expect(await texts(client, "SELECT v FROM t ORDER BY no")).toEqual(VALUES);
  }));

test("a byte order mark at the very beginning is part of the first value", () =>
  session(database.url, async (client) => {
    expect(await texts(client, "VALUES (E'\\uFEFFDEV-1'), (E'\\uFEFF')")).toEqual(["\ufeffDEV-1", "\ufeff"]);
  }));

test("bytes go through COPY as they are, beside the text that they spell", () =>
  session(database.url, async (client) => {
    await store(client);
    const { rows } = await client.query("SELECT no FROM t WHERE b IS DISTINCT FROM convert_to(v, 'UTF8')");
    expect(rows).toEqual([]);
  }));

test("what copyOut reads, copyIn stores again unchanged", () =>
  session(database.url, async (client) => {
    await store(client);
    const lines: Buffer[] = [];
    await copyOut(client, "COPY t TO STDOUT", (bytes, from, to) =>
      lines.push(Buffer.concat([bytes.subarray(from, to), Buffer.from("\n")])),
    );
    await client.query("CREATE TEMP TABLE again (LIKE t)");
    await copyIn(client, [{ into: "COPY again FROM STDIN", lines: Buffer.concat(lines) }]);
    const { rows } = await client.query("(TABLE t EXCEPT ALL TABLE again) UNION ALL (TABLE again EXCEPT ALL TABLE t)");
    expect(rows).toEqual([]);
  }));

test("lines are gathered to the byte: values escaped, numbers, bytes as they are, however much there is", () =>
  session(database.url, async (client) => {
    const lines = new CopyLines();
    expect(lines.isEmpty).toBe(true);
    const encoded = Buffer.from("before\t-7\tün\\tter\tafter");
    for (const [no, value] of VALUES.entries()) {
      lines.add([no, value]);
      // From amid other bytes, with what ends the line.
      lines.addBytes(encoded, 7, encoded.length - 6, Buffer.from(`${no}\n`));
    }
    expect(lines.isEmpty).toBe(false);
    await client.query("CREATE TEMP TABLE gathered (no int, v text)");
    await copyIn(client, [{ into: "COPY gathered FROM STDIN", lines: lines.bytes() }]);
    expect(await texts(client, "SELECT v FROM gathered WHERE no >= 0 ORDER BY no")).toEqual(VALUES);
    const wanted = VALUES.map((_, no) => `ün\tter${no}`);
    expect(await texts(client, "SELECT v FROM gathered WHERE no = -7 ORDER BY substr(v, 7)::int")).toEqual(wanted);
  }));
