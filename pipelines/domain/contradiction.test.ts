import { expect, test } from "vitest";
import { freshDatabase } from "../../test/support/database.ts";
import { query } from "../../test/support/fleet.ts";
import { hostileValues } from "../../test/support/hostile.ts";
import { countedStatus, versionSaid } from "./contradiction.ts";

test.each<[string | null, string | null]>([
  ["2.4.0", "2.4.0"],
  [" \t\r\n2.4.0\v\f ", "2.4.0"],
  ["v2.4.0", "2.4.0"],
  [" V 2.4.0-RC1", "2.4.0-rc1"],
  ["vv2", "v2"],
  ["2.4.v", "2.4.v"],
  ["2 .4", "2 .4"],
  ["", null],
  [" \n", null],
  ["v", null],
  [" V ", null],
  [null, null],
  [`${" ".repeat(100_000)}x`.repeat(2), `x${" ".repeat(100_000)}x`],
])("the version %j says %j", (version, said) => {
  expect(versionSaid(version)).toBe(said);
});

test.each<[to: string | null, reported: string | null, counted: string]>([
  ["2.4.0", "2.3.1", "Partial"],
  ["2.4.0", "2.4.0", "Success"],
  ["v2.4.0", " 2.4.0 ", "Success"],
  ["2.4.0-rc1", "V2.4.0-RC1", "Success"],
  ["2.4.0", "2.4", "Partial"],
  ["2.4.0", "", "Success"],
  ["2.4.0", "v ", "Success"],
  ["2.4.0", null, "Success"],
  [" ", "2.4.0", "Success"],
  [null, "2.4.0", "Success"],
  [null, null, "Success"],
])(
  "where %j was to be installed, a success that reports %j counts as %s",
  (firmware_to, firmware_reported, counted) => {
    expect(countedStatus({ updateStatus: "Success", firmware_to, firmware_reported })).toBe(counted);
    expect(countedStatus({ updateStatus: "Partial", firmware_to, firmware_reported })).toBe("Partial");
  },
);

test("PostgreSQL hears the same in every version that a device may send", async () => {
  const { url, drop } = await freshDatabase();
  const plain = [
    "2.4.0",
    "V2.4.0-RC1",
    "İ",
    "ẞ",
    "Ǆ",
    "\u00a0v1",
    "\u0085v1",
    "v\u000b1",
    "VERSION ÄÖÜ",
    `${" ".repeat(16_000)}x`,
  ];
  const versions = [...plain, ...hostileValues(3000)];
  const around = versions.flatMap((version) => (version === null ? [] : [` v\t${version}\r\n`, `V${version}`]));
  const all = [...versions, ...around];
  const rows = await query<{ said: string | null }>(
    url,
    "SELECT version_said(w.version) AS said FROM unnest($1::text[]) WITH ORDINALITY AS w (version, place) ORDER BY w.place",
    [all],
  );
  expect(rows.map(({ said }) => said)).toEqual(all.map(versionSaid));
  await drop();
});
