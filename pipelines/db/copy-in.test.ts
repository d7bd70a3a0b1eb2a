import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { emptyDatabase, type TestDatabase } from "../../test/support/database.ts";
import { query, session } from "../../test/support/fleet.ts";
import { CopyPipeline, copyIn } from "./copy-in.ts";
import { isTransient } from "./retry.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await emptyDatabase();
});
afterAll(() => database.drop());
beforeEach(() =>
  query(
    database.url,
    `DROP TABLE IF EXISTS kept, entry;
     CREATE TABLE kept (no int PRIMARY KEY, v text); CREATE TABLE entry (no int PRIMARY KEY)`,
  ),
);

const part = (lines: string) => ({ into: "COPY kept (no) FROM STDIN", lines: Buffer.from(lines) });
const numbers = (from: number, count: number) => Array.from({ length: count }, (_, at) => from + at);
const linesOf = (list: readonly number[]) => list.map((no) => `${no}\n`).join("");
const kept = async () =>
  (await query<{ no: number }>(database.url, "SELECT no FROM kept ORDER BY no")).map(({ no }) => no);
const entered = async () =>
  (await query<{ no: number }>(database.url, "SELECT no FROM entry ORDER BY no")).map(({ no }) => no);
const codeOf = (end: PromiseSettledResult<void>) => (end.status === "rejected" ? end.reason.code : "stored");

test("a COPY that the server refuses stores nothing and rejects with its SQLSTATE", async () => {
  const refused = session(database.url, (client) => copyIn(client, [part("1\n2\n2\n")]));
  await expect(refused).rejects.toMatchObject({ code: "23505" });
  expect(await kept()).toEqual([]);
});

test("statements behind a COPY commit with it or not at all, and the session goes on", () =>
  session(database.url, async (client) => {
    const store = (no: number) => copyIn(client, [part(`${no}\n`)], `INSERT INTO entry VALUES (${no % 2})`);
    await store(1);
    await expect(store(3)).rejects.toMatchObject({ code: "23505" });
    await expect(store(5)).rejects.toMatchObject({ code: "23505" });
    await store(2);
    expect(await kept()).toEqual([1, 2]);
    expect((await client.query("SELECT 1 AS one")).rows).toEqual([{ one: 1 }]);
  }));

test("several parts commit together; one without lines, and a message without any, are none", () =>
  session(database.url, async (client) => {
    const into = "COPY entry FROM STDIN";
    await copyIn(client, [part("1\n2\n"), { into, lines: Buffer.from("7\n") }, part(""), part("3\n")]);
    expect([await kept(), await entered()]).toEqual([[1, 2, 3], [7]]);
    const broken = copyIn(client, [part("4\n"), { into, lines: Buffer.from("7\n") }]);
    await expect(broken).rejects.toMatchObject({ code: "23505" });
    await copyIn(client, [part("")], "INSERT INTO entry VALUES (8)");
    await copyIn(client, []);
    await copyIn(client, [part("")]);
    expect([await kept(), await entered()]).toEqual([
      [1, 2, 3],
      [7, 8],
    ]);
  }));

test.each([0, 1, 127, 128, 129, 255, 256, 257, 500, 1000])("%d rows are stored once each, in one transaction", (rows) =>
  session(database.url, async (client) => {
    await copyIn(client, [part(linesOf(numbers(0, rows)))], "INSERT INTO entry VALUES (1)");
    expect(await kept()).toEqual(numbers(0, rows));
    expect(await entered()).toEqual([1]);
    const { rows: found } = await client.query(
      "SELECT count(DISTINCT k.xmin::text)::int AS transactions, count(DISTINCT k.cmin::text)::int AS pieces FROM kept k",
    );
    // What the server buffers for one COPY is kept short: 128 rows, see `slices`.
    expect(found).toEqual([{ transactions: Math.min(rows, 1), pieces: Math.ceil(rows / 128) }]);
  }),
);

test("a large batch goes as one piece, a last line without its end counts, and one bad line takes all pieces back", () =>
  session(database.url, async (client) => {
    await copyIn(client, [part(linesOf(numbers(0, 40_000)))]);
    const pieces = "SELECT count(DISTINCT k.cmin::text)::int AS pieces, count(*)::int AS rows FROM kept k";
    expect((await client.query(pieces)).rows).toEqual([{ pieces: 1, rows: 40_000 }]);
    await copyIn(client, [part(linesOf(numbers(50_000, 200)).slice(0, -1))]);
    expect((await client.query(`${pieces} WHERE no >= 50000`)).rows).toEqual([{ pieces: 2, rows: 200 }]);
    const bad = [...numbers(60_000, 130), 60_000].map((no) => `${no}\n`).join("");
    await expect(copyIn(client, [part(bad)])).rejects.toMatchObject({ code: "23505" });
    expect((await client.query(`${pieces} WHERE no >= 60000`)).rows).toEqual([{ pieces: 0, rows: 0 }]);
  }));

