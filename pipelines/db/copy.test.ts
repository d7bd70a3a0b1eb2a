import type pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { copyBytes, copyField, copyIn, copyOut, readCopyField } from "./copy.ts";

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
  await copyIn(client, "COPY t FROM STDIN", VALUES.map(line).join(""));
}

test("hostile text goes through a real COPY, in and out, to the byte", () =>
  session(database.url, async (client) => {
    await store(client);
    const { rows } = await client.query<{ v: string | null }>("SELECT v FROM t ORDER BY no");
    expect(rows.map(({ v }) => v)).toEqual(VALUES);
    const read: (string | null)[] = [];
    await copyOut(client, "COPY (SELECT v FROM t ORDER BY no) TO STDOUT", ([field = ""]) =>
      read.push(readCopyField(field)),
    );
    expect(read).toEqual(VALUES);
  }));

test("a byte order mark at the very beginning is part of the first value", () =>
  session(database.url, async (client) => {
    const read: (string | null)[] = [];
    const texts = "COPY (VALUES (E'\\uFEFFDEV-1'), (E'\\uFEFF')) TO STDOUT";
    await copyOut(client, texts, ([field = ""]) => read.push(readCopyField(field)));
    expect(read).toEqual(["\ufeffDEV-1", "\ufeff"]);
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
    let lines = "";
    await copyOut(client, "COPY t TO STDOUT", (fields) => {
      lines += `${fields.join("\t")}\n`;
    });
    await client.query("CREATE TEMP TABLE again (LIKE t)");
    await copyIn(client, "COPY again FROM STDIN", lines);
    const { rows } = await client.query("(TABLE t EXCEPT ALL TABLE again) UNION ALL (TABLE again EXCEPT ALL TABLE t)");
    expect(rows).toEqual([]);
  }));

test("a COPY that the server refuses stores nothing and rejects with its SQLSTATE", async () => {
  await query(database.url, "CREATE TABLE strict (no int PRIMARY KEY)");
  const refused = session(database.url, (client) => copyIn(client, "COPY strict FROM STDIN", "1\n2\n2\n"));
  await expect(refused).rejects.toMatchObject({ code: "23505" });
  expect(await query(database.url, "SELECT * FROM strict")).toEqual([]);
});

test("statements behind a COPY commit with it or not at all", async () => {
  await query(database.url, "CREATE TABLE kept (no int); CREATE TABLE entry (no int PRIMARY KEY)");
  const store = (no: number) =>
    session(database.url, (client) =>
      copyIn(client, `COPY kept FROM STDIN;\nINSERT INTO entry VALUES (${no})`, "1\n2\n"),
    );
  await store(1);
  await expect(store(1)).rejects.toMatchObject({ code: "23505" });
  await expect(store(1)).rejects.toMatchObject({ code: "23505" });
  expect(await query(database.url, "SELECT count(*)::int AS n FROM kept")).toEqual([{ n: 2 }]);
});
