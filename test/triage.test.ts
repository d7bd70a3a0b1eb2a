import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { readCsv, writeCsv } from "../pipelines/triage/csv.ts";
import { command, digestIn, done, PROJECT, type Said, stages, triage } from "./support/command.ts";
import { freshDatabase, keptDatabases, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, everyRow, query } from "./support/fleet.ts";

const keep = keptDatabases();
let sick: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "sentinel-triage-"));
  sick = keep(await freshDatabase());
  await stages(sick.url, { devices: 2000, batchSize: 500, faultRate: 0.1 });
});
afterAll(() => rmSync(folder, { recursive: true }));

const copy = async (): Promise<string> => keep(await cloned(sick)).url;
interface Open {
  readonly device_id: string;
  readonly rule: string;
  readonly field: string;
  readonly version: number;
}
const queue = async (url: string, options = {}): Promise<Open[]> =>
  (await triage(url, ["list"], options)).events.filter(({ event }) => event === "triage") as unknown as Open[];
const first = async (url: string, rule: string): Promise<Open> => {
  const [place] = await queue(url, { rule });
  if (!place) throw new Error(`nothing in the queue breaks ${rule}`);
  return place;
};
const decisions = ({ events }: Said) => events.filter(({ event }) => event === "triage_decision");
const statusOf = async (url: string, id: string) =>
  (await query(url, "SELECT update_status, action FROM ota_logs WHERE device_id = $1", [id]))[0];
const expectValid = async (url: string): Promise<Said> => {
  const said = await command("validate", url);
  expect(said.error?.message).toBeUndefined();
  return said;
};
const afterRecovery = async (url: string): Promise<Said> => {
  await done("recover", url);
  return expectValid(url);
};

