import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase, type TestDatabase } from "../../test/support/database.ts";
import { session } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { bucketOf } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { countedStatus } from "../domain/contradiction.ts";
import { REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { copyLine } from "./copy.ts";
import {
  type FileBatch,
  HEAD_BYTES,
  inBatches,
  putHead,
  RECORD_FIELDS,
  type RecordField,
  RowSet,
} from "./file-batch.ts";
import { reportLines } from "./report-lines.ts";
import { ReportWords } from "./report-words.ts";

type Row = Readonly<Record<RecordField, string | null>>;

const CAMPAIGN = 7;
const FIRST_NO = 99_990;

let database: TestDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

const VALUES = hostileValues(200).flatMap((text) => (text === null || text.includes("\0") ? [] : [text]));
/** Few versions, so that a success is contradicted now and then. */
const value = fc.option(fc.oneof(fc.constantFrom("4.1.0", "V4.1.0 ", "3.9"), fc.constantFrom(...VALUES)));
const rows: fc.Arbitrary<Row[]> = fc.array(
  fc.record({
    ...(Object.fromEntries(REPORT_COLUMNS.map((column) => [column, value])) as Record<RecordField, typeof value>),
    device_id: fc.constantFrom<string | null>("DEV-00c0ffee", ...VALUES.filter((text) => text !== "")),
    update_status: fc.constantFrom<string | null>("Success", "  sUCCESS ", "partial", " Partial"),
  }),
  { minLength: 1, maxLength: 40 },
);

function recordOf(row: Row, at: number): Buffer {
  const fields = RECORD_FIELDS.map((field) => Buffer.from(row[field] === null ? "\0" : `=${row[field]}\0`));
  let end = HEAD_BYTES - 1;
  const ends = Int32Array.from(fields, ({ length }) => (end += length));
  const head = Buffer.alloc(HEAD_BYTES);
  putHead(at + 1, ends, head, 0);
  return Buffer.concat([head, ...fields]);
}

/** The batches of rows that come in pieces of so many bytes. */
async function batches(all: readonly Row[], size: number, piece: number, without: readonly number[] = []) {
  const bytes = Buffer.concat(all.map(recordOf));
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece);
  }
  const found: FileBatch[] = [];
  const apart = new RowSet(all.length);
  for (const rowNo of without) apart.add(rowNo);
  for await (const batch of inBatches(pieces(), size, all.length - without.length, apart)) found.push(batch);
  return found;
}

const rowsIn = (batch: FileBatch): Row[] =>
  Array.from(
    { length: batch.rows },
    (_, row) => Object.fromEntries(RECORD_FIELDS.map((field) => [field, batch.text(row, field)])) as Row,
  );

test("rows are cut out of any pieces, and into batches of any size, to the byte", () =>
  fc.assert(
    fc.asyncProperty(
      rows,
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 1, max: 500 }),
      async (all, size, piece) => {
        const found = (await batches(all, size, piece)).map(rowsIn);
        expect(found.flat()).toEqual(all);
        for (const part of found.slice(0, -1)) expect(part).toHaveLength(size);
      },
    ),
  ));

test("rows that are set apart are in no batch, and all others keep their numbers", () =>
  fc.assert(
    fc.asyncProperty(
      rows.chain((all) =>
        fc.tuple(
          fc.constant(all),
          fc.subarray(
            all.map((_, at) => at + 1),
            { maxLength: all.length - 1 },
          ),
        ),
      ),
      fc.integer({ min: 1, max: 9 }),
      async ([all, without], size) => {
        const found = await batches(all, size, 100, without);
        const numbers = found.flatMap((batch) => Array.from({ length: batch.rows }, (_, row) => batch.rowNo(row)));
        expect(numbers).toEqual(all.map((_, at) => at + 1).filter((rowNo) => !without.includes(rowNo)));
        expect(found.flatMap(rowsIn)).toEqual(numbers.map((rowNo) => all[rowNo - 1]));
      },
    ),
  ));

test("a stream that ends too early is no fleet", async () => {
  const none = (async function* () {})();
  await expect(inBatches(none, 10, 3).next()).rejects.toThrow("3 of 3 rows");
});

/** Numbers in the order in which combinations first come. */
function numbers() {
  const known = new Map<string, number>();
  return (words: readonly (string | null)[]): number => {
    const key = JSON.stringify(words);
    known.set(key, known.get(key) ?? known.size);
    return known.get(key) as number;
  };
}

test("lines, words and checksum are those that objects and strings make", () =>
  session(database.url, (client) => {
    const encode = reportLines(CAMPAIGN);
    return fc.assert(
      fc.asyncProperty(rows, async (all) => {
        const [batch] = await batches(all, all.length, 1000);
        if (!batch) throw new Error("there is no batch");
        const words = await ReportWords.of(client, CAMPAIGN);
        const made = encode({ batch, rows: all.map((_, row) => row), firstNo: FIRST_NO }, words);
        const [profile, outcome, checksum] = [numbers(), numbers(), new Checksum()];
        const lines = all.map((row, at) => {
          const updateStatus = row.update_status?.trim().toLowerCase() === "success" ? "Success" : "Partial";
          const id = row.device_id ?? "";
          const counted = countedStatus({ ...row, updateStatus });
          checksum.addText(id, FIRST_NO + at);
          return copyLine([
            ...[bucketOf(id), CAMPAIGN, FIRST_NO + at],
            profile([row.region, row.model, row.hardware, row.firmware_from, row.firmware_to]),
            outcome([row.firmware_reported, row.last_stage, row.error_code, updateStatus, counted]),
            ...[id, row.attempts, row.battery_voltage, row.signal_strength, row.storage_free_mb, row.reported_at],
          ]);
        });
        expect(made.lines.toString()).toBe(lines.join(""));
        expect(made.checksum).toBe(String(checksum));
        const { profiles, outcomes } = words.takeAdded();
        expect([profiles.from, outcomes.from]).toEqual([0, 0]);
        expect(new Set(profiles.words.map((one) => JSON.stringify(one))).size).toBe(profiles.words.length);
        expect(words.takeAdded()).toEqual({
          profiles: { words: [], from: profiles.words.length },
          outcomes: { words: [], from: outcomes.words.length },
        });
      }),
    );
  }));
