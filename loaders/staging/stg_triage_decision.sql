-- model: stg_triage_decision
-- question: What was decided in triage, and when?
-- grain: one row a decision on a device
-- columns:
--   device_id   VARCHAR    The device.
--   version     INTEGER    Version of the place that it was made on.
--   verb        VARCHAR    fix, accept, reject, release, or reopen, which takes back the one before.
--   decided_at  TIMESTAMP  When, by the server's clock, UTC.
--   by_rule     BOOLEAN    Whether a rule repaired the device by itself; else a person decided.
CREATE TABLE stg_triage_decision AS
SELECT
  device_id,
  version::INTEGER AS version,
  verb,
  decided_at::TIMESTAMP AS decided_at,
  by_rule = '1' AS by_rule
FROM pulled('triage_decision', {
  'device_id': 'VARCHAR', 'version': 'VARCHAR', 'verb': 'VARCHAR', 'decided_at': 'VARCHAR', 'by_rule': 'VARCHAR'
});