describe("a decision", () => {
  test("fix: a value that passes is released, recovered by the policy, and the report stays", async () => {
    const url = await copy();
    const { device_id: id, field } = await first(url, "battery_out_of_range");
    const [before] = await query(url, "SELECT battery_voltage FROM device_report WHERE device_id = $1", [id]);
    const refused = await triage(url, ["fix", id, "battery_voltage=99"], { why: "typing error" });
    expect(refused.error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("breaks battery_out_of_range: it must be a number from 6 to 16 V"),
    });
    expect(await statusOf(url, id)).toMatchObject({ update_status: "Quarantined" });
    await triage(url, ["fix", id, `${field}=13.1`], { why: "the meter was off by 100" });
    expect(await statusOf(url, id)).toMatchObject({ update_status: "Partial" });
    await afterRecovery(url);
    expect(await statusOf(url, id)).toEqual({ update_status: "Recovered", action: "RETRY_UPDATE" });
    expect(await query(url, "SELECT battery_voltage FROM device_report WHERE device_id = $1", [id])).toEqual([before]);
    expect(await query(url, "SELECT battery_voltage FROM ota_telemetry WHERE device_id = $1", [id])).toEqual([
      { battery_voltage: 13.1 },
    ]);
  });

  test("accept: the value stands although a rule says otherwise", async () => {
    const url = await copy();
    const { device_id: id } = await first(url, "battery_out_of_range");
    const [report] = await query<{ battery_voltage: string }>(
      url,
      "SELECT battery_voltage FROM device_report WHERE device_id = $1",
      [id],
    );
    await triage(url, ["accept", id], { why: "a lorry's battery" });
    await afterRecovery(url);
    const volts = Number(report?.battery_voltage);
    expect(await statusOf(url, id)).toEqual({
      update_status: "Recovered",
      action: volts > 12.5 ? "RETRY_UPDATE" : "FORCE_ROLLBACK",
    });
    expect(await query(url, "SELECT battery_voltage FROM ota_telemetry WHERE device_id = $1", [id])).toEqual([
      { battery_voltage: volts },
    ]);
  });

  test("reject: the device is recovered by the person's decision, at once", async () => {
    const url = await copy();
    const [one, other] = await queue(url);
    await triage(url, ["reject", one?.device_id ?? ""], { why: "scrapped" });
    await triage(url, ["reject", other?.device_id ?? ""], { why: "seen to by hand", action: "RETRY_UPDATE" });
    expect(await statusOf(url, one?.device_id ?? "")).toEqual({ update_status: "Recovered", action: "FORCE_ROLLBACK" });
    expect(await statusOf(url, other?.device_id ?? "")).toEqual({ update_status: "Recovered", action: "RETRY_UPDATE" });
    await expectValid(url);
    expect(
      await query(
        url,
        "SELECT policy, policy_rule, count(*)::int FROM recovery_actions WHERE policy = 'person' GROUP BY 1, 2",
      ),
    ).toEqual([{ policy: "person", policy_rule: "rejected", count: 2 }]);
  });

  test("release: where the last pass only quarantines, validate still judges by the policy of the one before", async () => {
    const { url } = keep(await freshDatabase());
    await done("generate", url, { devices: 2000, seed: 5 });
    await done("corrupt", url, { seed: 5, faultRate: 0.1 });
    await done("recover", url, { policy: "field" });
    await triage(url, ["release"], { why: "try again", all: true, yes: true });
    await done("recover", url, { policy: "field" });
    const last = "SELECT DISTINCT rule_no FROM decision WHERE pass = 2";
    expect(await query(url, last)).toEqual([{ rule_no: 0 }]);
    await expectValid(url);
    // Which the default policy would not be content with.
    const policy = "UPDATE decision_rule SET policy = 'default' WHERE policy = 'field'";
    await query(url, policy);
    expect((await command("validate", url)).error?.message).toContain("decisions_agree");
  });

  test("release: back in the queue with a new version, where it is still sick; its history is kept", async () => {
    const url = await copy();
    const places = await queue(url);
    await triage(url, ["release"], { why: "try again", all: true, yes: true });
    expect(await queue(url)).toEqual([]);
    await afterRecovery(url);
    const again = await queue(url);
    expect(again.map(({ version }) => version)).toEqual(places.map(() => 3));
    expect(again.map(({ device_id, rule }) => [device_id, rule])).toEqual(
      places.map(({ device_id, rule }) => [device_id, rule]),
    );
    await triage(url, ["release", places[0]?.device_id ?? ""], { why: "and again" });
    await afterRecovery(url);
    const { events } = await triage(url, ["show", places[0]?.device_id ?? ""]);
    expect(events[0]).toMatchObject({
      version: 5,
      decisions: [
        { version: 1, verb: "release" },
        { version: 3, verb: "release", why: "and again" },
      ],
    });
  });

  test("reopen: takes back what was decided, and what recovery made of it", async () => {
    const url = await copy();
    const before = await digestOf(url);
    const ids = (await queue(url, { field: "battery_voltage" })).slice(0, 4).map(({ device_id }) => device_id);
    const [fixed = "", accepted = "", rejected = "", released = ""] = ids;
    await triage(url, ["fix", fixed, "battery_voltage=12"], { why: "a" });
    await triage(url, ["accept", accepted], { why: "b" });
    await triage(url, ["reject", rejected], { why: "c" });
    expect(await digestOf(url)).not.toBe(before);
    await afterRecovery(url);
    await triage(url, ["release", released], { why: "d" });
    await triage(url, ["reopen", ...ids]);
    await expectValid(url);
    expect(await digestOf(url)).toBe(before);
    expect((await triage(url, ["reopen", fixed], { version: 3 })).error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("it is open"),
    });
    const refused = await triage(url, [
      "reopen",
      (await queue(url)).map(({ device_id }) => device_id).find((id) => !ids.includes(id)) ?? "",
    ]);
    expect(refused.error).toMatchObject({ message: expect.stringContaining("there is no decision to take back") });
    await triage(url, ["reject", ...ids], { why: "after all" });
    await afterRecovery(url);
    expect(await query(url, "SELECT count(*)::int AS entries FROM triage_decision")).toEqual([{ entries: 12 }]);
  });

  test("again changes nothing; on what another person decided it is refused with who and when", async () => {
    const url = await copy();
    const { device_id: id, version } = await first(url, "battery_out_of_range");
    await triage(url, ["fix", id, "battery_voltage=12"], { why: "a", by: "anna", version });
    const rows = await everyRow(url);
    const again = await triage(url, ["fix", id, "battery_voltage=12"], { why: "a", by: "anna", version });
    expect(decisions(again)).toMatchObject([{ outcome: "already" }]);
    for (const options of [{ version }, {}]) {
      const late = await triage(url, ["reject", id], { why: "b", by: "ben", ...options });
      expect(late.error?.message).toMatch(
        /anna, 20\d\d-\d\d-\d\dT[\d:.]+, .*decided.*\(fix\)|anna, .* has decided it already \(fix\)/,
      );
    }
    const other = await triage(url, ["fix", id, "battery_voltage=13"], { why: "b", by: "ben" });
    expect(other.error).toMatchObject({ exitCode: 2 });
    expect(await everyRow(url)).toEqual(rows);
  });
});

