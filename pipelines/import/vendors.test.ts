import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Folder, folder, type Imported, known } from "../../test/support/import-files.ts";
import type { Wanted } from "./map-file.ts";
import { detected, parseVendor } from "./vendors.ts";

const EXAMPLES = path.resolve(import.meta.dirname, "../../data/examples/vendors");
const { shapes, errorCodes } = known();

let files: Folder;
beforeAll(() => {
  files = folder();
});
afterAll(() => files.remove());

const imported = (file: string, wanted?: Wanted): Promise<Imported> => files.imported(file, wanted);

const told = ({ reports }: Imported) =>
  reports.map(({ deviceId, updateStatus, last_stage, error_code }) => [deviceId, updateStatus, last_stage, error_code]);
const example = (name: string): string => path.join(EXAMPLES, name);

const P = "Partial";
const S = ["Success", "SUCCEEDED", null] as const;
const FAILED = [P, "INSTALLING", "update_failed"] as const;

test.each<[string, string, (string | null)[][], number]>([
  [
    "aws-iot-executions.json",
    "aws-iot-executions",
    [
      ["meter-1", ...S],
      ["meter-2", ...FAILED],
      ["meter-3", P, "CONFIRMING", "connection_lost"],
      ["meter-4", P, "INSTALLING", null],
      ["meter-5", P, "QUEUED", null],
    ],
    0,
  ],
  ["aws-iot-execution.json", "aws-iot-execution", [["meter-2", ...FAILED]], 0],
  [
    "aws-iot-events.ndjson",
    "aws-iot-events",
    [
      ["meter-2", P, "CONFIRMING", "connection_lost"],
      ["meter-1", ...S],
      ["meter-3", P, "ACKNOWLEDGED", null],
    ],
    1,
  ],
  [
    "hawkbit-targets.json",
    "hawkbit-targets",
    [
      ["gw-1", ...S],
      ["gw-2", ...FAILED],
      ["gw-3", P, "QUEUED", null],
      ["gw-4", P, "QUEUED", null],
    ],
    0,
  ],
  [
    "hawkbit-actions.json",
    "hawkbit-actions",
    [
      ["gw-1", ...S],
      ["gw-2", ...FAILED],
      ["gw-3", P, "DOWNLOADING", null],
      ["gw 4", P, "QUEUED", null],
    ],
    1,
  ],
  [
    "hawkbit-actions-status.json",
    "hawkbit-actions-status",
    [
      ["gw-1", P, "CONFIRMING", null],
      ["gw-2", P, "QUEUED", null],
      ["gw-3", P, "QUEUED", null],
    ],
    0,
  ],
  [
    "mender-devices.json",
    "mender-devices",
    [
      ["b86ccfb8-1", ...S],
      ["b86ccfb8-2", ...FAILED],
      ["b86ccfb8-3", P, "INSTALLING", null],
      ["b86ccfb8-4", ...S],
      ["b86ccfb8-5", P, "ACKNOWLEDGED", "incompatible_hardware"],
      ["b86ccfb8-6", P, "REBOOTING", null],
    ],
    0,
  ],
  [
    "thingsboard-entities.json",
    "thingsboard-entities",
    [
      ["Thermostat 1", ...S],
      ["Thermostat 2", ...FAILED],
      ["Thermostat 3", P, "VERIFIED", null],
      ["Thermostat 4", P, "QUEUED", null],
    ],
    0,
  ],
  [
    "thingsboard-messages.ndjson",
    "thingsboard-messages",
    [
      ["Thermostat 1", ...S],
      ["Thermostat 2", ...FAILED],
    ],
    1,
  ],
  [
    "thingsboard-attributes.json",
    "thingsboard-attributes",
    [
      ["Thermostat 1", ...S],
      ["Thermostat 2", ...FAILED],
    ],
    0,
  ],
  [
    "azure-deployment.json",
    "azure-deployment",
    [
      ["cam-1", ...S],
      ["cam-2", ...FAILED],
      ["cam-3", P, "QUEUED", null],
      ["cam-4", P, "INSTALLING", null],
    ],
    0,
  ],
  [
    "azure-devices.json",
    "azure-devices",
    [
      ["cam-1", ...S],
      ["cam-2", ...FAILED],
      ["cam-3", P, "INSTALLING", null],
    ],
    0,
  ],
  [
    "azure-agent.json",
    "azure-agent",
    [
      ["cam-1", ...S],
      ["cam-2", ...FAILED],
      ["cam-3", P, "INSTALLING", null],
    ],
    0,
  ],
  [
    "balena-supervisor.json",
    "balena-supervisor",
    [
      ["b00001", ...S],
      ["b00002", ...FAILED],
      ["b00003", P, "DOWNLOADING", null],
      ["b00004", P, "DOWNLOADED", null],
      ["b00005", P, "QUEUED", null],
    ],
    0,
  ],
])("%s is detected as %s and read by its words", async (name, shape, expected, earlier) => {
  const file = await imported(example(name));
  expect(file.notes).toEqual([expect.stringContaining(`--format ${shape} `)]);
  expect(told(file)).toEqual(expected);
  expect(file).toMatchObject({ devices: expected.length, rejects: [], earlier, unknown: { words: 0 } });
  expect(file.reported).toEqual(expect.arrayContaining(["last_stage", "error_code"]));
  expect(file.reported).not.toContain("battery_voltage");
  const vendor = shapes().find((known) => known.name === shape)?.vendor as string;
  for (const format of [shape, vendor]) expect(told(await imported(example(name), { format }))).toEqual(expected);
});

