import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMart } from "../loaders/mart.ts";
import { refreshWarehouse } from "../loaders/warehouse.ts";
import { parseRuleSet } from "../pipelines/domain/rules.ts";
import { martInputs, reference } from "../pipelines/reference.ts";
import { readCsv, writeCsv } from "../pipelines/triage/csv.ts";
import { holdBatches } from "./support/barrier.ts";
import { freshCheckout } from "./support/checkout.ts";
import { type Ended, start, succeed } from "./support/cli.ts";
import { PROJECT } from "./support/command.ts";
import { freshDatabase, type TestDatabase } from "./support/database.ts";
import { cloned, digestOf, query } from "./support/fleet.ts";
import type { TemporaryProject } from "./support/project.ts";

/** Some meters report millivolts, some write their unit: rules propose what they mean. */
const METERED = (auto: boolean) => ({
  name: "metered",
  version: 2,
  rules: [
    {
      ...{ id: "battery_in_millivolts", field: "battery_voltage", detects: "out_of_range" },
      test: { kind: "inside", min: 6000, max: 16_000 },
      repair: { kind: "scale", factor: 0.001, digits: 2, ...(auto ? { auto } : {}) },
    },
    {
      ...{ id: "battery_off", field: "battery_voltage", test: { kind: "outside", min: 6, max: 16 } },
      detects: ["out_of_range", "null"],
    },
    {
      ...{ id: "battery_written", field: "battery_voltage", test: { kind: "not_number" }, detects: "type_mismatch" },
      repair: { kind: "number", ...(auto ? { auto } : {}) },
    },
    {
      ...{ id: "signal_dropped", field: "signal_strength", test: { kind: "equals", value: -999 } },
      detects: "signal_drop",
    },
  ],
});

let checkout: TemporaryProject;
let fleet: TestDatabase;
let held: TestDatabase;
const copies: TestDatabase[] = [];
beforeAll(async () => {
  checkout = freshCheckout();
  for (const auto of [false, true]) writeFileSync(inRules(auto ? "alone" : "metered"), JSON.stringify(METERED(auto)));
  fleet = await freshDatabase();
  await done(fleet.url, "generate", "--devices", "4000");
  await query(fleet.url, SPOIL);
  held = await copy(fleet);
  await done(held.url, "recover", "--rules", "metered");
});
afterAll(async () => {
  for (const { drop } of copies) await drop();
  await fleet.drop();
  await checkout.remove();
});

/** Of the Partial devices, every tenth in millivolts, every tenth with its unit, one with a signal that has dropped besides, and some that nothing helps. */
const SPOIL = `
  UPDATE stored_report r SET battery_voltage = CASE w.no % 10
      WHEN 0 THEN (r.battery_voltage::numeric * 1000)::int::text
      WHEN 1 THEN replace(r.battery_voltage, '.', ',') || ' V'
      WHEN 2 THEN '99.5' ELSE r.battery_voltage END,
    signal_strength = CASE WHEN w.no IN (10, 20) THEN '-999' ELSE r.signal_strength END
  FROM (
    SELECT s.bucket, s.device_id, row_number() OVER (ORDER BY s.device_id) AS no
    FROM stored_report s JOIN update_outcome o USING (campaign_id, outcome_no) WHERE o.update_status = 'Partial'
  ) w
  WHERE r.bucket = w.bucket AND r.device_id = w.device_id`;

const inRules = (name: string): string => path.join(checkout.root, "data", "rules", `${name}.json`);
const done = (url: string, ...words: string[]): Promise<Ended> => succeed(words, url, checkout.root);
const ended = (url: string, ...words: string[]): Promise<Ended> =>
  start(words, { DATABASE_URL: url }, checkout.root).ended;