describe("many at once", () => {
  test("--all counts first, wants --yes for more than one, and --dry-run shows", async () => {
    const url = await copy();
    const rows = await everyRow(url);
    const places = await queue(url, { rule: "signal_dropped" });
    expect(places.length).toBeGreaterThan(1);
    const asked = await triage(url, ["reject"], { all: true, rule: "signal_dropped", why: "x" });
    expect(asked.error).toMatchObject({
      exitCode: 2,
      message: expect.stringContaining(`${places.length} devices match`),
      command: expect.stringContaining("npm run triage -- reject"),
    });
    expect(asked.error?.command).toContain("--yes");
    const shown = await triage(url, ["reject"], { all: true, rule: "signal_dropped", why: "x", dryRun: true });
    expect(decisions(shown)).toHaveLength(places.length);
    expect(await everyRow(url)).toEqual(rows);
    await triage(url, ["reject"], { all: true, rule: "signal_dropped", why: "x", yes: true });
    expect(await queue(url, { rule: "signal_dropped" })).toEqual([]);
    await expectValid(url);
  });

  test.each([
    [["fix", "x"], { why: "y" }, /fix needs a value/],
    [["fix", "x", "colour=red"], { why: "y" }, /no field "colour"/],
    [["fix", "battery_voltage=1"], { why: "y" }, /needs a device/],
    [["release", "x"], {}, /needs a reason/],
    [["release", "x"], { why: "y", all: true }, /two things/],
    [["release", "x"], { why: "y", rule: "signal_dropped" }, /Filters mean nothing/],
    [["list"], { why: "y" }, /--why means nothing to triage list/],
    [["show"], {}, /show needs the id of a device/],
    [["stats", "x"], {}, /"x" means nothing/],
    [["constructor"], {}, /There is no "triage constructor"/],
    [["release", "nobody"], { why: "y" }, /not in the triage queue/],
  ])("%j %j is refused: %s", async (words, options, message) => {
    const { error } = await triage(sick.url, words, options);
    expect(error).toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });
});