/** What is wrong with some messages of a series, by their place. */
const WRONG: Readonly<Record<number, { lines?: string; behind?: string; code: string }>> = {
  2: { lines: "20\n20\n", code: "23505" },
  3: { lines: "nonsense\n", code: "22P02" },
  5: { behind: "SELECT 1 / 0", code: "22012" },
  8: { behind: "SELEKT", code: "42601" },
  // In the last of several pieces, when all of them have been sent.
  9: { lines: `${linesOf(numbers(9_000, 400))}9000\n`, code: "23505" },
  12: { behind: "INSERT INTO nowhere VALUES (1)", code: "42P01" },
};

test("of a series that is sent ahead, what fails rejects with its SQLSTATE, and all before and after it commit", () =>
  session(database.url, async (client) => {
    const pipeline = new CopyPipeline(client);
    const sent = numbers(0, 13).map((no) => {
      const wrong = WRONG[no];
      const then = [`INSERT INTO entry VALUES (${no})`, ...(wrong?.behind ? [wrong.behind] : [])].join("; ");
      return pipeline.put([part(wrong?.lines ?? linesOf(numbers(no * 1_000, 300)))], then);
    });
    const ends = await Promise.allSettled(sent);
    expect(ends.map(codeOf)).toEqual(numbers(0, 13).map((no) => WRONG[no]?.code ?? "stored"));
    const good = numbers(0, 13).filter((no) => !WRONG[no]);
    expect(await entered()).toEqual(good);
    expect(await kept()).toEqual(good.flatMap((no) => numbers(no * 1_000, 300)));
    // Neither pg nor the server is out of step.
    expect((await client.query("SELECT count(*)::int AS n FROM entry")).rows).toEqual([{ n: good.length }]);
    await copyIn(client, [part("99999\n")]);
    await pipeline.put([part("99998\n")], "INSERT INTO entry VALUES (99)");
    expect((await kept()).slice(-2)).toEqual([99_998, 99_999]);
  }));

test("answers come in the order of the messages, and each message is a transaction of its own", () =>
  session(database.url, async (client) => {
    const pipeline = new CopyPipeline(client);
    const heard: number[] = [];
    const sent = numbers(0, 200).map((no) =>
      pipeline.put([part(`${no}\n`)], `INSERT INTO entry VALUES (${no})`).then(() => heard.push(no)),
    );
    await Promise.all(sent);
    expect(heard).toEqual(numbers(0, 200));
    const { rows } = await client.query("SELECT count(DISTINCT xmin::text)::int AS transactions FROM kept");
    expect(rows).toEqual([{ transactions: 200 }]);
  }));

test("a series goes on while more is added to it, and after it has run dry", () =>
  session(database.url, async (client) => {
    const pipeline = new CopyPipeline(client);
    const put = (no: number) => pipeline.put([part(`${no}\n`)], `INSERT INTO entry VALUES (${no})`);
    for (const first of [0, 10, 20]) {
      const open = [put(first), put(first + 1)];
      for (const no of numbers(first + 2, 8)) {
        await open.shift();
        open.push(put(no));
      }
      await Promise.all(open);
    }
    expect(await entered()).toEqual(numbers(0, 30));
  }));

test("where the session is killed amid a series, all that are open reject as a lost link, and none hangs", async () => {
  const other = session(database.url, async (holder) => {
    await holder.query("BEGIN; LOCK TABLE entry");
    await session(database.url, async (client) => {
      const { rows } = await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
      const pipeline = new CopyPipeline(client);
      const first = pipeline.put([part("1\n")], "SELECT 1");
      const held = numbers(2, 8).map((no) => pipeline.put([part(`${no}\n`)], `INSERT INTO entry VALUES (${no})`));
      const settled = Promise.allSettled(held);
      await first;
      await holder.query("SELECT pg_terminate_backend($1)", [rows[0]?.pid]);
      const ends = await settled;
      expect(ends.map(({ status }) => status)).toEqual(held.map(() => "rejected"));
      expect(ends.filter((end) => end.status === "rejected" && !isTransient(end.reason))).toEqual([]);
      const late = pipeline.put([part("11\n")], "SELECT 1");
      await expect(late).rejects.toSatisfy(isTransient);
    });
    await holder.query("ROLLBACK");
  });
  await other;
  expect(await kept()).toEqual([1]);
  expect(await entered()).toEqual([]);
});
