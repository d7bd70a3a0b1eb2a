import { Socket } from "node:net";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { copyOut } from "./copy-out.ts";
import { isTransient } from "./retry.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
  await query(
    database.url,
    `CREATE FUNCTION noisy(no int) RETURNS int LANGUAGE plpgsql AS $$
     BEGIN RAISE NOTICE 'row % %', no, repeat('n', no % 97); RETURN no; END $$`,
  );
});
afterAll(() => database.drop());

/** A socket that hands on what comes in pieces of so many bytes: a message of the server may begin and end anywhere. */
class ChoppedSocket extends Socket {
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  override emit(event: string | symbol, ...values: unknown[]): boolean {
    const [chunk] = values;
    if (event !== "data" || !Buffer.isBuffer(chunk)) return super.emit(event, ...values);
    for (let at = 0; at < chunk.length; at += this.#size) super.emit("data", chunk.subarray(at, at + this.#size));
    return true;
  }
}

async function chopped<T>(size: number, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: database.url, stream: () => new ChoppedSocket(size) });
  client.on("error", () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function lines(client: pg.Client, text: string): Promise<string[]> {
  const read: string[] = [];
  await copyOut(client, `COPY (${text}) TO STDOUT`, (bytes, from, to) => read.push(bytes.toString("utf8", from, to)));
  return read;
}

/** Rows of lengths about which a reader may err: none, tiny, and around the sizes of the server's and the socket's buffers. */
const LENGTHS = [
  ...Array.from({ length: 300 }, (_, length) => length % 23),
  ...[8_170, 8_186, 8_187, 8_188, 8_192, 65_519, 65_530, 65_531, 65_536, 65_537, 131_072, 1_000_003],
  ...Array.from({ length: 300 }, (_, at) => (at * 7919) % 5_000),
];
const rowsOf = (lengths: readonly number[]) =>
  `SELECT repeat(chr(97 + t.place::int % 26), t.length) FROM unnest('{${lengths.join(",")}}'::int[]) WITH ORDINALITY AS t (length, place) ORDER BY t.place`;
const wantedOf = (lengths: readonly number[]) =>
  lengths.map((length, at) => String.fromCharCode(97 + ((at + 1) % 26)).repeat(length));

/** The session is of use to whoever comes next, for COPY and for anything else. */
async function expectUsable(client: pg.Client): Promise<void> {
  expect((await client.query("SELECT $1::int AS one", [1])).rows).toEqual([{ one: 1 }]);
  expect(await lines(client, "VALUES (1), (2)")).toEqual(["1", "2"]);
}

test("rows of any length come whole, as the network brings them", () =>
  session(database.url, async (client) => {
    expect(await lines(client, rowsOf(LENGTHS))).toEqual(wantedOf(LENGTHS));
    expect(await lines(client, "SELECT no FROM generate_series(1, 300000) no")).toHaveLength(300_000);
    await expectUsable(client);
  }));

test.each([1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 64, 1_000, 4_099])("chopped into pieces of %d bytes, too", (size) =>
  chopped(size, async (client) => {
    const small = LENGTHS.filter((length) => length < (size < 64 ? 600 : 70_000));
    expect(await lines(client, rowsOf(small))).toEqual(wantedOf(small));
    await expectUsable(client);
    await expect(lines(client, "SELECT 1000 / (500 - no) FROM generate_series(1, 1000) no")).rejects.toMatchObject({
      code: "22012",
    });
    await expectUsable(client);
  }),
);

test.each([1, 3, 5, 17, 100_000])("notices and new settings between rows are no rows (pieces of %d bytes)", (size) =>
  chopped(size, async (client) => {
    const text =
      "SELECT noisy(no) || set_config('application_name', 'copy ' || no, false) FROM generate_series(1, 200) no";
    expect(await lines(client, text)).toEqual(Array.from({ length: 200 }, (_, at) => `${at + 1}copy ${at + 1}`));
    await expectUsable(client);
  }),
);

test("no row at all is no error", () =>
  session(database.url, async (client) => {
    expect(await lines(client, "SELECT 1 WHERE false")).toEqual([]);
    await expectUsable(client);
  }));

test("an empty row is a row", () =>
  session(database.url, async (client) => {
    expect(await lines(client, "SELECT FROM generate_series(1, 3)")).toEqual(["", "", ""]);
  }));

test("an error of who takes the rows rejects, no row comes after it, and the session goes on", () =>
  session(database.url, async (client) => {
    let taken = 0;
    const broken = copyOut(client, "COPY (SELECT no FROM generate_series(1, 100000) no) TO STDOUT", () => {
      if (++taken === 3) throw new Error("enough");
    });
    await expect(broken).rejects.toThrow("enough");
    expect(taken).toBe(3);
    await expectUsable(client);
  }));

test("a COPY that fails half-way gives the rows before and rejects with its SQLSTATE", () =>
  session(database.url, async (client) => {
    const read: number[] = [];
    const broken = copyOut(
      client,
      "COPY (SELECT no, 1000 / (5000 - no) FROM generate_series(1, 10000) no) TO STDOUT",
      (bytes, from, to) => read.push(Number.parseInt(bytes.toString("latin1", from, to), 10)),
    );
    await expect(broken).rejects.toMatchObject({ code: "22012" });
    expect(read).toEqual(Array.from({ length: 4999 }, (_, at) => at + 1));
    await expectUsable(client);
  }));

test.each([
  ["COPY (SELEKT) TO STDOUT", "42601"],
  ["COPY nowhere TO STDOUT", "42P01"],
])("%s is refused with %s before any row", (text, code) =>
  session(database.url, async (client) => {
    await expect(copyOut(client, text, () => {})).rejects.toMatchObject({ code });
    await expectUsable(client);
  }),
);

test("in a transaction that has failed it is refused, and the transaction can be ended", () =>
  session(database.url, async (client) => {
    await client.query("BEGIN");
    await expect(lines(client, "SELECT 1 / 0")).rejects.toMatchObject({ code: "22012" });
    await expect(lines(client, "SELECT 1")).rejects.toMatchObject({ code: "25P02" });
    await client.query("ROLLBACK");
    await expectUsable(client);
  }));

test("a session that is killed while rows come rejects as a lost link, and does not hang", () =>
  session(database.url, async (client) => {
    const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    const killed: Promise<unknown>[] = [];
    const kill = () => query(database.url, "SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
    const text = "COPY (SELECT repeat('x', 1000), pg_sleep(0.001) FROM generate_series(1, 100000)) TO STDOUT";
    const broken = copyOut(client, text, () => {
      if (killed.length === 0) killed.push(kill());
    });
    await expect(broken).rejects.toSatisfy(isTransient);
    await Promise.all(killed);
    await expect(lines(client, "SELECT 1")).rejects.toSatisfy(isTransient);
  }));

test("a link that is cut without a word rejects too, amid a row", () =>
  chopped(1_000, async (client) => {
    const { stream } = (client as unknown as { connection: { stream: Socket } }).connection;
    const broken = copyOut(client, "COPY (SELECT repeat('x', 5000) FROM generate_series(1, 100000)) TO STDOUT", () => {
      stream.destroy();
    });
    await expect(broken).rejects.toSatisfy(isTransient);
  }));