describe("a file", () => {
  const file = (name: string): string => path.join(folder, name);
  /** Exports the queue, has each row corrected, and returns the corrected file. */
  async function corrected(
    url: string,
    name: string,
    correct: (row: Record<string, string | null>) => Record<string, string | null>,
  ) {
    await triage(url, ["export", file(name)], { replace: true });
    const { columns, rows } = readCsv(readFileSync(file(name), "utf8"));
    writeFileSync(
      file(name),
      writeCsv(
        rows.map((row) => ({ ...row, ...correct(row) })),
        columns,
      ),
    );
    return file(name);
  }
  const SOUND: Record<string, string> = { battery_voltage: "12.2", signal_strength: "60", storage_free_mb: "512" };
  const mend = ({ field }: Record<string, string | null>) => ({
    new_value: SOUND[field ?? ""] ?? null,
    why: "measured again",
  });

  test("empties the queue: exported, corrected, imported, recovered; again it changes nothing", async () => {
    const url = await copy();
    const mended = await corrected(url, "all.csv", mend);
    await triage(url, ["import", mended]);
    expect(await queue(url)).toEqual([]);
    await afterRecovery(url);
    const statuses = await query(url, "SELECT DISTINCT update_status FROM ota_logs ORDER BY 1");
    expect(statuses).toEqual([{ update_status: "Recovered" }, { update_status: "Success" }]);
    const rows = await everyRow(url);
    const again = await triage(url, ["import", mended]);
    expect(again.error).toBeUndefined();
    expect(new Set(decisions(again).map(({ outcome }) => outcome))).toEqual(new Set(["already"]));
    await done("recover", url);
    expect(await everyRow(url)).toEqual(rows);
  });

  test("is refused row by row, with the reason, and nothing of a refused row is stored", async () => {
    const url = await copy();
    const ids = (await queue(url)).map(({ device_id }) => device_id);
    const [moved = "", wild = "", blank = "", unversioned = "", unknown = "", odd = ""] = ids;
    const mended = await corrected(url, "some.csv", (row) => {
      const told = { ...mend(row) };
      if (row.device === wild) return { ...told, new_value: "-1" };
      if (row.device === blank) return { new_value: null, why: null };
      if (row.device === unversioned) return { ...told, version: null };
      if (row.device === unknown) return { ...told, device: "=nobody" };
      if (row.device === odd) return { decision: "perhaps", why: "x" };
      return told;
    });
    await triage(url, ["reject", moved], { why: "first", by: "anna" });
    const said = await triage(url, ["import", mended], { rejects: file("rejects.csv") });
    expect(said.error).toMatchObject({ exitCode: 2, message: expect.stringContaining("5 of") });
    const { columns, rows } = readCsv(readFileSync(file("rejects.csv"), "utf8"));
    expect(columns.at(-1)).toBe("reason");
    const reasons = Object.fromEntries(rows.map(({ device, reason }) => [device, reason]));
    expect(reasons[moved]).toMatch(/^anna, .* decided meanwhile \(reject\): it has version 2, not 1$/);
    expect(reasons[wild]).toContain("breaks");
    expect(reasons[unversioned]).toContain("version");
    expect(reasons["=nobody"]).toContain("not in the triage queue");
    expect(reasons[odd]).toContain('decision "perhaps"');
    expect((await queue(url)).map(({ device_id }) => device_id).sort()).toEqual(
      [wild, blank, unversioned, unknown, odd].sort(),
    );
    await afterRecovery(url);
  });

  test("is safe in a spreadsheet and loses nothing, whatever devices sent", () => {
    const texts = [
      null,
      "",
      "'",
      "''",
      "=1+1",
      "'=1",
      "+x",
      "-5",
      "@a",
      "\tx",
      "a\nb",
      "a\r\n",
      'say "x"',
      "a;b",
      "-1e5",
      " ",
    ];
    const rows = texts.map((raw_value, no) => ({ raw_value, device: `${no}` }));
    const text = writeCsv(rows, ["raw_value", "device"]);
    expect(readCsv(text).rows).toEqual(rows);
    expect(text).not.toMatch(/(^|[,"\n])[=+@\t]/m);
    expect(text).toContain("\n-5,");
    expect(readCsv(`\ufeff${'a;b\r\n1;"x;y"\r\n'}`)).toEqual({ columns: ["a", "b"], rows: [{ a: "1", b: "x;y" }] });
  });

  test("is not written over, and not taken where it can't be one", async () => {
    const url = await copy();
    writeFileSync(file("mine.csv"), "mine");
    expect((await triage(url, ["export", file("mine.csv")])).error?.message).toContain("--replace");
    expect((await triage(url, ["import", file("mine.csv")])).error?.message).toContain("no column device");
    expect((await triage(url, ["import", file("none.csv")])).error?.message).toContain("not there");
    expect((await triage(url, ["import", folder])).error?.message).toContain("no regular file");
    writeFileSync(file("wide.csv"), Buffer.from([0xff, 0xfe, 0x41]));
    expect((await triage(url, ["import", file("wide.csv")])).error?.message).toContain("not UTF-8");
  });
});

test("the marts add up with decisions of persons among the others", async () => {
  const url = await copy();
  const [one, two, three] = (await queue(url)).map(({ device_id }) => device_id);
  await triage(url, ["reject", one ?? "", two ?? ""], { why: "scrapped" });
  await triage(url, ["release", three ?? ""], { why: "to see" });
  const { devices } = await refreshWarehouse({
    connection: { connectionString: url },
    home: folder,
    ...martInputs(reference(PROJECT)),
    onNote: () => {},
  });
  expect(devices).toBe(2000);
});

test("a campaign under heavy chaos is worked to its end, the same with one worker and with two", async () => {
  const worked = async (workers: number): Promise<unknown> => {
    const { url } = keep(await freshDatabase());
    await stages(url, { devices: 4000, batchSize: 500, faultRate: 0.3, workers });
    const csv = path.join(folder, `chaos-${workers}.csv`);
    await triage(url, ["export", csv]);
    const { columns, rows } = readCsv(readFileSync(csv, "utf8"));
    const said = rows.map((row) =>
      row.field === "battery_voltage" ? { ...row, new_value: "12.9", why: "measured" } : row,
    );
    writeFileSync(csv, writeCsv(said, columns));
    await triage(url, ["import", csv]);
    await triage(url, ["reject"], { all: true, yes: true, why: "the rest" });
    await done("recover", url, { workers, batchSize: 300 * workers });
    const said2 = await expectValid(url);
    expect(
      said2.events
        .filter(({ event }) => event === "status")
        .map(({ update_status }) => update_status)
        .sort(),
    ).toEqual(["Recovered", "Success"]);
    const digest = digestIn(said2);
    await done("recover", url, { workers });
    expect(await digestOf(url)).toBe(digest);
    return digest;
  };
  expect(await worked(1)).toBe(await worked(2));
});