async function copy(source: TestDatabase): Promise<TestDatabase> {
  const made = await cloned(source);
  copies.push(made);
  return made;
}
const open = (url: string, rule: string) =>
  query<{ id: string; raw: string }>(
    url,
    `SELECT device_id AS id, convert_from(raw_value, 'UTF8') AS raw FROM triage_queue
     WHERE state = 'open' AND rule_id = $1 AND jsonb_array_length(findings) = 1 ORDER BY device_id`,
    [rule],
  );
const events = ({ stdout }: Ended): Record<string, unknown>[] =>
  stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]));
const expectValid = async (url: string): Promise<void> => {
  const { stdout } = await ended(url, "validate");
  // The seed knows nothing of what was spoilt by hand.
  expect([...stdout.matchAll(/^FAIL {2}(\w+)/gm)].map(([, promise]) => promise)).toEqual(["seed_makes_the_same"]);
};
const scaled = (raw: string): string => String(Number(raw) / 1000);

describe("a proposal", () => {
  test("is shown as the difference wherever the queue is looked at, and nothing of it is applied", async () => {
    const { url } = held;
    const [first] = await open(url, "battery_in_millivolts");
    const { id = "", raw = "" } = first ?? {};
    const difference = `battery_voltage ${raw} -> ${scaled(raw)}`;
    expect((await done(url, "triage", "list", "--rule", "battery_in_millivolts")).stdout).toContain(difference);
    expect((await done(url, "triage", "show", id)).stdout).toContain(difference);
    const next = await done(url, "triage", "next", "--rule", "battery_in_millivolts");
    expect(next.stdout).toMatch(/npm run triage -- fix 'DEV-\w+' --proposed --version 1/);
    expect(events(await done(url, "triage", "show", id, "--json"))[0]).toMatchObject({
      proposed: [{ field: "battery_voltage", rule: "battery_in_millivolts", from: raw, to: scaled(raw) }],
    });
    const off = events(await done(url, "triage", "list", "--rule", "battery_off", "--json"));
    expect(off.length).toBeGreaterThan(5);
    for (const { proposed } of off) expect(proposed).toEqual([]);
    expect(await query(url, "SELECT FROM telemetry_amendment")).toEqual([]);
    expect((await done(url, "triage", "list", "--rule", "battery_off")).stdout).not.toContain("proposed");
  });

  test("is taken by one command for one device, and for all of a rule once its preview was read", async () => {
    const { url } = await copy(held);
    const places = await open(url, "battery_in_millivolts");
    const [first, ...others] = places;
    const before = await digestOf(url);
    const all = ["triage", "fix", "--all", "--rule", "battery_in_millivolts", "--proposed", "--why", "millivolts"];
    const preview = await ended(url, ...all, "--dry-run");
    expect(preview.stdout).toContain(`${first?.id}: battery_voltage ${first?.raw} -> ${scaled(first?.raw ?? "")}`);
    expect(preview.stdout).toContain("Nothing was changed.");
    expect((await ended(url, ...all)).stderr).toContain("devices match");
    expect(await digestOf(url)).toBe(before);
    await done(url, "triage", "fix", first?.id ?? "", "--proposed", "--why", "millivolts");
    const again = await done(url, "triage", "fix", first?.id ?? "", "--proposed", "--why", "millivolts", "--json");
    expect(events(again).find(({ event }) => event === "triage_decision")).toMatchObject({ outcome: "already" });
    const taken = await ended(url, ...all, "--yes");
    // Two of them have another fault beside, for which nothing is proposed.
    expect(taken.code, taken.stderr).toBe(2);
    expect(taken.stdout).toMatch(/breaks signal_dropped/);
    const amended = await query<{ device_id: string; value: string; verb: string; why: string }>(
      url,
      "SELECT device_id, a.value, d.verb, d.why FROM telemetry_amendment a JOIN triage_decision d USING (bucket, campaign_id, device_id) ORDER BY device_id",
    );
    expect(amended).toEqual(
      [first, ...others].map((place) => ({
        ...{ device_id: place?.id, value: scaled(place?.raw ?? ""), verb: "fix", why: "millivolts" },
      })),
    );
    await done(url, "recover");
    await expectValid(url);
    expect(await query(url, "SELECT DISTINCT update_status FROM ota_logs WHERE device_id = $1", [first?.id])).toEqual([
      { update_status: "Recovered" },
    ]);
  });

  test("that is none is refused; what says two things is too", async () => {
    const { url } = await copy(held);
    const [off] = await open(url, "battery_off");
    const id = off?.id ?? "";
    const refusals: [string[], RegExp][] = [
      [["triage", "fix", id, "--proposed", "--why", "x"], /no rule proposes a value for it/],
      [
        ["triage", "fix", id, "battery_voltage=12", "--proposed", "--why", "x"],
        /--proposed and a value say two things/,
      ],
      [["triage", "accept", id, "--proposed", "--why", "x"], /--proposed means nothing to triage accept/],
      [["triage", "fix", id, "--why", "x"], /fix needs a value/],
    ];
    for (const [words, message] of refusals) {
      const { code, stderr } = await ended(url, ...words);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    }
  });

  test("goes through a spreadsheet and back", async () => {
    const { url } = await copy(held);
    const csv = path.join(checkout.root, "queue.csv");
    await done(url, "triage", "export", csv);
    const { columns, rows } = readCsv(readFileSync(csv, "utf8"));
    const written = rows.filter(({ rule }) => rule === "battery_written");
    expect(written.length).toBeGreaterThan(10);
    for (const { raw_value, proposed } of written)
      expect(proposed).toBe(raw_value?.replace(",", ".").replace(" V", ""));
    const said = rows.flatMap((row) =>
      row.rule === "battery_written" || row.rule === "battery_off"
        ? [{ ...row, decision: "fix proposed", why: "units" }]
        : [],
    );
    writeFileSync(csv, writeCsv(said, columns));
    const { code, stdout } = await ended(url, "triage", "import", csv);
    expect(code).toBe(2);
    expect(stdout).toContain(`${written.length} fixed and released`);
    expect(stdout).toContain("no rule proposes a value for it");
    expect(await open(url, "battery_written")).toEqual([]);
    await done(url, "recover");
    await expectValid(url);
  });
});

