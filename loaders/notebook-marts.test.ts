import { expect, test } from "vitest";
import { readMart } from "./mart.ts";
import { trialOf } from "./testing/warehouse.ts";

/** A text that is a number as anybody writes one. */
const NUMBER = "battery_voltage ~ '^-?[0-9]+([.][0-9]+)?$'";

test("what notebooks read equals what PostgreSQL counts", async () => {
  const { client, refresh } = await trialOf(3000);
  const { path } = await refresh();
  const asked = async (question: string): Promise<Record<string, unknown>[]> => (await client.query(question)).rows;

  expect(await readMart(path, "region_makeup")).toEqual(
    await asked(
      `SELECT region, model, firmware_from, count(*)::int AS devices,
         count(*) FILTER (WHERE reported_status = 'Partial')::int AS failures
       FROM ota_logs GROUP BY 1, 2, 3 ORDER BY region COLLATE "C", model COLLATE "C", firmware_from COLLATE "C"`,
    ),
  );
  expect(await readMart(path, "battery_step")).toEqual(
    await asked(
      `SELECT region, battery_to, count(*)::int AS devices,
         count(*) FILTER (WHERE reported_status = 'Partial')::int AS failures,
         count(*) FILTER (WHERE reported_status = 'Partial' AND action = 'RETRY_UPDATE')::int AS retried,
         count(*) FILTER (WHERE reported_status = 'Partial' AND action = 'FORCE_ROLLBACK')::int AS rolled
       FROM (
         SELECT *, (least(greatest(ceil(CASE WHEN ${NUMBER} THEN battery_voltage::numeric END * 10), 100), 151) / 10)::float8 AS battery_to
         FROM ota_logs
         WHERE ${NUMBER} AND CASE WHEN ${NUMBER} THEN battery_voltage::numeric END BETWEEN 6 AND 16
       ) s
       GROUP BY 1, 2 ORDER BY region COLLATE "C", battery_to`,
    ),
  );
  const lines = await readMart(path, "battery_line");
  expect(lines.map(({ gap, gap_low, gap_high, ...counts }) => counts)).toEqual(
    await asked(
      `WITH d AS (
         SELECT CASE WHEN ${NUMBER} THEN battery_voltage::numeric END AS volts, reported_status = 'Partial' AS failed FROM ota_logs
       ), t AS (SELECT * FROM d WHERE volts BETWEEN 6 AND 16)
       SELECT (line / 10)::float8 AS battery_to,
         count(*) FILTER (WHERE volts <= line / 10 OR line = 151)::int AS devices,
         count(*) FILTER (WHERE failed AND (volts <= line / 10 OR line = 151))::int AS failures,
         count(*) FILTER (WHERE volts > line / 10 AND line < 151)::int AS above_devices,
         count(*) FILTER (WHERE failed AND volts > line / 10 AND line < 151)::int AS above_failures
       FROM t, (SELECT DISTINCT least(greatest(ceil(volts * 10), 100), 151) AS line FROM t) l
       GROUP BY line ORDER BY line`,
    ),
  );
  for (const { gap, gap_low, gap_high, ...of } of lines) {
    const above = Number(of.above_devices);
    if (above === 0) expect([gap, gap_low, gap_high]).toEqual([null, null, null]);
    else {
      expect(gap).toBeCloseTo(Number(of.failures) / Number(of.devices) - Number(of.above_failures) / above, 12);
      expect(Number(gap_low)).toBeLessThan(Number(gap));
      expect(Number(gap_high)).toBeGreaterThan(Number(gap));
    }
  }
  const rules = await readMart(path, "rule_finding");
  const one = async (where: string) => {
    const [row] = await asked(
      `SELECT count(*)::int AS findings, count(f.kind)::int AS injected
       FROM ota_logs d
       LEFT JOIN fault_ledger f ON f.campaign_id = d.campaign_id AND f.device_id = d.device_id AND f.field = 'battery_voltage'
       WHERE ${where}`,
    );
    return row;
  };
  const cases = {
    battery_missing: "battery_voltage IS NULL OR battery_voltage = ''",
    battery_not_number: `battery_voltage <> '' AND NOT ${NUMBER}`,
    battery_out_of_range: `${NUMBER} AND CASE WHEN ${NUMBER} THEN battery_voltage::numeric END NOT BETWEEN 6 AND 16`,
  };
  for (const [rule, where] of Object.entries(cases))
    expect(
      rules.find(({ rule_id }) => rule_id === rule),
      rule,
    ).toMatchObject((await one(where)) ?? {});
  expect(rules.reduce((sum, { findings }) => sum + Number(findings), 0)).toBeGreaterThan(20);
  expect(rules.map(({ findings }) => Number(findings))).toEqual(
    rules.map(({ findings }) => Number(findings)).sort((a, b) => b - a),
  );
});
