import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { bucketAt, bucketStart, deviceIdAt, MAX_DEVICES } from "../domain/bucket.ts";
import { Checksum } from "../domain/checksum.ts";
import { type DeviceReport, fleet, fleetWords } from "../domain/fleet.ts";
import { seed32 } from "../domain/random.ts";
import { OUTCOME_COLUMNS, PROFILE_COLUMNS, REPORT_COLUMNS } from "../domain/vocabulary.ts";
import { reference } from "../reference.ts";
import { type EncodedBatch, fleetLines } from "./fleet-lines.ts";

const spec = reference(fileURLToPath(new URL("../..", import.meta.url))).fleet();
const { profiles, outcomes } = fleetWords(spec);
const CAMPAIGN = 7;

type Stored = DeviceReport & { readonly deviceNo: number };

/** What a line of COPY says, with its numbers put into words. */
function reportIn(line: string): Stored {
  const fields = line.split("\t");
  expect(fields).toHaveLength(11);
  const [bucket, campaign, deviceNo, profile, outcome, deviceId = "", ...own] = fields;
  expect(campaign).toBe(String(CAMPAIGN));
  const words = [...(profiles[Number(profile)] ?? []), ...(outcomes[Number(outcome)] ?? [])];
  const named = [...PROFILE_COLUMNS, ...OUTCOME_COLUMNS].map((column, at) => [column, words[at]]);
  const { update_status: updateStatus, ...columns } = Object.fromEntries(named);
  const [attempts, battery_voltage, signal_strength, storage_free_mb, reported_at] = own;
  const values = { attempts, battery_voltage, signal_strength, storage_free_mb, reported_at };
  return {
    ...columns,
    ...values,
    bucket: Number(bucket),
    deviceId,
    updateStatus,
    deviceNo: Number(deviceNo),
  } as Stored;
}

function stored({ lines, rows }: EncodedBatch): Stored[] {
  const text = lines.toString("latin1");
  expect(text === "" || text.endsWith("\n")).toBe(true);
  const all = text.split("\n").slice(0, -1).map(reportIn);
  expect(all).toHaveLength(rows);
  return all;
}

const asText = ({ bucket, deviceId, updateStatus, ...columns }: DeviceReport): string =>
  JSON.stringify([bucket, deviceId, updateStatus, ...REPORT_COLUMNS.map((column) => columns[column])]);
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);

function checksumOf(reports: readonly Stored[]): string {
  const checksum = new Checksum();
  for (const { deviceId, deviceNo } of reports) checksum.addText(deviceId, deviceNo);
  return String(checksum);
}

/** What must be true of a range of lines whatever the fleet: numbered in a row, bucket by bucket, with the checksum of the ledger. */
function expectInOrder(reports: readonly Stored[], from: number, devices: number, { checksum }: EncodedBatch): void {
  expect(reports.map(({ deviceNo }) => deviceNo)).toEqual(range(from, from + reports.length));
  expect(reports.filter(({ bucket, deviceNo }) => bucket !== bucketAt(deviceNo, devices))).toEqual([]);
  expect(checksum).toBe(checksumOf(reports));
}

test.each([
  [1, 42, 1],
  [7, 0, 3],
  [1_000, 42, 77],
  [1_023, 1, 500],
  [1_024, 2, 500],
  [1_025, 3, 1],
  [12_345, Number.MAX_SAFE_INTEGER, 500],
  [12_345, 2 ** 32 + 5, 12_345],
])(
  "a fleet of %d devices, seed %d, in batches of %d holds the reports of fleet(), every field, each once",
  (devices, seed, batch) => {
    const encode = fleetLines({ spec, devices, seed, campaignId: CAMPAIGN });
    const all: Stored[] = [];
    for (let from = 0; from < devices; from += batch) {
      const to = Math.min(devices, from + batch);
      const encoded = encode(from, to);
      const reports = stored(encoded);
      expect(encoded.rows).toBe(to - from);
      if (devices < 2_000 || from === 0) expectInOrder(reports, from, devices, encoded);
      all.push(...reports);
    }
    const reportAt = fleet(spec, devices, seed);
    expect(all.map(asText).sort()).toEqual(
      range(0, devices)
        .map((index) => asText(reportAt(index)))
        .sort(),
    );
  },
);

test("a batch is the same whoever makes it, in whatever order", () => {
  const devices = 5_000;
  const encode = () => fleetLines({ spec, devices, seed: 9, campaignId: CAMPAIGN });
  const one = encode();
  const batches = range(0, 10).map((no) => one(no * 500, (no + 1) * 500));
  const other = encode();
  for (const no of [9, 3, 4, 0, 8, 2, 1, 7, 6, 5]) expect(other(no * 500, (no + 1) * 500)).toEqual(batches[no]);
});

test("of no device there is no line", () => {
  const encode = fleetLines({ spec, devices: 100, seed: 9, campaignId: CAMPAIGN });
  expect(encode(50, 50)).toMatchObject({ rows: 0, checksum: "0", lines: Buffer.alloc(0) });
});

/** The ends of huge fleets and the places where device numbers gain a digit or a group of four. */
test.each([
  [150_000_000, 0, 300],
  [150_000_000, 9_900, 10_100],
  [150_000_000, 99_999_900, 100_000_100],
  [150_000_000, 149_999_600, 150_000_000],
  [1_000_000_000, 999_999_700, 1_000_000_000],
  [MAX_DEVICES, MAX_DEVICES - 300, MAX_DEVICES],
  [MAX_DEVICES, MAX_DEVICES / 2 - 100, MAX_DEVICES / 2 + 100],
])("in a fleet of %d, the lines %d to %d are of devices that fleet() makes", (devices, from, to) => {
  const seed = 42;
  const encoded = fleetLines({ spec, devices, seed, campaignId: CAMPAIGN })(from, to);
  const reports = stored(encoded);
  expectInOrder(reports, from, devices, encoded);
  const wanted = new Map(reports.map((report) => [report.deviceId, report]));
  expect(wanted.size).toBe(to - from);
  const reportAt = fleet(spec, devices, seed);
  const key = seed32(seed);
  let found = 0;
  for (let bucket = bucketAt(from, devices); bucket <= bucketAt(to - 1, devices); bucket++) {
    for (let index = bucketStart(bucket, devices); index < bucketStart(bucket + 1, devices); index++) {
      const report = wanted.get(deviceIdAt(index, devices, key));
      if (!report) continue;
      expect(asText(report)).toBe(asText(reportAt(index)));
      found += 1;
    }
  }
  expect(found).toBe(to - from);
});