describe("a repair that a person set to auto", () => {
  const recovered = async (...words: string[]): Promise<{ url: string; digest: string }> => {
    const { url } = await copy(fleet);
    await done(url, "recover", "--rules", "alone", ...words);
    return { url, digest: await digestOf(url) };
  };

  test("is done by recovery, audited as the rule's, and told of before", async () => {
    const { url: before } = await copy(fleet);
    const preview = (await done(before, "recover", "--rules", "alone", "--dry-run")).stdout;
    const { url } = await recovered();
    await expectValid(url);
    const repaired = await query<{ id: string; raw: string; value: string; by: string; status: string }>(
      url,
      `SELECT t.device_id AS id, convert_from(t.raw_value, 'UTF8') AS raw, a.value, d.decided_by AS by, l.update_status AS status
       FROM triage_queue t JOIN telemetry_amendment a USING (bucket, campaign_id, device_id)
       JOIN triage_decision d USING (bucket, campaign_id, device_id) JOIN ota_logs l USING (bucket, campaign_id, device_id)
       WHERE t.state = 'released' AND t.version = 2 ORDER BY t.device_id`,
    );
    expect(preview).toContain(`The rules would repair ${repaired.length} of them by themselves.`);
    expect(repaired.length).toBeGreaterThan(100);
    expect((await done(url, "recover")).stderr).toContain(`repaired by rules ${repaired.length}`);
    for (const { raw, value, by, status } of repaired) {
      expect(value).toBe(by === "battery_in_millivolts" ? scaled(raw) : raw.replace(",", ".").replace(" V", ""));
      expect(["battery_in_millivolts", "battery_written"]).toContain(by);
      expect(status).toBe("Recovered");
    }
    // The marts, which may not read who decided, know the rule's repairs from a person's.
    const home = path.join(checkout.root, "marts");
    const rules = parseRuleSet(METERED(true));
    const inputs = { ...martInputs(reference(PROJECT)), rules: () => rules };
    const marts = await refreshWarehouse({ connection: { connectionString: url }, home, ...inputs });
    expect((await readMart(marts.path, "triage_standing"))[0]).toMatchObject({
      repaired: repaired.length,
      recovered: 0,
    });
    expect(await readMart(marts.path, "triage_work")).toMatchObject([
      { verb: "fix", decider: "rule", decisions: repaired.length },
    ]);
    // What leaves anything for a person to look at is left to one, with the proposal.
    const left = await query<{ devices: number }>(
      url,
      `SELECT count(*)::int AS devices FROM triage_queue WHERE state = 'open' AND rule_id = 'battery_in_millivolts'`,
    );
    expect(left).toEqual([{ devices: 2 }]);
    for (const { action, rule, devices } of await query<{ action: string; rule: string; devices: number }>(
      url,
      "SELECT action, policy_rule AS rule, count(*)::int AS devices FROM recovery_actions GROUP BY 1, 2",
    ))
      expect(preview).toMatch(new RegExp(`${action} .*${rule} +${devices.toLocaleString("en")}\n`));
    const again = await digestOf(url);
    await done(url, "recover");
    expect(await digestOf(url)).toBe(again);
  });

  test("comes to the same with one worker and two, in other batches, and killed half-way", async () => {
    const one = await recovered("--workers", "1", "--batch-size", "500");
    expect((await recovered("--workers", "2", "--batch-size", "150")).digest).toBe(one.digest);
    const { url } = await copy(fleet);
    const words = ["recover", "--rules", "alone", "--workers", "2", "--batch-size", "300"];
    const barrier = await holdBatches(url, "NEW.stage = 'recover' AND NEW.batch_no = 3");
    const command = start(words, { DATABASE_URL: url }, checkout.root);
    await barrier.reached();
    command.signal("SIGKILL");
    await command.ended;
    await barrier.abort();
    await barrier.close();
    await done(url, "recover", "--resume", "--workers", "2");
    expect(await digestOf(url)).toBe(one.digest);
    await expectValid(url);
  });

  test("can be taken back by a person, after whom nothing is repaired unasked", async () => {
    const { url } = await recovered();
    const [repaired] = await query<{ id: string }>(
      url,
      "SELECT device_id AS id FROM triage_decision WHERE decided_by = 'battery_in_millivolts' ORDER BY device_id LIMIT 1",
    );
    const id = repaired?.id ?? "";
    await done(url, "triage", "reopen", id, "--why", "look again");
    await expectValid(url);
    await done(url, "triage", "release", id, "--why", "as it is");
    await done(url, "recover");
    await expectValid(url);
    const place = () => query(url, "SELECT state, version, rule_id FROM triage_queue WHERE device_id = $1", [id]);
    expect(await place()).toEqual([{ state: "open", version: 5, rule_id: "battery_in_millivolts" }]);
    await done(url, "triage", "fix", id, "--proposed", "--why", "so it is");
    await done(url, "recover");
    await expectValid(url);
  });

  test("that is not what the rule says is found by validate", async () => {
    const { url } = await recovered();
    await query(
      url,
      `UPDATE telemetry_amendment SET value = '13.99' WHERE device_id = (SELECT min(device_id) FROM telemetry_amendment);
       UPDATE triage_decision d SET after = jsonb_set(d.after, '{amendments,0,value}', '"13.99"')
       FROM telemetry_amendment a WHERE a.value = '13.99' AND (a.bucket, a.device_id) = (d.bucket, d.device_id)`,
    );
    const { code, stdout } = await ended(url, "validate");
    expect(code).toBe(4);
    expect(stdout).toMatch(/FAIL {2}amendments_hold/);
  });
});
