-- model: data_quality
-- question: Which telemetry can be trusted, and where?
-- grain: one row a region and telemetry field
-- order: region, then field in its order
-- columns:
--   region             VARCHAR  Region; '(none)' where the device reports none.
--   field              VARCHAR  Telemetry field.
--   devices            INTEGER  Devices of the region.
--   reported           BOOLEAN  Whether the source of the campaign has the field at all.
--   findings           INTEGER  Devices whose value breaks a rule.
--   findings_success   INTEGER  Of these, devices that count as Success and keep their status.
--   findings_partial   INTEGER  Of these, devices that failed at first.
--   finding_rate       DOUBLE   findings / devices, 0 to 1; NULL where the field is not reported.
--   finding_rate_low   DOUBLE   Lower 95 % Wilson bound of finding_rate, 0 to 1; NULL where the field is not reported.
--   finding_rate_high  DOUBLE   Upper 95 % Wilson bound of finding_rate, 0 to 1; NULL where the field is not reported.
--   mean_trusted       DOUBLE   Mean of the values that break no rule (volts, percent, megabytes), each to 6 decimals and below 1e12.
CREATE TABLE data_quality AS
WITH mean AS (
  -- Decimals add up to the same sum in any order. Of values that break a rule only in some reports, those reports are taken off again.
  SELECT region, field, sum(exact * devices)::DOUBLE / sum(devices) FILTER (exact IS NOT NULL) AS mean_trusted
  FROM (
    SELECT region, field, devices, TRY_CAST(number AS DECIMAL(18, 6)) AS exact
    FROM int_distinct_value
    WHERE rule_id IS NULL OR rule_id = '?'
    UNION ALL
    SELECT f.region, f.field, -count(*), TRY_CAST(number_of(f.raw) AS DECIMAL(18, 6))
    FROM int_finding f
    JOIN int_distinct_value v
      ON v.region = f.region AND v.field = f.field AND v.raw IS NOT DISTINCT FROM f.raw AND v.rule_id = '?'
    GROUP BY f.region, f.field, f.raw
  )
  GROUP BY region, field
), broken AS (
  SELECT region, field, count(*) AS findings, count(*) FILTER (failed) AS findings_partial
  FROM int_finding
  GROUP BY region, field
)
SELECT
  r.region,
  f.field,
  r.devices::INTEGER AS devices,
  list_contains(c.reported_columns, f.field) AS reported,
  coalesce(b.findings, 0)::INTEGER AS findings,
  coalesce(b.findings - b.findings_partial, 0)::INTEGER AS findings_success,
  coalesce(b.findings_partial, 0)::INTEGER AS findings_partial,
  CASE WHEN reported THEN rate_of(coalesce(b.findings, 0), r.devices) END AS finding_rate,
  CASE WHEN reported THEN wilson_low(coalesce(b.findings, 0), r.devices) END AS finding_rate_low,
  CASE WHEN reported THEN wilson_high(coalesce(b.findings, 0), r.devices) END AS finding_rate_high,
  CASE WHEN reported THEN m.mean_trusted END AS mean_trusted
FROM int_region r
CROSS JOIN ref_field f
CROSS JOIN stg_campaign c
LEFT JOIN broken b ON b.region = r.region AND b.field = f.field
LEFT JOIN mean m ON m.region = r.region AND m.field = f.field
ORDER BY r.region, f.ordinal;