test("every shape of every vendor has an example, and every example is in the list of them", () => {
  const readme = readFileSync(example("README.md"), "utf8");
  const names = readdirSync(EXAMPLES).filter((name) => name !== "README.md");
  expect(names.map((name) => path.parse(name).name).sort()).toEqual(
    shapes()
      .map(({ name }) => name)
      .sort(),
  );
  for (const name of names) expect(readme).toContain(`\`${name}\``);
});

test("pages one behind the other, objects over several lines and one object a line are read alike", async () => {
  const text = readFileSync(example("hawkbit-targets.json"), "utf8");
  const { content } = JSON.parse(text) as { content: object[] };
  const expected = told(await imported(example("hawkbit-targets.json")));
  const forms = {
    "pages.json": `${JSON.stringify({ size: 2, content: content.slice(0, 2) })}\n${JSON.stringify({ content: content.slice(2), total: 4 })}\n`,
    "spread.json": content.map((row) => JSON.stringify(row, null, 1)).join("\n"),
    "lines.ndjson": content.map((row) => JSON.stringify(row)).join("\n"),
    "list.json": `\ufeff${JSON.stringify(content)}`,
    "marked.json": `\ufeff${text}`,
  };
  for (const [name, content] of Object.entries(forms))
    expect(told(await imported(files.file(name, content)))).toEqual(expected);
});

const events = (rows: readonly (readonly [string, string, unknown])[]): string =>
  rows
    .map(([thing, status, timestamp]) =>
      JSON.stringify({
        eventType: "JOB_EXECUTION",
        operation: "x",
        thingArn: `arn:x:thing/${thing}`,
        status,
        timestamp,
      }),
    )
    .join("\n");

test("of several reports the latest wins, of equally late ones the later row; a time that can't be read is before all others", async () => {
  const file = await imported(
    files.file(
      "several.ndjson",
      events([
        ["a", "SUCCEEDED", 1772359200],
        ["a", "FAILED", "2026-03-01T09:59:59Z"],
        ["b", "SUCCEEDED", 1772359200000],
        ["b", "FAILED", 1772359200],
        ["c", "QUEUED", "soon"],
        ["c", "SUCCEEDED", "1970-01-02"],
        ["c", "FAILED", null],
        ["d", "FAILED", "later"],
        ["d", "SUCCEEDED", "never"],
      ]),
    ),
  );
  expect(told(file).map(([id, status]) => [id, status])).toEqual([
    ["a", "Success"],
    ["b", "Partial"],
    ["c", "Success"],
    ["d", "Success"],
  ]);
  expect(file).toMatchObject({ devices: 4, earlier: 5, rejects: [] });
});

test("a target that stands twice in a list is a reject", async () => {
  const twice = { content: ["in_sync", "error"].map((updateStatus) => ({ controllerId: "a", updateStatus })) };
  const file = await imported(files.file("twice.json", JSON.stringify(twice)));
  expect(file.rejects).toEqual([{ rowNo: 2, reason: "its device_id stands in an earlier row", deviceId: "a" }]);
});

