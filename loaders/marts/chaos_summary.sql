-- model: chaos_summary
-- question: What was done to the fleet on purpose, and how often do the rules cry wolf?
-- grain: one row
-- order: one row
-- columns:
--   fault_profile          VARCHAR  Chaos profile; NULL where nothing was injected.
--   fault_rate             DOUBLE   Share of devices that was asked for, 0 to 1; NULL likewise.
--   struck_devices         INTEGER  Devices with at least one fault.
--   faults                 INTEGER  Faults in all.
--   sound_devices          INTEGER  Devices that nothing was done to.
--   sound_with_finding     INTEGER  Of these, devices that break a rule all the same.
--   false_alarm_rate       DOUBLE   sound_with_finding / sound_devices, 0 to 1; NULL of an import, of which nobody knows what else is wrong with it.
--   false_alarm_rate_low   DOUBLE   Lower 95 % Wilson bound of false_alarm_rate.
--   false_alarm_rate_high  DOUBLE   Upper 95 % Wilson bound of false_alarm_rate.
CREATE TABLE chaos_summary AS
WITH counted AS (
  SELECT
    (SELECT count(DISTINCT device_id) FROM stg_fault) AS struck,
    (SELECT count(*) FROM stg_fault) AS faults,
    (SELECT count(*) FROM stg_device) AS devices,
    (SELECT count(DISTINCT f.device_id) FROM int_finding f ANTI JOIN stg_fault i ON i.device_id = f.device_id) AS alarmed
)
SELECT
  c.fault_profile,
  c.fault_rate,
  n.struck::INTEGER AS struck_devices,
  n.faults::INTEGER AS faults,
  (n.devices - n.struck)::INTEGER AS sound_devices,
  n.alarmed::INTEGER AS sound_with_finding,
  CASE WHEN c.source = 'generated' THEN rate_of(n.alarmed, n.devices - n.struck) END AS false_alarm_rate,
  CASE WHEN c.source = 'generated' THEN wilson_low(n.alarmed, n.devices - n.struck) END AS false_alarm_rate_low,
  CASE WHEN c.source = 'generated' THEN wilson_high(n.alarmed, n.devices - n.struck) END AS false_alarm_rate_high
FROM stg_campaign c
CROSS JOIN counted n;