test("numbers are times to the millisecond in UTC, from 1973 on; everything else is kept", async () => {
  const times = [
    1772359200,
    1772359200.5,
    1772359200123,
    "1772359200",
    "2026-03-01T10:00:00+02:00",
    12,
    -1772359200,
    1e20,
    "1e9x",
    "",
  ];
  const file = await imported(files.file("times.ndjson", events(times.map((time, no) => [`t${no}`, "FAILED", time]))));
  expect(file.reports.map(({ reported_at }) => reported_at)).toEqual([
    "2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00.500Z",
    "2026-03-01T10:00:00.123Z",
    "2026-03-01T10:00:00Z",
    "2026-03-01T10:00:00+02:00",
    "12",
    "-1772359200",
    expect.stringMatching(/^1(0{20}(\.0)?|e\+?20)$/),
    "1e9x",
    "",
  ]);
});

test("an unknown word leaves a device Partial, with the word to the byte, and is told", async () => {
  const words = ["exploded", "exploded", " Weird\u202e\u001b[31m ", "\ufeffmark", "=cmd", "x", "y"];
  const file = await imported(
    files.file(
      "unknown.ndjson",
      events([...words.map((word, no) => [`u${no}`, word, 1] as const), ["k", " succeeded ", 1]]),
    ),
  );
  expect(told(file)).toEqual([...words.map((word, no) => [`u${no}`, P, word, null]), ["k", ...S]]);
  expect(file.unknown).toMatchObject({ words: 6, devices: 7 });
  expect(file.unknown.shown).toHaveLength(5);
  expect(file.unknown.shown[0]).toEqual({ word: "exploded", devices: 2 });
});

test("without a word a row is refused; the words of rejects are not counted", async () => {
  const file = await imported(
    files.file(
      "none.ndjson",
      events([
        ["a", "", 1],
        ["", "odd", 1],
        ["b", "FAILED", 1],
      ]),
    ),
  );
  expect(file.rejects.map(({ rowNo, reason }) => [rowNo, reason])).toEqual([
    [1, expect.any(String)],
    [2, "it has no device_id"],
  ]);
  expect(file.unknown.words).toBe(0);
});

test("two shapes that fit alike are not told apart by chance", () => {
  const [shape] = shapes();
  if (!shape) throw new Error("there is none");
  const row = { thingArn: "a", jobExecutionSummary: { status: "x" } };
  expect(detected([shape], [row])).toBe(shape);
  expect(detected([shape, { ...shape, name: "other" }], [row])).toBeUndefined();
  expect(detected(shapes(), [{ id: 1 }, null, 3, "thingArn"])).toBeUndefined();
});

const VENDOR = { name: "v", title: "V", version: 1, source: "docs" };
const SHAPE = { name: "s", title: "S", has: ["id"], columns: { device_id: "id", update_status: "state" } };
const WORD = { word: "done", update_status: "Success" };
test.each<[unknown, RegExp]>([
  [null, /needs "name"/],
  [{ ...VENDOR, source: "" }, /"source" must name/],
  [{ ...VENDOR, shapes: [] }, /list "shapes"/],
  [{ ...VENDOR, shapes: [{ ...SHAPE, has: [] }], words: [WORD] }, /shape 1: "has" must list/],
  [{ ...VENDOR, shapes: [SHAPE] }, /and "words"/],
  [{ ...VENDOR, shapes: [SHAPE], words: [{ ...WORD, update_status: "Recovered" }] }, /word 1: .*Success, Partial/],
  [{ ...VENDOR, shapes: [SHAPE], words: [{ ...WORD, last_stage: "DONE" }] }, /one of QUEUED, .*SUCCEEDED/],
  [{ ...VENDOR, shapes: [SHAPE], words: [{ ...WORD, error_code: "odd" }] }, /one of .*low_battery.*errors\.csv/],
  [
    { ...VENDOR, shapes: [{ ...SHAPE, columns: { serial: "id" } }], words: [WORD] },
    /no use for "serial"; a report has device_id/,
  ],
  [
    { ...VENDOR, shapes: [{ ...SHAPE, columns: { device_id: "$.a..b" } }], words: [WORD] },
    /needs for "device_id" a name/,
  ],
  [{ ...VENDOR, shapes: [{ ...SHAPE, several: "all" }], words: [WORD] }, /"latest" or "reject"/],
  [{ ...VENDOR, shapes: [{ ...SHAPE, unit: 1 }], words: [WORD] }, /"unit" means nothing; write list, columns/],
])("a vendor file that is wrong says what to write: %j", (value, cause) => {
  expect(() => parseVendor(value, errorCodes())).toThrow(cause);
});
